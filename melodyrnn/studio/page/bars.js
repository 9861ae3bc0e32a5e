// Bars, beats and the grid of a piece with any changes of meter. Bars are counted from 1, ticks from 0.

import { once } from "./document.js";

/** @typedef {{number: number, start: number, end: number, numerator: number, denominator: number}} Bar */

/** The bars of a piece; the last one may reach beyond its end. @param {import("./document.js").Piece} piece @returns {Bar[]} */
export const barsOf = once((piece) => {
  const meters = piece.meters.length ? piece.meters : [[0, 4, 4]];
  const bars = [];
  let start = 0, index = 0;
  while (start < piece.end || !bars.length) {
    while (index + 1 < meters.length && meters[index + 1][0] <= start) index++;
    const [, numerator, denominator] = meters[index];
    const length = (numerator * 4 * piece.ticksPerQuarter) / denominator;
    const next = meters[index + 1]?.[0] ?? Infinity;
    const end = Math.min(start + length, next);
    bars.push({ number: bars.length + 1, start, end, numerator, denominator });
    start = end;
  }
  return bars;
});

/** The bar that holds a tick; the first or last one where it lies outside. */
export function barAt(bars, tick) {
  let low = 0, high = bars.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bars[middle].start <= tick) low = middle; else high = middle - 1;
  }
  return bars[low];
}

/** Ticks of a beat: of a dotted one in compound meters such as 6/8. */
export function beatTicks({ numerator, denominator }, ticksPerQuarter) {
  const unit = (4 * ticksPerQuarter) / denominator;
  return denominator >= 8 && numerator > 3 && numerator % 3 === 0 ? 3 * unit : unit;
}

/** Bar and beat of a tick, both from 1; the beat with its fraction, such as 2.5. */
export function position(bars, tick, ticksPerQuarter) {
  const bar = barAt(bars, tick);
  return { bar: bar.number, beat: 1 + (tick - bar.start) / beatTicks(bar, ticksPerQuarter) };
}

/** First and last tick of a span of bars. @param {[number, number]} span */
export function ticksOfBars(bars, [first, last]) {
  return [bars[Math.max(1, first) - 1].start, bars[Math.min(bars.length, last) - 1].end];
}

/** What repeats, in ticks: the bars that are selected, else the loop that two markers of the piece stand around, else all. */
export function repeated(piece, bars) {
  if (bars) return ticksOfBars(barsOf(piece), bars);
  const [[start, ...starts], [end, ...ends]] = ["loop start", "loop end"].map(
    (name) => (piece.markers ?? []).filter(([, text]) => text === name).map(([tick]) => tick));
  return starts.length + ends.length === 0 && start < end ? [start, end] : [0, piece.end];
}

/** The steps to which notes may snap, as fractions of a quarter: name → quarters. */
export const GRIDS = Object.freeze({ "1/4": 1, "1/8": 1 / 2, "1/8T": 1 / 3, "1/16": 1 / 4, "1/16T": 1 / 6, "1/32": 1 / 8 });

/** The nearest point of the grid, which begins anew in every bar; `round` may be Math.floor. */
export function snap(bars, tick, step, round = Math.round) {
  const bar = barAt(bars, tick);
  return Math.max(0, Math.min(bar.start + Math.round(round((tick - bar.start) / step) * step), bar.end));
}
