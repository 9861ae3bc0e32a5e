// Names of pitches, lengths and positions, for labels and screen readers.

const SHARPS = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const FLATS = ["C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B"];
// Of each mode, on the line of fifths: from the tonic of the major key with the same key signature to its own.
const MODE_FIFTHS = { major: 0, minor: 3, dorian: 2, mixolydian: 1, lydian: -1, phrygian: 4 };

/** Whether a key such as "D minor" is written with flats. */
export function hasFlats(key) {
  const [tonic, mode] = key.split(" ");
  const accidental = { "#": 1, "♯": 1, b: -1, "♭": -1 }[tonic[1]] ?? 0;
  return "FCGDAEB".indexOf(tonic[0]) - 1 + 7 * accidental - (MODE_FIFTHS[mode] ?? 0) < 0;
}

/** The name of a pitch with its octave, 60 is C4. */
export const pitchName = (pitch, key = "C major") =>
  (hasFlats(key) ? FLATS : SHARPS)[((pitch % 12) + 12) % 12] + (Math.floor(pitch / 12) - 1);

/** The name of a pitch as the command line takes it: "F#4". */
export const plainPitchName = (pitch) => pitchName(pitch).replace("♯", "#");

/** The pitch of a name such as "F#4" or "Bb3"; null where it names none. */
export function parsePitch(text) {
  const match = /^\s*([A-Ga-g])([#♯b♭]?)(-?\d+)\s*$/.exec(text);
  if (!match) return /^\s*\d{1,3}\s*$/.test(text) && Number(text) <= 127 ? Number(text) : null;
  const step = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 }[match[1].toUpperCase()];
  const sign = match[2] === "" ? 0 : "#♯".includes(match[2]) ? 1 : -1;
  const pitch = step + sign + 12 * (Number(match[3]) + 1);
  return pitch >= 0 && pitch <= 127 ? pitch : null;
}

/** Pitch classes of black keys. */
export const isBlack = (pitch) => [1, 3, 6, 8, 10].includes(pitch % 12);

/** A key such as "D minor" in the language of the page. */
export function keyName(key, t) {
  const [tonic, ...mode] = key.split(" ");
  return t("keyName", { tonic: tonic.replace("#", "♯").replace(/(?<=.)b/, "♭"), mode: t(`mode_${mode.join(" ")}`, {}, mode.join(" ")) });
}

/** A length in quarters as a short number: 1, 1.5, 0.33. */
export const quarters = (ticks, ticksPerQuarter) => String(Math.round((100 * ticks) / ticksPerQuarter) / 100);

/** A position for people: "3.2" is bar 3, beat 2; "3.2.50" half a beat later. */
export function positionName({ bar, beat }) {
  const whole = Math.floor(beat + 1e-6), rest = Math.round(100 * (beat - whole));
  return rest > 0 ? `${bar}.${whole}.${String(rest).padStart(2, "0")}` : `${bar}.${whole}`;
}

/** Seconds as 1:05. */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
