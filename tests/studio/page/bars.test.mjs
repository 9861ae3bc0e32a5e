import assert from "node:assert/strict";
import { test } from "node:test";
import { barAt, barsOf, beatTicks, position, repeated, snap, ticksOfBars } from "../../../melodyrnn/studio/page/bars.js";
import { clock, hasFlats, keyName, parsePitch, pitchName, plainPitchName, positionName, quarters } from "../../../melodyrnn/studio/page/notation.js";
import { translator } from "../../../melodyrnn/studio/page/texts.js";
import { melody } from "./pieces.mjs";

const changing = { ...melody([]), meters: [[0, 3, 4], [2880, 6, 8]], end: 2880 + 2 * 1440 };

test("bars follow the changes of meter", () => {
  const bars = barsOf(changing);
  assert.deepEqual(bars.map((bar) => [bar.start, bar.end]), [[0, 1440], [1440, 2880], [2880, 4320], [4320, 5760]]);
  assert.deepEqual(ticksOfBars(bars, [2, 3]), [1440, 4320]);
});

test("what repeats are the bars that are selected, else the loop between markers, else all", () => {
  const marked = (...markers) => ({ ...changing, markers });
  const loop = [[960, "loop start", false], [3840, "loop end", false]];
  assert.deepEqual(repeated(marked(...loop, [0, "Verse", false]), null), [960, 3840]);
  assert.deepEqual(repeated(marked(...loop), [2, 3]), [1440, 4320]);
  for (const other of [[], loop.slice(1), loop.slice(0, 1), [...loop, loop[0]], [[960, "loop end", false], [3840, "loop start", false]]]) {
    assert.deepEqual(repeated(marked(...other), null), [0, changing.end]);
  }
  assert.deepEqual(repeated({ ...changing, markers: undefined }, null), [0, changing.end]);
});

test("a meter that changes within a bar cuts it", () => {
  assert.deepEqual(barsOf({ ...changing, meters: [[0, 4, 4], [960, 2, 4]], end: 1920 }).map((bar) => bar.end), [960, 1920]);
});

test("a tick lies in the bar that begins at it, one outside in the nearest", () => {
  const bars = barsOf(changing);
  assert.equal(barAt(bars, 1439).number, 1);
  assert.equal(barAt(bars, 1440).number, 2);
  assert.equal(barAt(bars, 999999).number, 4);
  assert.equal(barAt(bars, -5).number, 1);
});

test("beats of compound meters are dotted", () => {
  assert.equal(beatTicks({ numerator: 6, denominator: 8 }, 480), 720);
  assert.equal(beatTicks({ numerator: 3, denominator: 8 }, 480), 240);
  assert.equal(beatTicks({ numerator: 3, denominator: 4 }, 480), 480);
  assert.deepEqual(position(barsOf(changing), 2880 + 720, 480), { bar: 3, beat: 2 });
  assert.equal(positionName(position(barsOf(changing), 240, 480)), "1.1.50");
  assert.equal(positionName({ bar: 7, beat: 3 }), "7.3");
});

test("the grid begins anew in every bar and ends with it", () => {
  const five = { ...melody([]), meters: [[0, 5, 8]], end: 2400 };
  assert.equal(snap(barsOf(five), 1270, 480), 1200);
  assert.equal(snap(barsOf(five), 1500, 480), 1680);
  assert.equal(snap(barsOf(five), 1500, 480, Math.floor), 1200);
  assert.equal(snap(barsOf(five), -50, 480), 0);
  assert.equal(snap(barsOf(five), 170, 160), 160);
});

test("pitches are written by their key, and read back", () => {
  assert.equal(pitchName(61), "C♯4");
  assert.equal(pitchName(61, "F minor"), "D♭4");
  assert.equal(pitchName(0), "C-1");
  assert.ok(hasFlats("B♭ major") && !hasFlats("B minor"));
  for (const key of ["Cb major", "F major", "Ab minor", "G dorian", "C mixolydian", "Eb lydian", "A phrygian"]) assert.ok(hasFlats(key), key);
  for (const key of ["C major", "F# minor", "D dorian", "G mixolydian", "F lydian", "E phrygian"]) assert.ok(!hasFlats(key), key);
  for (let pitch = 0; pitch < 128; pitch++) {
    assert.equal(parsePitch(pitchName(pitch)), pitch);
    assert.equal(parsePitch(pitchName(pitch, "Bb major")), pitch);
    assert.equal(parsePitch(plainPitchName(pitch)), pitch);
    assert.equal(parsePitch(String(pitch)), pitch);
  }
  for (const text of ["", "H4", "C", "128", "G#9", "C##4", "-1"]) assert.equal(parsePitch(text), null);
});

test("lengths and times are short", () => {
  assert.equal(quarters(720, 480), "1.5");
  assert.equal(quarters(160, 480), "0.33");
  assert.equal(clock(65.9), "1:05");
});

test("keys are named in the language of the page", () => {
  assert.equal(keyName("Bb major", translator("en")), "B♭ major");
  assert.equal(keyName("F# minor", translator("de")), "F♯-Moll");
  assert.equal(keyName("E dorian", translator("en")), "E dorian");
  assert.equal(keyName("Bb lydian", translator("de")), "B♭-Lydisch");
  assert.equal(keyName("A blues", translator("de")), "A-blues");
});
