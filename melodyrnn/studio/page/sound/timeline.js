// What of a piece is due when it is played. Times of a piece are seconds from its start at its own tempo.

import { tempoMap } from "./tempo.js";

const MICROSECONDS = 500000; // of a quarter note, where a document has no tempo

/**
 * @typedef {{key: string, track: number, pitch: number, velocity: number, start: number, length: number}} PieceNote
 * @typedef {{note: PieceNote | null, at: number, length: number}} Due  `at` seconds after the beginning of the playback
 */

/** A document, made ready to be played. */
export class Timeline {
  /** @param {object} document as the page and the server exchange it */
  constructor(document) {
    const tempos = document.tempos?.length ? document.tempos : [[0, MICROSECONDS]];
    this.map = tempoMap({ ticksPerQuarter: document.ticksPerQuarter, tempos });
    this.tracks = document.tracks.map(({ program, isDrum }) => ({ program: program ?? 0, isDrum: Boolean(isDrum) }));
    this.notes = document.tracks.flatMap(({ notes }, track) => notes.map((note) => this.noteOf(track, note)));
    this.notes.sort((one, other) => one.start - other.start);
    this.byKey = new Map(this.notes.map((note) => [note.key, note]));
    const last = this.notes.reduce((latest, { start, length }) => Math.max(latest, start + length), 0);
    this.end = Math.max(this.map.seconds(document.end ?? 0), last);
  }

  /** @returns {PieceNote} */
  noteOf(track, [onset, duration, pitch, velocity]) {
    const start = this.map.seconds(onset);
    const key = `${track}:${onset}:${pitch}`;
    return { key, track, pitch, velocity, start, length: this.map.seconds(onset + duration) - start };
  }

  /**
   * The notes from a time on, in order, each with the seconds from there; in a loop they come again without end, and
   * each round begins with an entry without a note. A note that lasts beyond the end of the loop ends there.
   * @param {number} from
   * @param {[number, number] | null} loop  whose start is before its end, and whose end is after `from`
   * @returns {Generator<Due>}
   */
  *due(from, loop) {
    const until = loop ? loop[1] : Infinity;
    for (let begin = 0, start = from; ; begin += until - start, start = loop[0]) {
      yield { note: null, at: begin, length: 0 };
      for (let n = this.firstAt(start); n < this.notes.length && this.notes[n].start < until; n++) {
        const note = this.notes[n];
        yield { note, at: begin + note.start - start, length: Math.min(note.length, until - note.start) };
      }
      if (loop === null) return;
    }
  }

  /** The index of the first note that begins at a time or later. */
  firstAt(time) {
    let low = 0, high = this.notes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.notes[middle].start < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * The time in the piece that is reached some seconds after a playback began at `from`.
 * @param {number} from
 * @param {number} seconds
 * @param {[number, number] | null} loop
 */
export function timeAfter(from, seconds, loop) {
  const time = from + seconds;
  if (loop === null || time < loop[1]) return time;
  return loop[0] + ((time - loop[1]) % (loop[1] - loop[0]));
}
