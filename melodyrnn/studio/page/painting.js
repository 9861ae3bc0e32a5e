// Paints piano rolls on canvases. Colours come from the style sheet, so that light and dark need no code here.

import { barsOf, beatTicks } from "./bars.js";
import { DURATION, ONSET, PITCH, VELOCITY, noteId, pitchRange } from "./document.js";
import { rowsFor, xOf, yOf } from "./geometry.js";
import { isBlack, pitchName } from "./notation.js";

const NAMES = ["panel", "black", "line", "beat", "ink", "faint", "accent", "band", "gutter",
  "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"];
let colours = null;

/** The colours of the style sheet now. */
export function palette() {
  if (!colours) {
    const style = getComputedStyle(document.documentElement);
    colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }
  return colours;
}

/** Forget the colours, after the theme has changed. */
export const repaint = () => { colours = null; };

/** How much larger than on a small screen everything is drawn: as the text of the page is. */
export const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 15;

export const colourOf = (track) => palette()[`p${track % 8}`];

/** A context whose unit is a CSS pixel, cleared. Returns null while the canvas has no size. */
export function context(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas, ratio = Math.min(3, devicePixelRatio || 1);
  if (!width || !height) return null;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/** A whole piece in the size of a canvas: the picture of a candidate. */
export function paintSmall(canvas, piece) {
  const got = context(canvas);
  if (!got) return;
  const { pen, width, height } = got, colour = palette();
  const [low, high] = rowsFor(pitchRange(piece), 2, 16);
  const scaled = unit(), row = height / (high - low + 1), scale = width / Math.max(1, piece.end);
  pen.fillStyle = colour.beat;
  for (const bar of barsOf(piece)) if (bar.number > 1) pen.fillRect(Math.round(bar.start * scale), 0, 1, height);
  piece.tracks.forEach((track, index) => {
    const size = Math.max(2.5, Math.min(row, 7 * scaled)), isMany = track.notes.length > 500;
    pen.fillStyle = colourOf(index);
    pen.beginPath();
    for (const [onset, duration, pitch] of track.notes) {
      const box = [onset * scale + 0.5, (high - pitch + 0.5) * row - size / 2, Math.max(2, duration * scale - 1.5), size];
      if (isMany) pen.rect(...box); else pen.roundRect(...box, Math.min(2, size / 2));
    }
    pen.fill();
  });
}

/**
 * @typedef {object} Shown what the editor shows beside the piece
 * @property {number} track the one that is edited
 * @property {Set<string>} selection @property {Set<string>} locked
 * @property {?string} focus
 * @property {?[number, number]} span first and last tick of the selected bars
 * @property {(track: number) => boolean} isShown
 * @property {?{ticks: number[], pitches: number[]}} band a rectangle that is being drawn
 * @property {number} step of the grid, in ticks
 * @property {boolean} hasFocus
 */

/** The editor's piano roll. @param {Shown} shown */
export function paintRoll(canvas, piece, view, shown) {
  const got = context(canvas);
  if (!got) return;
  const { pen, width, height } = got, bars = barsOf(piece);
  pen.save();
  pen.beginPath();
  pen.rect(view.gutter, view.header, width - view.gutter, height - view.header);
  pen.clip();
  paintRows(pen, view, width, height);
  paintGrid(pen, piece, bars, view, height, shown.step);
  if (shown.span) paintSpan(pen, view, shown.span, view.header, height);
  const order = [...piece.tracks.keys()].filter((index) => index !== shown.track && shown.isShown(index));
  for (const index of [...order, shown.track]) if (piece.tracks[index]) paintNotes(pen, piece, index, view, shown, width);
  if (shown.band) paintBand(pen, view, shown.band);
  pen.restore();
  paintRuler(pen, piece, bars, view, shown, width);
  paintKeyboard(pen, piece, view, height);
}

function paintRows(pen, view, width, height) {
  const colour = palette();
  pen.fillStyle = colour.panel;
  pen.fillRect(view.gutter, view.header, width, height);
  for (let pitch = view.low; pitch <= view.high; pitch++) {
    const y = yOf(view, pitch);
    if (y > height || y + view.rowHeight < view.header) continue;
    if (isBlack(pitch)) { pen.fillStyle = colour.black; pen.fillRect(view.gutter, y, width, view.rowHeight); }
    if (pitch % 12 === 0) { pen.fillStyle = colour.line; pen.fillRect(view.gutter, y + view.rowHeight - 0.5, width, 0.5); }
  }
}

function paintGrid(pen, piece, bars, view, height, step) {
  const colour = palette();
  for (const bar of bars) {
    const beat = beatTicks(bar, piece.ticksPerQuarter);
    if (xOf(view, bar.end) < view.gutter || xOf(view, bar.start) > view.width) continue;
    if (step * view.pixelsPerTick >= 9) for (let tick = bar.start; tick < bar.end; tick += step) rule(tick, colour.beat, 0.5);
    if (beat * view.pixelsPerTick >= 7) for (let tick = bar.start; tick < bar.end; tick += beat) rule(tick, colour.beat, 1);
    rule(bar.start, colour.line, 1);
  }
  rule(piece.end, colour.ink, 1);
  function rule(tick, style, thickness) {
    pen.fillStyle = style;
    pen.fillRect(Math.round(xOf(view, tick)), view.header, thickness, height - view.header);
  }
}

function paintSpan(pen, view, [start, end], top, bottom) {
  const x = xOf(view, start), width = (end - start) * view.pixelsPerTick;
  pen.fillStyle = palette().band;
  pen.fillRect(x, top, width, bottom - top);
}

function paintNotes(pen, piece, index, view, shown, width) {
  const colour = palette(), isActive = index === shown.track, isCrowd = piece.tracks.length > 6; // round corners take time
  for (const note of piece.tracks[index].notes) {
    const x = xOf(view, note[ONSET]), length = note[DURATION] * view.pixelsPerTick;
    if (x > width || x + length < view.gutter) continue;
    const id = noteId(index, note), y = yOf(view, note[PITCH]), size = Math.max(3, view.rowHeight - 1.5);
    const isSelected = shown.selection.has(id), isLocked = shown.locked.has(id);
    pen.globalAlpha = isActive ? 0.5 + 0.5 * (note[VELOCITY] / 127) : 0.42;
    pen.fillStyle = colourOf(index);
    if (isCrowd && !isActive) pen.fillRect(x + 0.5, y + 0.75, Math.max(3, length - 1), size);
    else {
      pen.beginPath();
      pen.roundRect(x + 0.5, y + 0.75, Math.max(3, length - 1), size, Math.min(3, size / 2));
      pen.fill();
    }
    pen.globalAlpha = 1;
    if (isLocked) paintLock(pen, x, y, Math.max(3, length - 1), size);
    if (isSelected || id === shown.focus) {
      pen.lineWidth = id === shown.focus && shown.hasFocus ? 2.5 : 1.5;
      pen.strokeStyle = colour.ink;
      pen.stroke(outline(x, y, Math.max(3, length - 1), size));
    }
  }
}

function outline(x, y, width, height) {
  const path = new Path2D();
  path.roundRect(x, y + 0.25, width + 1, height + 1, Math.min(3, height / 2));
  return path;
}

/** A locked note has a dark end and, where there is room, a lock: not told by colour alone. */
function paintLock(pen, x, y, width, size) {
  const colour = palette();
  pen.fillStyle = colour.ink;
  pen.beginPath();
  pen.roundRect(x + 0.5, y + 0.75, Math.min(4, width), size, [3, 0, 0, 3]);
  pen.fill();
  if (width < 20 || size < 8) return;
  const left = x + 9, middle = y + 0.75 + size / 2;
  pen.fillStyle = pen.strokeStyle = colour.panel;
  pen.lineWidth = 1.2;
  pen.fillRect(left, middle - 0.5, 6, 4);
  pen.beginPath();
  pen.arc(left + 3, middle - 0.5, 2.1, Math.PI, 0);
  pen.stroke();
}

function paintBand(pen, view, { ticks, pitches }) {
  const x = xOf(view, Math.min(...ticks)), y = yOf(view, Math.max(...pitches));
  const width = Math.abs(ticks[1] - ticks[0]) * view.pixelsPerTick, height = (Math.abs(pitches[1] - pitches[0]) + 1) * view.rowHeight;
  pen.fillStyle = palette().band;
  pen.fillRect(x, y, width, height);
  pen.strokeStyle = palette().accent;
  pen.lineWidth = 1;
  pen.strokeRect(x + 0.5, y + 0.5, width, height);
}

function paintRuler(pen, piece, bars, view, { span }, width) {
  const colour = palette(), scale = unit();
  pen.save();
  pen.beginPath();
  pen.rect(view.gutter, 0, width - view.gutter, view.header);
  pen.clip();
  pen.fillStyle = colour.gutter;
  pen.fillRect(view.gutter, 0, width, view.header);
  if (span) {
    pen.fillStyle = colour.accent;
    pen.fillRect(xOf(view, span[0]), view.header - 4, (span[1] - span[0]) * view.pixelsPerTick, 4);
    paintSpan(pen, view, span, 0, view.header - 4);
  }
  pen.font = `${12 * scale}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  const every = [1, 2, 4, 8, 16, 32, 64].find((n) => n * (bars[0].end - bars[0].start) * view.pixelsPerTick > 28 * scale) ?? 128;
  for (const bar of bars) {
    if (bar.start >= piece.end) continue;
    const x = xOf(view, bar.start);
    if (x > width || xOf(view, bar.end) < view.gutter) continue;
    pen.fillStyle = colour.line;
    pen.fillRect(Math.round(x), 0, 1, view.header);
    pen.fillStyle = span && bar.start >= span[0] && bar.end <= span[1] ? colour.ink : colour.faint;
    if ((bar.number - 1) % every === 0) pen.fillText(String(bar.number), x + 5, 13 * scale);
  }
  pen.font = `600 ${13 * scale}px system-ui, sans-serif`;
  pen.fillStyle = colour.accent;
  piece.chords.forEach(([tick, symbol], n) => {
    const room = ((piece.chords[n + 1]?.[0] ?? piece.end) - tick) * view.pixelsPerTick - 4;
    if (room > 8) pen.fillText(symbol, xOf(view, tick) + 5, 36 * scale, Math.max(room, 10));
  });
  pen.restore();
  pen.fillStyle = colour.line;
  pen.fillRect(0, view.header - 0.5, width, 0.5);
}

function paintKeyboard(pen, piece, view, height) {
  const colour = palette(), key = piece.keys[0]?.[1] ?? "C major", scale = unit();
  pen.save();
  pen.beginPath();
  pen.rect(0, view.header, view.gutter, height - view.header);
  pen.clip();
  pen.fillStyle = colour.gutter;
  pen.fillRect(0, view.header, view.gutter, height);
  pen.textBaseline = "middle";
  pen.font = `${11 * scale}px system-ui, sans-serif`;
  for (let pitch = view.low; pitch <= view.high; pitch++) {
    const y = yOf(view, pitch);
    if (y > height || y + view.rowHeight < view.header) continue;
    if (isBlack(pitch)) { pen.fillStyle = colour.faint; pen.globalAlpha = 0.55; pen.fillRect(0, y + 0.5, view.gutter * 0.55, view.rowHeight - 1); pen.globalAlpha = 1; }
    if (pitch % 12 === 0 || (view.rowHeight >= 15 * scale && !isBlack(pitch))) {
      pen.fillStyle = pitch % 12 === 0 ? colour.ink : colour.faint;
      pen.fillText(pitchName(pitch, key), view.gutter - 26 * scale, y + view.rowHeight / 2);
    }
  }
  pen.fillStyle = colour.line;
  pen.fillRect(view.gutter - 0.5, view.header, 0.5, height);
  pen.restore();
}
