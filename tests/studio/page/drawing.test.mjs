import assert from "node:assert/strict";
import { test } from "node:test";
import { createActions, seedOf, withDrawn, withoutBars } from "../../../melodyrnn/studio/page/actions.js";
import { tabId } from "../../../melodyrnn/studio/page/autosave.js";
import { fileName } from "../../../melodyrnn/studio/page/files.js";
import { noteWords } from "../../../melodyrnn/studio/page/notekeys.js";
import { createStore } from "../../../melodyrnn/studio/page/store.js";
import { translator } from "../../../melodyrnn/studio/page/texts.js";
import { melody, quartersOf } from "./pieces.mjs";

const t = translator("en");

test("notes that are drawn join the piece, also in parts that it lacks", () => {
  const piece = withDrawn(melody([], { bars: 1 }), [[480, 480, 62, 90], [0, 480, 60, 90, 0], [0, 240, 40, 70, 2]]);
  assert.deepEqual(quartersOf(piece), [[0, 1, 60], [1, 1, 62]]);
  assert.deepEqual([piece.tracks.length, quartersOf(piece, 2)], [3, [[0, 0.5, 40]]]);
  assert.equal(withDrawn(piece, [[1920, 960, 60, 90]]).end, 2880);
});

test("bars that are filled anew are empty but for locked notes", () => {
  const piece = melody([[0, 1, 60], [4, 1, 62], [5, 1, 64], [8, 1, 65]], { bars: 3 });
  assert.deepEqual(quartersOf(withoutBars(piece, [2, 2], ["0:2400:64"])), [[0, 1, 60], [5, 1, 64], [8, 1, 65]]);
});

test("the seed of a piece is told, or stands in its command", () => {
  assert.equal(seedOf({ seed: 5 }), 5);
  assert.equal(seedOf({ command: "melodyrnn generate --bars 16 --seed 77 # piece 1" }), 77);
  assert.equal(seedOf({ command: null }), null);
});

test("a tab keeps its identity until it is to be a new one", () => {
  const kept = new Map(), storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const first = tabId(storage);
  assert.match(first, /^[0-9a-z]{18}$/);
  assert.equal(tabId(storage), first);
  const second = tabId(storage, true);
  assert.notEqual(second, first);
  assert.equal(tabId(storage), second);
});

test("file names hold nothing that a folder or a header could misread", () => {
  assert.equal(fileName("Für Elise (2)/..\\x", "mid"), "Für Elise -2-..-x.mid");
  assert.equal(fileName("../../etc", "abc"), "-..-etc.abc");
  assert.equal(fileName("", "mid"), "melody.mid");
  assert.equal(fileName("<b>", "musicxml"), "-b-.musicxml");
});

test("a screen reader is told pitch, place, length and lock of a note", () => {
  const piece = melody([[5, 1.5, 61]], { bars: 2, key: "F minor" });
  assert.equal(noteWords(piece, "0:2400:61", [], t), "D♭4, bar 2.2, length 1.5");
  assert.equal(noteWords(piece, "0:2400:61", ["0:2400:61"], t), "D♭4, bar 2.2, length 1.5, locked");
  assert.equal(noteWords(piece, "0:0:61", [], t), "");
});

const one = melody([[0, 1, 60]]), two = melody([[0, 1, 72]]);

function page(work = { piece: one, candidates: [one, two], chosen: 0 }) {
  const store = createStore();
  store.restore(work, { models: [{ name: "folk", kind: "melody", default: true }] });
  const said = [];
  return { store, said, actions: createActions({ store, api: {}, tab: { id: "x" }, t, announce: (text) => said.push(text) }) };
}

test("choosing and discarding candidates are steps that undo takes back", () => {
  const { store, actions } = page();
  actions.chooseCandidate(1);
  assert.deepEqual([store.piece, store.work.chosen], [two, 1]);
  actions.discardCandidate(0);
  assert.deepEqual([store.work.candidates, store.work.chosen], [[two], 0]);
  store.undo();
  store.undo();
  assert.deepEqual([store.piece, store.work.chosen, store.work.candidates.length], [one, 0, 2]);
  actions.chooseCandidate(7);
  assert.equal(store.piece, one);
});

test("filling anew needs bars, and says so", () => {
  const { store, said, actions } = page();
  actions.infill();
  assert.deepEqual([said, store.apart.notice], [[t("needsBars")], t("needsBars")]);
});

test("A and B change places without a step", () => {
  const { store, actions } = page();
  actions.compare();
  assert.equal(store.apart.showsA, false);
  actions.pin();
  actions.chooseCandidate(1);
  store.set({ pinned: { piece: one, locked: [], label: "A" } });
  actions.compare();
  assert.equal(store.piece, one);
  actions.compare();
  assert.deepEqual([store.piece, store.history.steps.length], [two, 2]);
});

test("each candidate keeps its locks while another one is worked on", () => {
  const { store, actions } = page();
  store.commit({ locked: ["0:0:60"] }, "lock");
  actions.chooseCandidate(1);
  assert.deepEqual(store.locked, []);
  actions.chooseCandidate(0);
  assert.deepEqual(store.locked, ["0:0:60"]);
});

test("a part is drawn alone only by a model that knows it", () => {
  const band = { ...one, tracks: [{ ...one.tracks[0], name: "soprano" }, { ...one.tracks[0], name: "other" }] };
  const { store, actions } = page({ piece: band, candidates: [band], chosen: 0 }), choir = { kind: "parts", parts: [{ name: "soprano" }, { name: "bass" }] };
  assert.equal(actions.drawablePart(choir), "soprano");
  assert.equal(actions.drawablePart({ kind: "melody", parts: [] }), null);
  store.set({ track: 1 });
  assert.equal(actions.drawablePart(choir), null);
  assert.equal(page().actions.drawablePart(choir), null);
});

test("a refusal of the server is told with its wish and what was asked, and is no step", async () => {
  const { store, said } = page();
  const refuse = async () => { throw Object.assign(new Error("vary must be 0..1. Received: 7"), { wish: "vary" }); };
  const actions = createActions({ store, api: { startJob: refuse }, tab: { id: "x" }, t, announce: (text) => said.push(text) });
  await actions.vary(7);
  assert.deepEqual(store.apart.refusal, { message: "vary must be 0..1. Received: 7", wish: "vary", verb: "vary" });
  assert.deepEqual([store.apart.job, store.history.steps.length, said.at(-1)], [null, 1, "vary must be 0..1. Received: 7"]);
});
