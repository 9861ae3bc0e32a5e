import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { chordText, parseChords } from "../../../melodyrnn/studio/page/chords.js";
import { BINDINGS } from "../../../melodyrnn/studio/page/keymap.js";
import { LANGUAGES, TEXTS, languageOf, translator } from "../../../melodyrnn/studio/page/texts.js";
import * as wishes from "../../../melodyrnn/studio/page/wishes.js";
import { melody } from "./pieces.mjs";

const PAGE = new URL("../../../melodyrnn/studio/page/", import.meta.url);
const sources = readdirSync(PAGE).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, PAGE), "utf8"));

test("every text is there in every language, with the same words to fill in", () => {
  const gaps = (text) => [...text.matchAll(/\{\w+\}/g)].map(([word]) => word).sort();
  for (const [name, columns] of Object.entries(TEXTS)) {
    assert.equal(columns.length, LANGUAGES.length, name);
    for (const text of columns) assert.ok(text.trim(), name);
    for (const text of columns) assert.deepEqual(gaps(text), gaps(columns[0]), name);
  }
});

test("every text that a module names is in the table", () => {
  const named = sources.flatMap((source) => [...source.matchAll(/\bt\(\s*"(\w+)"/g)].map(([, name]) => name));
  assert.ok(named.length > 100);
  assert.deepEqual(named.filter((name) => !(name in TEXTS)), []);
  assert.deepEqual(BINDINGS.filter(({ command }) => !(`key_${command}` in TEXTS)), []);
});

test("every text of the table is used", () => {
  const all = sources.filter((source) => !source.includes("export const TEXTS")).join("\n");
  const families = /^(wish|help|key|kind|role|mode|choice|sound|download)_/;
  assert.deepEqual(Object.keys(TEXTS).filter((name) => !families.test(name) && !new RegExp(`["']${name}["']`).test(all)), []);
});

test("the language is that of the browser, else English", () => {
  assert.equal(languageOf(["fr", "de-CH", "en"]), "de");
  assert.equal(languageOf(["ja"]), "en");
  assert.equal(translator("de")("generate"), "Erzeugen");
  assert.equal(translator("xx")("generate"), "Generate");
  assert.equal(translator("en")("take", { number: 3 }), "Version 3");
  assert.equal(translator("en")("wish_unknown", {}, "unknown"), "unknown");
});

const four = melody([], { bars: 4 });

test("chords are read bar by bar, and written the same", () => {
  const { chords, fault } = parseChords("Am | F:1 G:3 | % | C E7", four);
  assert.equal(fault, null);
  assert.deepEqual(chords, [[0, "Am"], [1920, "F"], [2400, "G"], [5760, "C"], [6720, "E7"]]);
  const piece = { ...four, chords };
  assert.equal(chordText(piece), "Am | F:1 G:3 | % | C:2 E7:2");
  assert.deepEqual(parseChords(chordText(piece), four).chords, chords);
});

test("a chord that begins late leaves the time before it open", () => {
  const piece = { ...four, chords: [[960, "G"]] };
  assert.equal(chordText(piece), "%:2 G:2");
  assert.deepEqual(parseChords(chordText(piece), four).chords, [[960, "G"]]);
  assert.equal(chordText(four), "");
  assert.deepEqual(parseChords("  ", four).chords, []);
});

test("beats of compound meters are those of the text", () => {
  const jig = melody([], { bars: 1, meter: [6, 8] });
  assert.deepEqual(parseChords("G:1 D:1", jig).chords, [[0, "G"], [720, "D"]]);
});

test("too many bars, or beats, are told", () => {
  assert.deepEqual(parseChords("A|B|C|D|E", four).fault, { rule: "chordBars", received: "5" });
  assert.deepEqual(parseChords("A:3 B:2", four).fault, { rule: "chordLength", received: "A:3 B:2" });
});

const row = (name, kind, more = {}) => ({ name, kind, low: null, high: null, isAbove: false, default: null, choices: [], suggestions: [], form: "", common: false, model: "", help: "", ...more });
const TABLE = [row("bars", "integer", { default: 16, common: true }), row("temperature", "number", { default: 0.85, common: true }),
  row("key", "text", { common: true }), row("chords", "text", { model: "parts" }), row("rank", "integer", { model: "melody", default: 1 }), row("seed", "integer")];

test("the rows of a model are those that it knows, the common ones apart", () => {
  const names = ({ common, more }) => [common.map((one) => one.name), more.map((one) => one.name)];
  assert.deepEqual(names(wishes.rows(TABLE, "melody")), [["key", "bars", "temperature"], ["rank"]]);
  assert.deepEqual(names(wishes.rows(TABLE, "parts")), [["key", "bars", "temperature"], ["chords"]]);
});

test("only what is set is sent, and only what the model and the verb know", () => {
  const values = { bars: 16, temperature: 0.5, key: "D minor", chords: "Am", rank: 3, seed: 7, unknown: 1 };
  assert.deepEqual(wishes.wished(TABLE, values, "melody", "generate"), { temperature: 0.5, key: "D minor", rank: 3, seed: 7 });
  assert.deepEqual(wishes.wished(TABLE, values, "parts", "generate"), { temperature: 0.5, key: "D minor", chords: "Am", seed: 7 });
  assert.deepEqual(wishes.wished(TABLE, values, "melody", "infill"), { temperature: 0.5, seed: 7 });
  assert.deepEqual(wishes.wished(TABLE, { key: "", bars: null }, "melody", "generate"), {});
});

test("numbers are read as people write them, within their limits", () => {
  const number = row("x", "number", { low: 0, high: 64, isAbove: true }), whole = row("n", "integer", { low: 1 });
  assert.equal(wishes.parseValue(number, "0,5"), 0.5);
  assert.equal(wishes.parseValue(number, " "), null);
  assert.equal(wishes.parseValue(number, "much"), undefined);
  assert.equal(wishes.parseValue(whole, "1.5"), undefined);
  assert.deepEqual([0, 0.1, 64, 65].map((value) => wishes.inLimits(number, value)), [false, true, true, false]);
  assert.deepEqual([0, 1, 1e9].map((value) => wishes.inLimits(whole, value)), [false, true, true]);
});

test("one to twelve candidates, four where nothing is said", () => {
  assert.deepEqual([undefined, 0, 1, 7, 99].map((num) => wishes.numCandidates({ num })), [4, 4, 1, 7, 12]);
});

test("wishes for single parts are set and taken back, and go to models of several parts", () => {
  const one = wishes.withPart(null, "bass", "range", [28, 43]), two = wishes.withPart(one, "bass", "density", 4);
  assert.deepEqual(two, { bass: { range: [28, 43], density: 4 } });
  assert.deepEqual(wishes.withPart(two, "bass", "range", null), { bass: { density: 4 } });
  assert.equal(wishes.withPart(one, "bass", "range", null), null);
  assert.deepEqual(wishes.wished(TABLE, { of_parts: one }, "parts", "generate"), { of_parts: one });
  assert.deepEqual(wishes.wished(TABLE, { of_parts: one }, "melody", "generate"), {});
  assert.deepEqual(wishes.wished(TABLE, { of_parts: one }, "parts", "infill"), {});
});
