import assert from "node:assert/strict";
import { test } from "node:test";
import * as edits from "../../../melodyrnn/studio/page/edits.js";
import { melody, quartersOf } from "./pieces.mjs";

const tune = melody([[0, 1, 60], [1, 1, 62], [2, 2, 64]], { bars: 1 });

test("notes move together, and their identities with them", () => {
  const edit = edits.moveNotes(tune, ["0:0:60", "0:480:62"], 240, 12);
  assert.deepEqual(quartersOf(edit.piece), [[0.5, 1, 72], [1.5, 1, 74], [2, 2, 64]]);
  assert.deepEqual([...edit.renamed], [["0:0:60", "0:240:72"], ["0:480:62", "0:720:74"]]);
  assert.deepEqual(edits.afterEdit(["0:480:62", "0:960:64"], edit), ["0:720:74", "0:960:64"]);
});

test("an edit leaves the piece it began with", () => {
  const before = structuredClone(tune);
  edits.moveNotes(tune, ["0:0:60"], 10, 1);
  edits.removeNotes(tune, ["0:0:60"]);
  edits.addNotes(tune, 0, [[0, 10, 70, 90]]);
  assert.deepEqual(tune, before);
});

test("notes stay within piece and MIDI, all by the same amount", () => {
  assert.deepEqual(quartersOf(edits.moveNotes(tune, ["0:480:62", "0:960:64"], -9999, 99).piece), [[0, 1, 60], [0, 1, 125], [1, 2, 127]]);
  assert.deepEqual(quartersOf(edits.moveNotes(tune, ["0:0:60", "0:480:62"], 9999, 0).piece), [[2, 1, 60], [2, 2, 64], [3, 1, 62]]);
});

test("lengths keep a minimum and end with the piece", () => {
  assert.deepEqual(quartersOf(edits.stretchNotes(tune, ["0:0:60", "0:960:64"], 960, 120).piece), [[0, 3, 60], [1, 1, 62], [2, 2, 64]]);
  assert.deepEqual(quartersOf(edits.stretchNotes(tune, ["0:0:60"], -960, 120).piece)[0], [0, 0.25, 60]);
  const short = melody([[0, 0.1, 60]]);
  assert.deepEqual(quartersOf(edits.stretchNotes(short, ["0:0:60"], -960, 120).piece)[0], [0, 0.1, 60]);
});

test("a note ends where another of its pitch begins", () => {
  const two = melody([[0, 1, 60], [2, 1, 60]], { bars: 1 });
  assert.deepEqual(quartersOf(edits.stretchNotes(two, ["0:0:60"], 960, 1).piece), [[0, 2, 60], [2, 1, 60]]);
  assert.deepEqual(quartersOf(edits.moveNotes(two, ["0:960:60"], -960, 0).piece), [[0, 1, 60]]);
});

test("notes are added and removed; locks of what is gone go", () => {
  const added = edits.addNotes(tune, 0, [[1440, 9999, 70, 90], [1920, 10, 70, 90], [-1, 10, 70, 90], [0, 10, 128, 90]]);
  assert.deepEqual(added.ids, ["0:1440:70"]);
  assert.deepEqual(quartersOf(added.piece).at(-1), [3, 1, 70]);
  const gone = edits.removeNotes(tune, ["0:480:62"]);
  assert.deepEqual(quartersOf(gone.piece), [[0, 1, 60], [2, 2, 64]]);
  assert.deepEqual(edits.afterEdit(["0:480:62", "0:0:60"], gone), ["0:0:60"]);
});

test("copied notes are pasted with their distances, in their parts", () => {
  const two = { ...tune, tracks: [tune.tracks[0], { ...tune.tracks[0], notes: [[480, 120, 40, 50]] }] };
  const clip = edits.copied(two, ["0:480:62", "0:960:64", "1:480:40"]);
  const pasted = edits.pasteNotes({ ...two, end: 3840 }, clip, 1920);
  assert.deepEqual(pasted.ids, ["0:1920:62", "0:2400:64", "1:1920:40"]);
  assert.deepEqual(quartersOf(pasted.piece, 1), [[1, 0.25, 40], [4, 0.25, 40]]);
});

test("loudness keeps the limits of MIDI", () => {
  assert.equal(edits.changeVelocity(tune, ["0:0:60"], 99).piece.tracks[0].notes[0][3], 127);
  assert.equal(edits.changeVelocity(tune, ["0:0:60"], -99).piece.tracks[0].notes[0][3], 1);
  assert.equal(edits.setVelocity(tune, ["0:0:60"], 63.6).piece.tracks[0].notes[0][3], 64);
});

test("one tempo replaces all", () => {
  assert.deepEqual(edits.setTempo({ ...tune, tempos: [[0, 1], [5, 2]] }, 90).tempos, [[0, 666667]]);
  assert.equal(edits.tempoOf(tune), 120);
});
