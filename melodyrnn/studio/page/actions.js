// What the page does with the model: draws candidates, versions of the piece, and stops. One job at a time.

import { barsOf, ticksOfBars } from "./bars.js";
import { DURATION, ONSET, emptyPiece, lockedForServer, sorted, withTrack } from "./document.js";
import { followJob } from "./api.js";
import { numCandidates, wished } from "./wishes.js";

/** @typedef {import("./document.js").Piece} Piece */

const MAX_CANDIDATES = 64; // cards at once
const FRAME = 33; // milliseconds between two pictures of what is being drawn

/** Notes as they come, added to a piece: [onset, duration, pitch, velocity, track]. @param {Piece} piece @returns {Piece} */
export function withDrawn(piece, notes) {
  let result = piece;
  for (const track of new Set(notes.map((note) => note[4] ?? 0))) {
    while (result.tracks.length <= track) {
      const blank = { name: "", role: "", program: 0, channel: 0, isDrum: false, notes: [] };
      result = { ...result, tracks: [...result.tracks, blank] };
    }
    const own = notes.filter((note) => (note[4] ?? 0) === track).map((note) => note.slice(0, 4));
    result = withTrack(result, track, { notes: sorted([...result.tracks[track].notes, ...own]) });
  }
  const end = Math.max(result.end, ...notes.map((note) => note[ONSET] + note[DURATION]));
  return end > result.end ? { ...result, end } : result;
}

/** A piece without the notes of a span of bars that are not locked: what stands while they are drawn. */
export function withoutBars(piece, bars, locked) {
  const [start, end] = ticksOfBars(barsOf(piece), bars), kept = new Set(locked);
  const tracks = piece.tracks.map((track, index) => ({ ...track,
    notes: track.notes.filter((note) => note[ONSET] < start || note[ONSET] >= end || kept.has(`${index}:${note[ONSET]}:${note[2]}`)) }));
  return { ...piece, tracks };
}

/** The seed of a piece, or null. */
export const seedOf = (piece) => piece.seed ?? (Number(/--seed (\d+)/.exec(piece.command ?? "")?.[1] ?? NaN) || null);

/** What is seen before the first note of each verb is drawn. */
const BLANKS = {
  generate: (piece, { values }) => emptyPiece({ bars: Number(values.bars) || 16, meter: meterOf(values.meter) }),
  infill: (piece, { bars, locked }) => withoutBars(piece, bars, locked),
  ending: (piece, { bars, locked }) => withoutBars(piece, bars, locked),
  continue: (piece) => piece,
  accompany: (piece) => piece,
  vary: (piece) => ({ ...piece, tracks: piece.tracks.map((track) => ({ ...track, notes: [] })) }),
};

const meterOf = (text) => /^(\d+)\/(\d+)$/.exec(text ?? "")?.slice(1).map(Number) ?? [4, 4];

/** @param {{store: any, api: any, tab: {id: string}, t: Function, announce: (text: string) => void}} parts */
export function createActions({ store, api, tab, t, announce }) {
  const model = () => {
    const { models, values } = store.apart;
    return models.find((one) => one.name === values.model) ?? models.find((one) => one.default) ?? models[0];
  };

  /** Run a job; returns its pieces, those that are missing after a stop left out. */
  async function run(verb, { label, of, wishes, extra = {}, num, using = model() }) {
    if (store.apart.job) { announce(t("busy")); return []; }
    const blank = BLANKS[verb](of, { values: store.apart.values, bars: extra.bars, locked: store.locked });
    const pieces = Array(num).fill(null);
    const done = new Set(), attempts = Array(num).fill(undefined);
    let timer = 0;
    const show = () => { timer = 0; store.set({ stream: { verb, label, bars: extra.bars ?? null, pieces: pieces.map((piece) => piece ?? blank), done: [...done] } }); };
    const showSoon = () => { timer ||= setTimeout(show, FRAME); };
    store.set({ job: { verb, id: null }, refusal: null, notice: t("drawing") });
    show();
    announce(t("drawing"));
    let result;
    try {
      const { job } = await api.startJob({ verb, model: using?.name, wishes, num, tab: tab.id, ...extra });
      if (store.apart.job?.cancelled) api.cancelJob(job).catch(() => {});
      store.set({ job: { ...store.apart.job, verb, id: job } });
      result = await followJob(job, {
        onNotes(candidate, notes, attempt) {
          if (done.has(candidate)) return;
          if (attempt !== attempts[candidate]) pieces[candidate] = blank;
          attempts[candidate] = attempt;
          pieces[candidate] = withDrawn(pieces[candidate] ?? blank, notes);
          showSoon();
        },
        onPiece(candidate, piece) { pieces[candidate] = piece; done.add(candidate); showSoon(); },
      });
    } catch (error) {
      result = { end: "refused", message: error.message, wish: error.wish ?? null };
    }
    clearTimeout(timer);
    const found = pieces.filter((piece, n) => done.has(n));
    store.set({ job: null, stream: null, notice: "", refusal: refusalOf(result, verb) });
    announce(result.end === "done" ? t(found.length === 1 ? "drawnOne" : "drawn", { count: found.length })
      : result.end === "cancelled" ? t("cancelled") : refusalOf(result, verb).message);
    if (found.length) store.set({ lastSeed: seedOf(found[0]) });
    return found;
  }

  const refusalOf = ({ end, message, wish }, verb) =>
    (end === "refused" ? { message: message === "lost" ? t("lost") : message, wish: wish ?? null, verb } : null);

  const wishesFor = (verb, own = {}, using = model()) => ({ ...wished(store.apart.table, store.apart.values, using?.kind, verb), ...own });

  async function generate() {
    const found = await run("generate", { label: t("generate"), wishes: wishesFor("generate"), num: numCandidates(store.apart.values) });
    if (!found.length) return;
    store.set({ pinned: null, bars: null, selection: [], focus: null });
    store.commit({ candidates: found, locksOf: [], chosen: 0, piece: found[0], locked: [], takes: null }, t("stepGenerate"));
  }

  /** The name of the part that is edited, where a model of several parts can draw it alone; null elsewhere. */
  function drawablePart(using = model()) {
    const { piece } = store, name = piece?.tracks[store.apart.track]?.name;
    return piece?.tracks.length > 1 && using?.kind === "parts" && using.parts.some((part) => part.name === name) ? name : null;
  }
  const onlyPart = (using, verb) => {
    const name = store.apart.onlyPart && ["infill", "ending", "vary"].includes(verb) && drawablePart(using);
    return name ? { parts: [name] } : {};
  };

  /** Let the model make versions of the piece in view. The first one is taken; the others stand beside "before". */
  async function rework(verb, { bars = null, wishes = {}, using, num = numCandidates(store.apart.values) } = {}) {
    const before = store.piece, locked = store.locked;
    if (!before) return;
    const chosen = using ?? model(), { track } = store.apart;
    const extra = { document: before, locked: lockedForServer(before, locked), ...(bars ? { bars } : {}), ...(chosen?.kind === "melody" ? { track } : {}) };
    const found = await run(verb, { label: t(verb), of: before, wishes: { ...wishesFor(verb, wishes, chosen), ...onlyPart(chosen, verb) }, extra, num, using: chosen });
    if (!found.length) return;
    const work = store.work, takes = { verb, bars, before, pieces: found, chosen: 0 };
    store.set({ pinned: { piece: before, locked, label: t("before") } });
    store.commit({ piece: found[0], locked, takes, candidates: work.candidates.map((one, n) => (n === work.chosen ? found[0] : one)) }, t(verb));
  }

  function infill() {
    const { bars } = store.apart;
    if (!store.piece) return;
    if (!bars) { store.set({ notice: t("needsBars") }); announce(t("needsBars")); return; }
    rework("infill", { bars });
  }

  function ending() {
    if (!store.piece) return;
    const count = barsOf(store.piece).length, { bars } = store.apart;
    rework("ending", { bars: bars?.[1] === count ? bars : [Math.max(1, count - 1), count] });
  }

  function chooseCandidate(index) {
    const piece = store.work.candidates[index];
    if (!piece || index === store.work.chosen) return;
    const { candidates, chosen, locksOf, locked } = store.work;
    const locks = candidates.map((_, n) => (n === chosen ? locked : locksOf[n] ?? []));
    store.set({ pinned: null, bars: null });
    store.commit({ piece, chosen: index, locked: locks[index], locksOf: locks, takes: null }, t("stepChoose", { number: index + 1 }));
  }

  function discardCandidate(index) {
    const { candidates, chosen, locksOf } = store.work;
    const without = (list) => list.filter((_, n) => n !== index);
    store.commit({ candidates: without(candidates), locksOf: without(locksOf), chosen: chosen === index ? -1 : chosen - Number(index < chosen) }, t("stepDiscard", { number: index + 1 }));
  }

  function chooseTake(index) {
    const { takes, candidates, chosen } = store.work;
    const piece = index < 0 ? takes.before : takes.pieces[index];
    store.commit({ piece, takes: { ...takes, chosen: index }, candidates: candidates.map((one, n) => (n === chosen ? piece : one)) }, t("stepTake"));
  }

  function open(given) {
    const { candidates } = store.work, piece = given.tracks.length ? given : { ...given, tracks: emptyPiece().tracks };
    store.set({ pinned: null, bars: null, selection: [], focus: null, track: melodyOf(piece) });
    store.commit({ piece, chosen: -1, locked: [], takes: null, candidates }, t("stepOpen"));
  }

  /** Open several pieces: the first is worked on, all of them become the candidates. */
  function openAll(pieces) {
    if (pieces.length === 1) { open(pieces[0]); return; }
    store.set({ pinned: null, bars: null, selection: [], focus: null, track: melodyOf(pieces[0]) });
    store.commit({ piece: pieces[0], candidates: pieces.slice(0, MAX_CANDIDATES), locksOf: [], chosen: 0, locked: [], takes: null }, t("stepOpen"));
  }

  function cancel() {
    const { job } = store.apart;
    if (!job) return;
    if (job.id) api.cancelJob(job.id).catch(() => {});
    else store.set({ job: { ...job, cancelled: true } });
  }

  /** Switch what is seen and heard between A, the version remembered, and B, the work. */
  function compare() {
    if (!store.apart.pinned) return;
    store.set({ showsA: !store.apart.showsA });
    announce(t(store.apart.showsA ? "showsA" : "showsB"));
  }

  return {
    model, drawablePart, generate, infill, ending, cancel, compare, chooseCandidate, discardCandidate, chooseTake, open, openAll,
    vary: (share) => rework("vary", { wishes: { vary: share } }),
    continue: (bars) => rework("continue", { wishes: { bars } }),
    accompany: (using, parts) => rework("accompany", { using, wishes: parts.length ? { draw: parts } : {} }),
    pin: () => { if (store.piece) store.set({ pinned: { piece: store.piece, locked: store.locked, label: store.piece.name || t("before") }, showsA: false }); },
  };
}

/** The track that a musician most likely means: the melody, else the first one. */
const melodyOf = (piece) => Math.max(0, piece.tracks.findIndex((track) => track.role === "melody"));
