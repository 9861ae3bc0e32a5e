import assert from "node:assert/strict";
import { test } from "node:test";
import { allNotes, emptyPiece, findNote, lockedForServer, noteId, partsOf, pitchRange, present, sorted } from "../../../melodyrnn/studio/page/document.js";
import { melody } from "./pieces.mjs";

test("an identity names part, onset and pitch, and reads back", () => {
  assert.equal(noteId(2, [480, 240, 61, 90]), "2:480:61");
  assert.deepEqual(partsOf("2:480:61"), [2, 480, 61]);
});

test("notes are in order of onset, then pitch; the last of two alike stays", () => {
  assert.deepEqual(sorted([[9, 1, 60, 1], [0, 1, 62, 1], [0, 1, 60, 1], [9, 7, 60, 2]]), [[0, 1, 60, 1], [0, 1, 62, 1], [9, 7, 60, 2]]);
});

test("an empty piece ends on a bar line of its meter", () => {
  assert.equal(emptyPiece({ bars: 3, meter: [6, 8] }).end, 3 * 6 * 240);
  assert.deepEqual(emptyPiece({ tempo: 90 }).tempos, [[0, 666667]]);
});

test("a note is found by its identity; others are not present", () => {
  const piece = melody([[0, 1, 60], [1, 1, 62]]);
  assert.deepEqual(findNote(piece, "0:480:62"), [480, 480, 62, 90]);
  assert.equal(findNote(piece, "0:480:63"), undefined);
  assert.equal(findNote(piece, "4:480:62"), undefined);
  assert.deepEqual(present(piece, ["0:0:60", "0:1:60"]), ["0:0:60"]);
  assert.deepEqual(lockedForServer(piece, ["0:0:60", "0:9:9"]), [[0, 0, 60]]);
});

test("notes of several parts are told in the order of time", () => {
  const piece = melody([[1, 1, 60]]);
  const two = { ...piece, tracks: [...piece.tracks, { ...piece.tracks[0], notes: [[0, 5, 40, 1]] }] };
  assert.deepEqual(allNotes(two).map(({ id }) => id), ["1:0:40", "0:480:60"]);
  assert.deepEqual(pitchRange(two), [40, 60]);
  assert.equal(pitchRange(emptyPiece()), null);
});
