import assert from "node:assert/strict";
import { test } from "node:test";
import * as histories from "../../../melodyrnn/studio/page/history.js";
import { NOTHING, createStore } from "../../../melodyrnn/studio/page/store.js";
import { moveNotes, removeNotes } from "../../../melodyrnn/studio/page/edits.js";
import { melody } from "./pieces.mjs";

const soon = () => new Promise((resolve) => { setTimeout(resolve); });

test("undo and redo go through the states; a new one gives up what was undone", () => {
  let history = histories.beginning("a");
  for (const state of ["b", "c"]) history = histories.pushed(history, state, `to ${state}`);
  assert.equal(histories.undoLabel(history), "to c");
  history = histories.undone(histories.undone(histories.undone(history)));
  assert.equal(histories.current(history), "a");
  assert.equal(histories.redoLabel(history), "to b");
  assert.equal(histories.current(histories.redone(history)), "b");
  history = histories.pushed(history, "d", "to d");
  assert.deepEqual([histories.canRedo(history), history.steps.map(({ state }) => state)], [false, ["a", "d"]]);
});

test("the same state is no step, and the oldest steps are forgotten", () => {
  let history = histories.beginning(0);
  assert.equal(histories.pushed(history, 0, ""), history);
  for (let n = 1; n <= histories.MAX_STEPS + 5; n++) history = histories.pushed(history, n, "");
  assert.deepEqual([history.steps.length, histories.current(history), history.steps[0].state], [histories.MAX_STEPS, histories.MAX_STEPS + 5, 6]);
});

const tune = melody([[0, 1, 60], [1, 1, 62]]);

test("locks and selection follow their notes, also back", () => {
  const store = createStore();
  store.commit({ piece: tune, candidates: [tune], chosen: 0, locked: ["0:480:62"] }, "open");
  store.set({ selection: ["0:480:62"], focus: "0:480:62" });
  store.edit(moveNotes(store.piece, ["0:480:62"], 480, 1), "move");
  assert.deepEqual([store.locked, store.apart.selection, store.apart.focus], [["0:960:63"], ["0:960:63"], "0:960:63"]);
  store.undo();
  assert.deepEqual([store.locked, store.apart.selection, store.piece], [["0:480:62"], [], tune]);
  store.redo();
  store.edit(removeNotes(store.piece, ["0:960:63"]), "remove");
  assert.deepEqual(store.locked, []);
});

test("the candidate that is edited becomes the new piece, the others stay", () => {
  const store = createStore(), other = melody([[0, 4, 50]]);
  store.commit({ piece: tune, candidates: [other, tune], chosen: 1 }, "open");
  store.edit(moveNotes(store.piece, ["0:0:60"], 0, 1), "move");
  assert.deepEqual([store.work.candidates[0], store.work.candidates[1]], [other, store.piece]);
});

test("an edit while A is shown goes on from A; B can be had back by undo", () => {
  const store = createStore(), a = melody([[0, 1, 50]]);
  store.commit({ piece: tune }, "open");
  store.set({ pinned: { piece: a, locked: [], label: "A" }, showsA: true });
  assert.equal(store.piece, a);
  store.edit(moveNotes(store.piece, ["0:0:50"], 0, 1), "move");
  assert.deepEqual([store.apart.showsA, store.piece.tracks[0].notes], [false, [[0, 480, 51, 90]]]);
  store.undo();
  assert.equal(store.piece, tune);
});

test("listeners hear once of several changes", async () => {
  const store = createStore();
  let calls = 0;
  store.subscribe(() => calls++);
  store.set({ loop: true });
  store.commit({ piece: tune }, "open");
  assert.equal(calls, 0);
  await soon();
  assert.equal(calls, 1);
});

test("a state that was saved is the beginning of a history", () => {
  const store = createStore();
  store.restore({ piece: tune }, { bars: [1, 2] });
  assert.deepEqual([store.piece, store.apart.bars, histories.canUndo(store.history), store.work.takes], [tune, [1, 2], false, NOTHING.takes]);
});
