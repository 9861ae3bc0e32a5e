// The wishes of the page: which of the server's table are shown, what is sent, and what a piece of text means.

/**
 * @typedef {object} Wish a row of the server's table
 * @property {string} name
 * @property {"number" | "integer" | "choice" | "range" | "text" | "flag" | "names"} kind
 * @property {?number} low @property {?number} high limits, inclusive, but for `low` where `isAbove`
 * @property {boolean} isAbove
 * @property {any} default
 * @property {string} unset what happens without it
 * @property {string[]} choices of a choice
 * @property {string[]} suggestions some values of a text
 * @property {string} form what a text is: "key", "meter", "program", "pitch" or ""
 * @property {boolean} common
 * @property {string} model the kind of models that know it, "" for all
 * @property {boolean} perPart whether it can be wished for a single part
 * @property {string} help
 */

const ELSEWHERE = new Set(["num", "seed", "polyphony"]); // with a place of their own; polyphony is for single parts alone
// What changes a piece draws as it is: the wishes that say what a new piece shall be do not reach it.
const OF_SAMPLING = new Set(["temperature", "rhythm_temperature", "top_k", "top_p", "min_p", "seed", "range", "max_interval", "guard"]);

/** Whether a wish can be made for a kind of model. */
export const applies = (wish, modelKind) => !wish.model || wish.model === modelKind;

// The order in which musicians think of them; others follow as in the table.
const ORDER = ["key", "scale", "meter", "tempo", "bars", "form", "density", "range", "temperature", "rhythm_temperature", "parts", "chords"];
const place = ({ name }) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

/** The rows to show for a model, the common ones apart. @param {Wish[]} table */
export function rows(table, modelKind) {
  const shown = table.filter((wish) => !ELSEWHERE.has(wish.name) && applies(wish, modelKind)).sort((a, b) => place(a) - place(b));
  return { common: shown.filter((wish) => wish.common), more: shown.filter((wish) => !wish.common) };
}

export const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && value.every(isEmpty));

/** Whether a wish is set to something else than its default. */
export const isSet = (wish, value) => !isEmpty(value) && JSON.stringify(value) !== JSON.stringify(wish.default ?? null);

export const OF_PARTS = "of_parts"; // the name of the wishes for single parts: {part: {wish: value}}

/** The wishes for single parts with one of them set, or taken back; null where none is left. */
export function withPart(all, part, name, value) {
  const own = { ...all?.[part], [name]: value };
  if (isEmpty(value)) delete own[name];
  const next = { ...all, [part]: own };
  if (!Object.keys(own).length) delete next[part];
  return Object.keys(next).length ? next : null;
}

/** What is sent: the wishes that are set, and that the model and the verb know. @param {Wish[]} table */
export function wished(table, values, modelKind, verb) {
  const sent = {};
  for (const wish of table) {
    const isOfVerb = verb === "generate" || OF_SAMPLING.has(wish.name);
    if (isOfVerb && applies(wish, modelKind) && isSet(wish, values[wish.name])) sent[wish.name] = values[wish.name];
  }
  if (verb === "generate" && modelKind === "parts" && values[OF_PARTS]) sent[OF_PARTS] = values[OF_PARTS];
  return sent;
}

/** The value of a field's text: null for none, undefined for one that is no such value. @param {Wish} wish */
export function parseValue(wish, text) {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (wish.kind === "number" || wish.kind === "integer") {
    const value = Number(trimmed.replace(",", "."));
    return Number.isFinite(value) && (wish.kind === "number" || Number.isInteger(value)) ? value : undefined;
  }
  return trimmed;
}

/** Whether a number lies within the limits of its wish. @param {Wish} wish */
export const inLimits = ({ low, high, isAbove }, value) =>
  typeof value !== "number" || ((low == null || (isAbove ? value > low : value >= low)) && (high == null || value <= high));

/** Number of candidates to draw. */
export const numCandidates = (values) => Math.min(12, Math.max(1, Math.round(values.num ?? 4) || 4));
