// Chord symbols as text, bar by bar: "Am | F:2 G:2 | C" (lengths in beats), as --chords of the command line reads it.
// "%" repeats the symbol before, for bars in which none begins.

import { barsOf, beatTicks } from "./bars.js";

/** The symbols of a piece as one line of text; "" where there are none. */
export function chordText(piece) {
  if (!piece.chords.length) return "";
  const texts = barsOf(piece).filter((bar) => bar.start < piece.end).map((bar) => {
    const beat = beatTicks(bar, piece.ticksPerQuarter);
    const own = piece.chords.filter(([tick]) => tick >= bar.start && tick < bar.end);
    const starts = [...own];
    if (!own.length || own[0][0] > bar.start) starts.unshift([bar.start, "%"]);
    if (starts.length === 1) return starts[0][1];
    return starts.map(([tick, symbol], n) => `${symbol}:${number(((starts[n + 1]?.[0] ?? bar.end) - tick) / beat)}`).join(" ");
  });
  while (texts.length > 1 && texts[texts.length - 1] === "%") texts.pop();
  return texts.join(" | ");
}

const number = (value) => String(Math.round(1000 * value) / 1000);

/**
 * The symbols of a text on the bars of a piece. Symbols without a length share their bar evenly with those around.
 * @returns {{chords: [number, string][], fault: ?{rule: string, received: string}}}
 */
export function parseChords(text, piece) {
  const bars = barsOf(piece), chords = [];
  if (!text.trim()) return { chords, fault: null };
  const cells = text.split("|").map((cell) => cell.trim());
  if (cells.length > bars.length) return { chords, fault: { rule: "chordBars", received: String(cells.length) } };
  for (const [index, cell] of cells.entries()) {
    const bar = bars[index], beat = beatTicks(bar, piece.ticksPerQuarter);
    const words = cell.split(/\s+/).filter(Boolean).map((word) => /^(.+?)(?::(\d+(?:\.\d+)?))?$/.exec(word));
    const beats = (bar.end - bar.start) / beat;
    const given = words.reduce((sum, word) => sum + (word[2] ? Number(word[2]) : 0), 0);
    const open = words.filter((word) => !word[2]).length;
    if (given > beats + 1e-3) return { chords, fault: { rule: "chordLength", received: cell } };
    let tick = bar.start;
    for (const word of words) {
      if (word[1] !== "%" && word[1] !== chords[chords.length - 1]?.[1]) chords.push([Math.round(tick), word[1]]);
      tick += beat * (word[2] ? Number(word[2]) : (beats - given) / open);
    }
  }
  return { chords, fault: null };
}
