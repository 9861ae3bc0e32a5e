// Edits of a piece: each returns a new piece and, for notes that changed their identity, old identity → new one.

import { DURATION, ONSET, PITCH, VELOCITY, findNote, noteId, partsOf, sorted, withTrack } from "./document.js";

/** @typedef {import("./document.js").Piece} Piece @typedef {import("./document.js").NoteId} NoteId */
/** @typedef {{piece: Piece, renamed: Map<NoteId, NoteId>}} Edit */

const within = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * A piece with notes replaced by what `change` makes of each; null removes one.
 * @param {Piece} piece @param {Iterable<NoteId>} ids @param {(note: number[]) => (number[] | null)} change @returns {Edit}
 */
function changed(piece, ids, change) {
  const wanted = new Set(ids), renamed = new Map();
  let result = piece;
  for (const index of new Set([...wanted].map((id) => partsOf(id)[0]))) {
    const track = piece.tracks[index];
    if (!track) continue;
    const kept = track.notes.filter((note) => !wanted.has(noteId(index, note)));
    const moved = track.notes.filter((note) => wanted.has(noteId(index, note))).flatMap((note) => {
      const next = change(note);
      if (next) renamed.set(noteId(index, note), noteId(index, next));
      return next ? [next] : [];
    });
    result = withTrack(result, index, { notes: withoutOverlaps(kept, moved) });
  }
  return { piece: result, renamed };
}

/** The notes together; one that still sounds where another of its pitch begins ends there, as MIDI needs it. */
function withoutOverlaps(kept, moved) {
  const notes = sorted([...kept, ...moved]);
  const next = new Map();
  for (let n = notes.length - 1; n >= 0; n--) {
    const [onset, duration, pitch, velocity] = notes[n];
    const following = next.get(pitch) ?? Infinity;
    if (onset + duration > following) notes[n] = [onset, following - onset, pitch, velocity];
    next.set(pitch, onset);
  }
  return notes;
}

/** Move notes in time and pitch, all by the same amount, as far as the piece and MIDI have room. @returns {Edit} */
export function moveNotes(piece, ids, ticks, semitones) {
  const notes = [...ids].map((id) => findNote(piece, id)).filter(Boolean);
  if (!notes.length) return { piece, renamed: new Map() };
  const onsets = notes.map((note) => note[ONSET]), pitches = notes.map((note) => note[PITCH]);
  const right = piece.end - Math.max(...notes.map((note) => note[ONSET] + note[DURATION]));
  const by = within(ticks, -Math.min(...onsets), Math.max(0, right));
  const up = within(semitones, -Math.min(...pitches), 127 - Math.max(...pitches));
  return changed(piece, ids, ([onset, duration, pitch, velocity]) => [onset + by, duration, pitch + up, velocity]);
}

/** Make notes longer or shorter, not shorter than `minimum`, nor beyond the end of the piece. @returns {Edit} */
export function stretchNotes(piece, ids, ticks, minimum = 1) {
  return changed(piece, ids, ([onset, duration, pitch, velocity]) =>
    [onset, within(duration + ticks, Math.min(minimum, duration), Math.max(duration, piece.end - onset)), pitch, velocity]);
}

/** @returns {Edit} */
export const removeNotes = (piece, ids) => changed(piece, ids, () => null);

/** @returns {Edit} */
export const setVelocity = (piece, ids, velocity) =>
  changed(piece, ids, ([onset, duration, pitch]) => [onset, duration, pitch, within(Math.round(velocity), 1, 127)]);

/** Make notes louder or softer. @returns {Edit} */
export const changeVelocity = (piece, ids, by) =>
  changed(piece, ids, (note) => [note[ONSET], note[DURATION], note[PITCH], within(note[VELOCITY] + by, 1, 127)]);

/** Add notes to a track; those outside the piece are left out, the last ones end with it. @returns {Edit & {ids: NoteId[]}} */
export function addNotes(piece, track, notes) {
  const fitting = notes
    .filter(([onset, , pitch]) => onset >= 0 && onset < piece.end && pitch >= 0 && pitch <= 127)
    .map(([onset, duration, pitch, velocity]) => [onset, within(duration, 1, piece.end - onset), pitch, velocity]);
  const all = withoutOverlaps(piece.tracks[track].notes, fitting);
  return { piece: withTrack(piece, track, { notes: all }), renamed: new Map(), ids: fitting.map((note) => noteId(track, note)) };
}

/** Notes copied out of a piece, with onsets from the first one: [[track, note], ...]. */
export function copied(piece, ids) {
  const found = [...ids].map((id) => [partsOf(id)[0], findNote(piece, id)]).filter(([, note]) => note);
  const start = Math.min(...found.map(([, note]) => note[ONSET]));
  return found.map(([track, note]) => [track, [note[ONSET] - start, ...note.slice(1)]]);
}

/** Paste copied notes at a tick. @returns {Edit & {ids: NoteId[]}} */
export function pasteNotes(piece, clip, tick) {
  let result = { piece, renamed: new Map(), ids: [] };
  for (const track of new Set(clip.map(([index]) => index))) {
    if (!piece.tracks[track]) continue;
    const notes = clip.filter(([index]) => index === track).map(([, note]) => [note[ONSET] + tick, ...note.slice(1)]);
    const next = addNotes(result.piece, track, notes);
    result = { ...next, ids: [...result.ids, ...next.ids] };
  }
  return result;
}

/** The first tempo of a piece in quarters per minute. */
export const tempoOf = (piece) => 6e7 / (piece.tempos[0]?.[1] ?? 500000);

/** One tempo for the whole piece, in quarters per minute. */
export const setTempo = (piece, tempo) => ({ ...piece, tempos: [[0, Math.round(6e7 / tempo)]] });

/** Identities after an edit; those of removed notes are gone. @param {Iterable<NoteId>} ids @param {Edit} edit */
export function afterEdit(ids, { piece, renamed }) {
  return [...ids].map((id) => renamed.get(id) ?? id).filter((id) => findNote(piece, id) !== undefined);
}
