// A control for each kind of wish. Each returns its element, the element that a label names, and `show(value)`.

import { h } from "./dom.js";
import { parsePitch, plainPitchName } from "./notation.js";
import { inLimits, parseValue } from "./wishes.js";

/** @typedef {{element: HTMLElement, input: HTMLElement, show: (value: any) => void}} Field */
/** @typedef {(wish: import("./wishes.js").Wish, id: string, t: Function, change: (value: any, fault?: string) => void, known: {model: any, modes: string[]}) => Field} Maker */

/** What a value outside the rules of its wish is told, "" for none. */
function faultOf(wish, value, t) {
  if (value === undefined) return t("notANumber");
  if (inLimits(wish, value)) return "";
  const { low, high, isAbove } = wish;
  return t(high != null ? "limits" : isAbove ? "above" : "from", { min: low ?? "−∞", max: high });
}

const SLIDERS = { temperature: [0, 1.6], rhythm_temperature: [0, 1.6] }; // what musicians use of an open scale

/** @type {Maker} */
function number(wish, id, t, change) {
  const [low, high] = SLIDERS[wish.name] ?? (wish.kind === "number" && wish.high <= 1 && wish.default != null ? [wish.low, wish.high] : []);
  const listener = () => {
    const value = parseValue(wish, input.value);
    change(value ?? null, input.validity.badInput ? t("notANumber") : faultOf(wish, value, t));
  };
  const input = h("input", { id, type: "number", step: wish.kind === "integer" ? 1 : "any", min: wish.low, max: wish.high,
    inputmode: wish.kind === "integer" ? "numeric" : "decimal", placeholder: wish.default ?? t("auto"), on: { input: listener } });
  const slider = high !== undefined && h("input", { type: "range", min: low, max: high, step: 0.01, tabindex: -1, "aria-hidden": "true",
    on: { input: () => { input.value = slider.value; change(Number(slider.value)); } } });
  return {
    element: h("div", { class: slider ? "slid" : "plain" }, slider, input), input,
    show(value) {
      if (document.activeElement !== input) input.value = value ?? "";
      if (slider) slider.value = String(value ?? wish.default ?? 0.85);
    },
  };
}

/** @type {Maker} */
function choice(wish, id, t, change) {
  const options = [...(wish.default == null ? [["", t("auto")]] : []), ...wish.choices.map((one) => (Array.isArray(one) ? one : [one, one]))];
  const input = h("select", { id, on: { change: () => change(input.value === "" ? null : input.value) } },
    ...options.map(([value, text]) => h("option", { value, text: t(`choice_${value}`, {}, String(text)) })));
  return { element: input, input, show: (value) => { input.value = value ?? wish.default ?? ""; } };
}

/** @type {Maker} */
function text(wish, id, t, change, known) {
  if (wish.form === "key") return key(wish, id, t, change, known);
  if (wish.form === "meter" && known.model?.meters.length) return choice({ ...wish, choices: known.model.meters }, id, t, change);
  const list = wish.suggestions.length ? h("datalist", { id: `${id}-list` }, ...wish.suggestions.map((value) => h("option", { value }))) : null;
  const input = h("input", { id, type: "text", autocomplete: "off", spellcheck: "false", list: list && list.id,
    placeholder: t("auto"), on: { input: () => change(input.value.trim() || null) } });
  return { element: h("div", { class: "plain" }, input, list), input,
    show: (value) => { if (document.activeElement !== input) input.value = value ?? ""; } };
}

const TONICS = ["C", "C#", "Db", "D", "Eb", "E", "F", "F#", "Gb", "G", "G#", "Ab", "A", "Bb", "B"];

/** A key: its tonic and its mode. @type {Maker} */
function key(wish, id, t, change, { modes }) {
  const read = () => { mode.disabled = !tonic.value; change(tonic.value ? `${tonic.value} ${mode.value}` : null); };
  const option = (value, text = value) => h("option", { value, text });
  const tonic = h("select", { id, on: { change: read } }, option("", t("auto")), ...TONICS.map((one) => option(one, one.replace("#", "♯").replace(/b$/, "♭"))));
  const mode = h("select", { "aria-label": t("mode"), on: { change: read } }, ...modes.map((one) => option(one, t(`mode_${one}`, {}, one))));
  return { element: h("div", { class: "pair" }, tonic, mode), input: tonic, show(value) {
    const [first, ...rest] = (value ?? "").split(" ");
    tonic.value = first;
    mode.value = rest.join(" ") || modes[0];
    mode.disabled = !first;
  } };
}

/** Names of a list, such as the parts of a model; none means all. @type {Maker} */
function names(wish, id, t, change, { model }) {
  const all = (model?.parts ?? []).map((part) => part.name);
  const boxes = all.map((name, n) => h("input", { type: "checkbox", value: name, id: n ? null : id, on: { change: read } }));
  function read() {
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    change(chosen.length && chosen.length < all.length ? chosen : null);
  }
  const element = h("div", { class: "boxes", role: "group", "aria-label": t(`wish_${wish.name}`) },
    ...boxes.map((box, n) => h("label", {}, box, h("span", { text: t(`role_${all[n]}`, {}, all[n]) }))));
  return { element, input: boxes[0] ?? element, show(value) { for (const box of boxes) box.checked = value ? value.includes(box.value) : true; } };
}

/** @type {Maker} */
function range(wish, id, t, change) {
  const one = (name, place) => h("input", { id: place ? null : id, type: "text", size: 4, placeholder: t("auto"), "aria-label": `${t(`wish_${wish.name}`)}: ${t(name)}`,
    autocomplete: "off", spellcheck: "false", on: { change: () => read(), input: () => read() } });
  const low = one("low", 0), high = one("high", 1);
  function read() {
    const ends = [low, high].map((field) => (field.value.trim() ? parsePitch(field.value) : NaN));
    const bad = ends.indexOf(null);
    if (bad >= 0) return change(null, t("badPitch", { received: [low, high][bad].value }));
    if (ends.every(Number.isNaN)) return change(null);
    const [lowest, highest] = [Number.isNaN(ends[0]) ? 0 : ends[0], Number.isNaN(ends[1]) ? 127 : ends[1]];
    return change([lowest, highest], lowest > highest ? t("limits", { min: plainPitchName(lowest), max: "G9" }) : "");
  }
  return {
    element: h("div", { class: "pair" }, low, h("span", { text: "–", "aria-hidden": "true" }), high), input: low,
    show(value) {
      if ([low, high].includes(document.activeElement)) return;
      low.value = value ? plainPitchName(value[0]) : "";
      high.value = value ? plainPitchName(value[1]) : "";
    },
  };
}

/** @type {Maker} */
function flag(wish, id, t, change) {
  const input = h("input", { id, type: "checkbox", on: { change: () => change(input.checked) } });
  return { element: input, input, show: (value) => { input.checked = value ?? wish.default ?? false; } };
}

/** @type {Record<string, Maker>} */
export const FIELDS = { number, integer: number, choice, text, range, flag, names };
