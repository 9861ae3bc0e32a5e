import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { LANGUAGES, translator } from "../../../melodyrnn/studio/page/texts.js";
import { scale, seriesOf, ticks } from "../../../melodyrnn/studio/page/train/chart.js";
import { TRAIN_TEXTS } from "../../../melodyrnn/studio/page/train/texts.js";
import { folderName, sendFiles } from "../../../melodyrnn/studio/page/train/uploads.js";
import * as words from "../../../melodyrnn/studio/page/train/words.js";

const FOLDER = new URL("../../../melodyrnn/studio/page/train/", import.meta.url);
const sources = readdirSync(FOLDER).filter((name) => name.endsWith(".js") && name !== "texts.js").map((name) => readFileSync(new URL(name, FOLDER), "utf8"));
const t = translator("en", TRAIN_TEXTS), numbers = words.numbersIn("en");

test("every text is there in every language, with the same words to fill in, and is used", () => {
  const gaps = (text) => [...text.matchAll(/\{\w+\}/g)].map(([word]) => word).sort();
  const all = sources.join("\n"), families = /^(status|stage|show|time|why)_/;
  for (const [name, columns] of Object.entries(TRAIN_TEXTS)) {
    assert.equal(columns.length, LANGUAGES.length, name);
    for (const text of columns) assert.deepEqual(gaps(text), gaps(columns[0]), name);
    assert.ok(families.test(name) || new RegExp(`["']${name}["']`).test(all), name);
  }
  const named = sources.flatMap((source) => [...source.matchAll(/\bt\(\s*"(\w+)"/g)].map(([, name]) => name));
  assert.ok(named.length > 40);
  assert.deepEqual(named.filter((name) => !(name in TRAIN_TEXTS)), []);
});

test("numbers and times are those of the language", () => {
  const german = words.numbersIn("de");
  assert.deepEqual([numbers.whole(6459.2), german.whole(6459.2), numbers.bits(5.5), german.bits(5.5)], ["6,459", "6.459", "5.50", "5,50"]);
  assert.deepEqual([0, 59.6, 200, 3599.4, 3723].map(words.clock), ["0:00", "1:00", "3:20", "59:59", "1:02:03"]);
});

test("how far a work is", () => {
  const say = (status, stage, done, total) => words.statusWords(t, { status, stage, done, total }, numbers);
  assert.equal(say("queued", "", 0, null), "waiting for its turn");
  assert.equal(say("running", "reading files", 12, 1200), "reading files: 12 of 1,200");
  assert.equal(say("running", "reading files", 0, null), "reading files");
  assert.equal(say("running", "training", 3, 9), "training");
  assert.equal(say("running", "something new", 0, null), "something new");
  assert.equal(say("interrupted", "training", 3, 9), "interrupted");
});

const found = { reading: "melody", pieces: 76, notes: 6459, splits: { train: 64, test: 8 }, files: 88, filesKept: 76, filesRepaired: 0, reasons: [{ reason: "too few notes", count: 12, example: "/music/a.mid" }] };

test("what was found, and the advice", () => {
  assert.deepEqual(words.foundWords(t, found, numbers), ["76 melodies with 6,459 notes: 64 to train on, 0 to validate, 8 to test", "76 of 88 files gave music."]);
  assert.deepEqual(words.foundWords(t, { ...found, reading: "all", pieces: 1, filesRepaired: 2 }, numbers).map((line) => line.slice(0, 26)), ["1 piece with 6,459 notes: ", "76 of 88 files gave music.", "2 damaged files were repai"]);
  assert.deepEqual(words.reasonWords(t, found, numbers), ["12 × too few notes, such as a.mid"]);
  assert.equal(words.adviceWords(t, { options: ["--voices skyline", "--min-notes 8"], kept: 9, tried: 12 }, numbers),
    "Read with --voices skyline --min-notes 8: this gets music out of 9 of 12 files that gave none, as was tried");
});

test("what bits mean, against the baseline and the model at the start", () => {
  assert.equal(words.meaningWords(t, 3, 5, numbers), "As uncertain as a choice among 8 equally likely notes; an order-2 Markov chain needs 5.00 bits (32 notes).");
  assert.match(words.meaningWords(t, 5, 5, numbers), /\(32 notes\); so train longer, or on more music\.$/);
  assert.match(words.meaningWords(t, 3, 5, numbers, 3.5), /\(32 notes\); the model it started from needs 3\.50\.$/);
  assert.equal(words.meaningWords(t, null, null, numbers), "There were too few pieces to measure on.");
});

test("figures that are not known yet are left out", () => {
  const figures = { epoch: 1.25, epochs: 20, validationBits: null, bestBits: null, trainBits: 6.5, secondsLeft: null, notesPerSecond: 1234.5 };
  assert.deepEqual(words.figureWords(t, figures, numbers), ["in training 6.50", "epoch 1.3 of 20.0", "1,235 notes per second"]);
  assert.deepEqual(words.figureWords(t, { ...figures, validationBits: 6, bestBits: 5.5, secondsLeft: 61 }, numbers).slice(0, 4), ["6.00 bits per note", "best 5.50", "in training 6.50", "1:01 left"]);
});

test("a scale maps its ends, and ticks are round and inside", () => {
  const y = scale(2, 4, 100, 0);
  assert.deepEqual([y(2), y(3), y(4)], [100, 50, 0]);
  assert.equal(scale(3, 3, 10, 20)(3), 10);
  assert.deepEqual(ticks(5.1, 9.8), [6, 7, 8, 9]);
  assert.deepEqual(ticks(0, 0.1, 6), [0, 0.02, 0.04, 0.06, 0.08, 0.1]);
  assert.deepEqual(ticks(0, 20, 6), [0, 5, 10, 15, 20]);
  assert.deepEqual(ticks(7, 7), [7]);
});

test("the lines of a chart leave out what was not measured", () => {
  const history = [{ epoch: 1, trainBits: 7, validationBits: null }, { epoch: 2, trainBits: 6, validationBits: 6.5 }];
  assert.deepEqual(seriesOf(history, 9, t).map(({ kind, points }) => [kind, points]), [["validation", [[2, 6.5]]], ["train", [[1, 7], [2, 6]]], ["baseline", [[0, 9], [2, 9]]]]);
  assert.deepEqual(seriesOf(history.slice(0, 1), null, t).map(({ kind }) => kind), ["train"]);
  assert.deepEqual(seriesOf([], 9, t), []);
});

test("the name of what was chosen is that of its only folder", () => {
  assert.equal(folderName([{ name: "jigs/a.mid" }, { name: "jigs/more/b.mid" }]), "jigs");
  assert.equal(folderName([{ name: "jigs/a.mid" }, { name: "reels/b.mid" }]), null);
  assert.equal(folderName([{ name: "a.mid" }]), null);
});

test("files that are refused are left out, and without a server the rest is not tried", async () => {
  const files = ["a", "b", "c"].map((name) => ({ name, file: name })), seen = [];
  const refuse = async (file) => { if (file === "b") throw Object.assign(new Error("too large"), { status: 413 }); };
  assert.deepEqual(await sendFiles(files, refuse, (...step) => seen.push(step)), { sent: 2, refused: ["too large"] });
  assert.deepEqual(seen, [[1, 3], [2, 3], [3, 3]]);
  let tried = 0;
  await assert.rejects(sendFiles(files, async () => { tried++; throw new Error("gone"); }, () => {}), /gone/);
  assert.equal(tried, 1);
});
