// The geometry of a piano roll: ticks and pitches ↔ pixels of its canvas, and what lies under a pointer.

import { DURATION, ONSET, PITCH, noteId } from "./document.js";

/**
 * @typedef {object} View
 * @property {number} width pixels of the canvas
 * @property {number} height
 * @property {number} gutter pixels of the keyboard at the left
 * @property {number} header pixels of the ruler (and chords) at the top
 * @property {number} pixelsPerTick
 * @property {number} rowHeight pixels of a semitone
 * @property {number} scrollX pixels
 * @property {number} scrollY
 * @property {number} low lowest pitch that can be scrolled to
 * @property {number} high
 */

export const xOf = (view, tick) => view.gutter + tick * view.pixelsPerTick - view.scrollX;
export const tickOf = (view, x) => (x - view.gutter + view.scrollX) / view.pixelsPerTick;
/** The top of the row of a pitch. */
export const yOf = (view, pitch) => view.header + (view.high - pitch) * view.rowHeight - view.scrollY;
export const pitchOf = (view, y) => view.high - Math.floor((y - view.header + view.scrollY) / view.rowHeight);

/** Size in pixels of everything that can be scrolled to. */
export const contentSize = (view, end) => ({
  width: view.gutter + end * view.pixelsPerTick + 24,
  height: view.header + (view.high - view.low + 1) * view.rowHeight,
});

const EDGE = 7; // pixels at the end of a note that stretch it

/**
 * The note under a pointer: those of the active track first, then of others that are shown.
 * @returns {?{track: number, id: string, note: number[], edge: boolean}}
 */
export function noteUnder(piece, view, x, y, active, shown = () => true) {
  const order = [active, ...piece.tracks.keys()].filter((track, n, all) => all.indexOf(track) === n);
  const tick = tickOf(view, x), pitch = pitchOf(view, y), slack = 3 / view.pixelsPerTick;
  for (const track of order) {
    if (!piece.tracks[track] || (track !== active && !shown(track))) continue;
    const note = piece.tracks[track].notes.findLast((one) => one[PITCH] === pitch && one[ONSET] <= tick + slack / 3 &&
      tick < one[ONSET] + Math.max(one[DURATION], slack));
    if (!note) continue;
    const end = xOf(view, note[ONSET] + note[DURATION]), start = xOf(view, note[ONSET]);
    return { track, id: noteId(track, note), note, edge: x > end - Math.min(EDGE, (end - start) / 3) };
  }
  return null;
}

/** The identities of the notes of a track that a rectangle of ticks and pitches touches. */
export function notesWithin(piece, track, [startTick, endTick], [lowPitch, highPitch]) {
  return piece.tracks[track].notes
    .filter((note) => note[ONSET] < endTick && note[ONSET] + note[DURATION] > startTick)
    .filter((note) => note[PITCH] >= lowPitch && note[PITCH] <= highPitch)
    .map((note) => noteId(track, note));
}

/** Rows that hold all notes with some air, at least an octave and a half. */
export function rowsFor(range, margin = 3, least = 19) {
  let [low, high] = range ?? [60, 72];
  low -= margin; high += margin;
  while (high - low + 1 < least) { high++; if (high - low + 1 < least) low--; }
  return [Math.max(0, low), Math.min(127, high)];
}

/** The scroll that brings a point into the view with a margin, given the scroll now. */
export function scrollTo(point, scroll, size, margin) {
  if (point < scroll + margin) return Math.max(0, point - margin);
  if (point > scroll + size - margin) return point - size + margin;
  return scroll;
}
