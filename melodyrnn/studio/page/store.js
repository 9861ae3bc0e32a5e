// What the page knows: the history of the work, and what is not part of it (wishes, selection, mix, settings).

import * as histories from "./history.js";
import { afterEdit } from "./edits.js";
import { present } from "./document.js";

/** @typedef {import("./document.js").Piece} Piece */
/**
 * @typedef {object} Takes what the model made of the piece: "before" and some versions of it
 * @property {string} verb
 * @property {?[number, number]} bars
 * @property {Piece} before
 * @property {Piece[]} pieces
 * @property {number} chosen -1 is "before"
 */
/**
 * @typedef {object} Work one step of the history
 * @property {?Piece} piece
 * @property {readonly string[]} locked identities of notes
 * @property {readonly Piece[]} candidates
 * @property {readonly (readonly string[])[]} locksOf the locks of each candidate while another one is worked on
 * @property {number} chosen index of the candidate that is worked on, -1 for none
 * @property {?Takes} takes
 */

/** @type {Work} */
export const NOTHING = Object.freeze({ piece: null, locked: [], candidates: [], locksOf: [], chosen: -1, takes: null });

const APART = {
  models: [], table: [], values: {}, lastSeed: null, refusal: null, notice: "", // compose
  track: 0, selection: [], focus: null, bars: null, tool: "select", grid: "1/16", onlyPart: false, // the roll
  preview: null, previewIds: [], // the piece while a gesture changes it
  job: null, stream: null, // what the model is drawing
  pinned: null, showsA: false, // A/B
  mix: {}, loop: false, tempoFactor: 1, playing: null, // sound
  kept: [], letters: true,
};

/** Create the store. Listeners are called once a frame at most, with the state. */
export function createStore() {
  let history = histories.beginning(NOTHING), apart = { ...APART }, queued = false;
  const listeners = new Set();

  function changed() {
    if (queued) return;
    queued = true;
    queueMicrotask(() => {
      queued = false;
      for (const listener of listeners) listener(store);
    });
  }

  /** Keep only what still names a note of the piece in view. */
  function tidy() {
    const piece = store.piece;
    if (!piece) return;
    const track = Math.min(apart.track, piece.tracks.length - 1);
    const focus = apart.focus && present(piece, [apart.focus])[0];
    apart = { ...apart, track: Math.max(0, track), selection: present(piece, apart.selection), focus: focus ?? null };
  }

  const store = {
    get work() { return histories.current(history); },
    get history() { return history; },
    get apart() { return apart; },
    /** The piece in view: the work, or A while A/B shows A. @returns {?Piece} */
    get piece() { return apart.showsA && apart.pinned ? apart.pinned.piece : this.work.piece; },
    get locked() { return apart.showsA && apart.pinned ? apart.pinned.locked : this.work.locked; },

    /** Set what is not part of the history. */
    set(changes) { apart = { ...apart, ...changes }; changed(); },

    /** Make a step of the history. @param {Partial<Work>} changes */
    commit(changes, label) {
      const base = apart.showsA && apart.pinned ? { ...this.work, ...apart.pinned } : this.work;
      history = histories.pushed(history, { ...base, ...changes }, label);
      apart = { ...apart, showsA: false };
      tidy();
      changed();
    },

    /** Make a step that edits the piece: locks follow their notes, the version that is chosen becomes the new piece. */
    edit(edit, label, { selection } = {}) {
      if (edit.piece === this.piece) return;
      const locked = afterEdit(this.locked, edit), work = this.work;
      const replace = (pieces, index) => (index < 0 ? pieces : pieces.map((one, n) => (n === index ? edit.piece : one)));
      const takes = work.takes && { ...work.takes, pieces: replace(work.takes.pieces, work.takes.chosen) };
      const ids = selection ?? afterEdit(apart.selection, edit);
      const focus = apart.focus && (edit.renamed.get(apart.focus) ?? apart.focus);
      apart = { ...apart, selection: ids, focus: selection?.[0] ?? focus };
      this.commit({ piece: edit.piece, locked, candidates: replace(work.candidates, work.chosen), takes }, label);
    },

    undo() { history = histories.undone(history); apart = { ...apart, showsA: false }; tidy(); changed(); },
    redo() { history = histories.redone(history); apart = { ...apart, showsA: false }; tidy(); changed(); },

    /** Begin anew with a state that was saved. */
    restore(work, changes) {
      history = histories.beginning({ ...NOTHING, ...work });
      apart = { ...apart, ...changes };
      tidy();
      changed();
    },
    subscribe(listener) { listeners.add(listener); return () => listeners.delete(listener); },
  };
  return store;
}
