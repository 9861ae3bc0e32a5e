import assert from "node:assert/strict";
import { test } from "node:test";
import * as geometry from "../../../melodyrnn/studio/page/geometry.js";
import { BINDINGS, commandFor, keyName, shortcut } from "../../../melodyrnn/studio/page/keymap.js";
import { melody } from "./pieces.mjs";

const view = { width: 800, height: 400, gutter: 40, header: 30, pixelsPerTick: 0.1, rowHeight: 10, scrollX: 100, scrollY: 50, low: 48, high: 84 };

test("ticks and pitches map to pixels and back", () => {
  for (const tick of [0, 480, 1234]) assert.ok(Math.abs(geometry.tickOf(view, geometry.xOf(view, tick)) - tick) < 1e-6);
  for (const pitch of [48, 60, 84]) assert.equal(geometry.pitchOf(view, geometry.yOf(view, pitch) + 0.5), pitch);
  assert.equal(geometry.pitchOf(view, geometry.yOf(view, 60) + 9.5), 60);
  assert.equal(geometry.xOf(view, 1000), 40);
});

test("the note under a pointer, and whether its end", () => {
  const piece = melody([[2, 2, 60], [5, 1, 62]]), y = geometry.yOf(view, 60) + 5;
  const at = (tick) => geometry.noteUnder(piece, view, geometry.xOf(view, tick), y, 0);
  assert.deepEqual([at(1000).id, at(1000).edge], ["0:960:60", false]);
  assert.equal(at(1910).edge, true);
  assert.equal(at(2000), null);
  assert.equal(at(900), null);
});

test("a note of the active part is found before another below the pointer", () => {
  const one = melody([[2, 2, 60]]), piece = { ...one, tracks: [one.tracks[0], one.tracks[0]] };
  const at = (active, shown) => geometry.noteUnder(piece, view, geometry.xOf(view, 1000), geometry.yOf(view, 60) + 5, active, shown)?.id;
  assert.equal(at(1), "1:960:60");
  assert.equal(at(0), "0:960:60");
  const hidden = { ...piece, tracks: [piece.tracks[0], { ...piece.tracks[1], notes: [] }] };
  assert.equal(geometry.noteUnder(hidden, view, geometry.xOf(view, 1000), geometry.yOf(view, 60) + 5, 1, () => false), null);
});

test("a rectangle takes the notes that it touches", () => {
  const piece = melody([[0, 1, 60], [1, 1, 62], [2, 1, 64]]);
  assert.deepEqual(geometry.notesWithin(piece, 0, [400, 900], [60, 63]), ["0:0:60", "0:480:62"]);
});

test("rows give air and at least an octave and a half, within MIDI", () => {
  assert.deepEqual(geometry.rowsFor([40, 80]), [37, 83]);
  assert.deepEqual(geometry.rowsFor([126, 127]).at(-1), 127);
  const [low, high] = geometry.rowsFor(null);
  assert.ok(high - low + 1 >= 19);
});

test("the view moves only as far as it must", () => {
  assert.equal(geometry.scrollTo(50, 0, 100, 10), 0);
  assert.equal(geometry.scrollTo(195, 0, 100, 10), 105);
  assert.equal(geometry.scrollTo(20, 90, 100, 10), 10);
});

const focus = { inRoll: true, inField: false, onButton: false, letters: true };
const press = (key, extra = {}) => ({ key, ...extra });

test("names of keys: the shift of a sign is part of the sign, Cmd is Ctrl", () => {
  assert.equal(keyName(press("?", { shiftKey: true })), "?");
  assert.equal(keyName(press("z", { metaKey: true, shiftKey: true })), "Ctrl+Shift+Z");
  assert.equal(keyName(press(" ")), "Space");
});

test("the roll's keys come before the page's, and only in the roll", () => {
  assert.equal(commandFor(press("ArrowUp"), focus), "up");
  assert.equal(commandFor(press("ArrowUp"), { ...focus, inRoll: false }), null);
  assert.equal(commandFor(press("c", { ctrlKey: true }), focus), "copy");
  assert.equal(commandFor(press("c"), focus), "continue");
  assert.equal(commandFor(press("l"), { ...focus, inRoll: false }), null);
});

test("fields keep their keys, buttons the space bar", () => {
  assert.equal(commandFor(press("f"), { ...focus, inRoll: false, inField: true }), null);
  assert.equal(commandFor(press("z", { ctrlKey: true }), { ...focus, inRoll: false, inField: true }), null);
  assert.equal(commandFor(press("Enter", { ctrlKey: true }), { ...focus, inRoll: false, inField: true }), "generate");
  assert.equal(commandFor(press(" "), { ...focus, inRoll: false, onButton: true }), null);
  assert.equal(commandFor(press(" "), { ...focus, inRoll: false }), "play");
});

test("letters can be switched off where the roll has no focus", () => {
  assert.equal(commandFor(press("f"), { ...focus, inRoll: false }), "infill");
  assert.equal(commandFor(press("f"), { ...focus, inRoll: false, letters: false }), null);
  assert.equal(commandFor(press("l"), { ...focus, letters: false }), "lock");
});

test("no key has two meanings in one place", () => {
  for (const where of ["page", "roll"]) {
    const keys = BINDINGS.filter((one) => one.where === where).flatMap((one) => one.keys);
    assert.deepEqual(keys.filter((key, n) => keys.indexOf(key) !== n), []);
  }
  assert.equal(shortcut("undo"), "Control+Z");
  assert.equal(shortcut("nothing"), "");
});

test("all plain letters outside the roll can be switched off", () => {
  const plain = BINDINGS.filter((one) => one.where === "page" && one.keys.some((key) => /^[A-Z0-9]$/.test(key)));
  assert.ok(plain.length > 5);
  assert.ok(plain.every((one) => one.letter));
});
