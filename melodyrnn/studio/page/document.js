// The piece that page and server exchange, as an immutable value. Times are ticks, pitches MIDI numbers 0..127.

/** @typedef {[onset: number, duration: number, pitch: number, velocity: number]} Note */
/**
 * @typedef {object} Track
 * @property {string} name
 * @property {string} role melody, bass, drums, ...
 * @property {number} program General MIDI program, 0..127
 * @property {number} channel 0..15
 * @property {boolean} isDrum
 * @property {readonly Note[]} notes sorted by onset, then pitch
 */
/**
 * @typedef {object} Piece
 * @property {number} ticksPerQuarter
 * @property {number} end tick
 * @property {[tick: number, microsecondsPerQuarter: number][]} tempos
 * @property {[tick: number, numerator: number, denominator: number][]} meters
 * @property {[tick: number, name: string][]} keys
 * @property {Track[]} tracks
 * @property {[tick: number, symbol: string][]} chords
 * @property {?string} source identity of an imported file
 * @property {?string} command the command line that makes the same file
 * @property {?number} seed
 * @property {string} name
 */
/** @typedef {string} NoteId "track:onset:pitch": what names a note in selections and locks */

export const ONSET = 0, DURATION = 1, PITCH = 2, VELOCITY = 3;

/** @returns {NoteId} */
export const noteId = (track, note) => `${track}:${note[ONSET]}:${note[PITCH]}`;

/** @param {NoteId} id @returns {[track: number, onset: number, pitch: number]} */
export const partsOf = (id) => /** @type {any} */ (id.split(":").map(Number));

const inOrder = (a, b) => a[ONSET] - b[ONSET] || a[PITCH] - b[PITCH];

/** The notes in order; of several with one onset and pitch, the last given stays. @returns {Note[]} */
export function sorted(notes) {
  const unique = new Map(notes.map((note) => [`${note[ONSET]}:${note[PITCH]}`, note]));
  return [...unique.values()].sort(inOrder);
}

/** A piece with some properties of a track replaced. */
export function withTrack(piece, index, changes) {
  return { ...piece, tracks: piece.tracks.map((track, n) => (n === index ? { ...track, ...changes } : track)) };
}

/** Every note with its track and identity, in the order of time, then of pitch. */
export function allNotes(piece) {
  return piece.tracks
    .flatMap((track, index) => track.notes.map((note) => ({ track: index, note, id: noteId(index, note) })))
    .sort((a, b) => inOrder(a.note, b.note) || a.track - b.track);
}

/** What `make` gives for an immutable value, made once. @template V @param {(key: object) => V} make */
export function once(make) {
  const known = new WeakMap();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key);
  };
}

const placesOf = once((notes) => new Map(notes.map((note) => [`${note[ONSET]}:${note[PITCH]}`, note])));

/** The note of an identity, or undefined. @returns {Note | undefined} */
export function findNote(piece, id) {
  const colon = id.indexOf(":"), track = piece.tracks[Number(id.slice(0, colon))];
  return track && placesOf(track.notes).get(id.slice(colon + 1));
}

/** The identities that name a note of the piece. @returns {NoteId[]} */
export const present = (piece, ids) => [...ids].filter((id) => findNote(piece, id) !== undefined);

const rangeOf = once((notes) => notes.reduce(([low, high], note) => [Math.min(low, note[PITCH]), Math.max(high, note[PITCH])], [Infinity, -Infinity]));

/** Lowest and highest pitch of the notes; null for none. */
export function pitchRange(piece) {
  const ranges = piece.tracks.filter((track) => track.notes.length).map((track) => rangeOf(track.notes));
  return ranges.length ? [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))] : null;
}

/** A piece of `bars` bars without notes. @returns {Piece} */
export function emptyPiece({ bars = 8, meter = [4, 4], tempo = 120, key = "C major", name = "" } = {}) {
  const ticksPerQuarter = 480;
  const track = { name: "melody", role: "melody", program: 0, channel: 0, isDrum: false, notes: [] };
  return {
    ticksPerQuarter, end: (bars * meter[0] * 4 * ticksPerQuarter) / meter[1], tempos: [[0, Math.round(6e7 / tempo)]],
    meters: [[0, meter[0], meter[1]]], keys: [[0, key]], tracks: [track], chords: [], source: null, command: null,
    seed: null, name,
  };
}

/** What the server needs to know of the locks: [[track, onset, pitch], ...]. */
export const lockedForServer = (piece, locked) => present(piece, locked).map(partsOf);
