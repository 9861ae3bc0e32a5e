// A small synthesizer of Web Audio nodes, for where there is no SoundFont: the piano rolls of a page and the studio play
// with it. Times are seconds of the audio clock. A note is {pitch, velocity, program, drum}; a bus is the node to play to.

// How each family of eight programs of General MIDI sounds: the amplitudes of the partials (null is a triangle wave),
// the seconds until it is loud, the level at which it is held, the seconds in which it falls there and in which it
// ends, and the highest partial that the filter lets through at first and later.
const FAMILIES = [
  [null, 0.008, 0.45, 0.35, 0.05, 6, 2.5], // pianos
  [[1, 0, 0, 0.5, 0, 0, 0, 0, 0.2], 0.003, 0.02, 0.4, 0.3, 12, 6], // bells and mallets
  [[1, 0.8, 0.5, 0.6, 0, 0.3, 0, 0.4], 0.015, 0.9, 0.1, 0.04, 16, 16], // organs
  [[1, 0.6, 0.5, 0.3, 0.25, 0.15, 0.1], 0.004, 0.12, 0.3, 0.08, 9, 2.5], // guitars
  [[1, 0.7, 0.35, 0.2, 0.1], 0.006, 0.5, 0.3, 0.05, 6, 3], // basses
  [[1, 0.55, 0.4, 0.3, 0.22, 0.16, 0.12, 0.1], 0.07, 0.85, 0.2, 0.1, 7, 7], // strings
  [[1, 0.6, 0.45, 0.3, 0.22, 0.15], 0.1, 0.85, 0.2, 0.15, 6, 5], // ensembles and choirs
  [[1, 0.9, 0.8, 0.6, 0.45, 0.35, 0.25, 0.15], 0.03, 0.8, 0.15, 0.06, 5, 9], // brass
  [[1, 0.15, 0.6, 0.2, 0.4, 0.15, 0.25], 0.025, 0.85, 0.1, 0.05, 9, 8], // reeds
  [[1, 0.25, 0.08], 0.04, 0.9, 0.1, 0.06, 6, 6], // pipes
  [[1, 0.5, 0.33, 0.25, 0.2, 0.17, 0.14, 0.12], 0.006, 0.75, 0.2, 0.05, 10, 7], // synthesizer leads
  [[1, 0.4, 0.3, 0.15, 0.1], 0.2, 0.9, 0.3, 0.3, 5, 4], // pads
  [[1, 0, 0.4, 0, 0.3, 0, 0.2], 0.08, 0.7, 0.4, 0.3, 8, 5], // effects
  [[1, 0.7, 0.2, 0.5, 0.3, 0.1, 0.2], 0.003, 0.1, 0.25, 0.08, 11, 3], // plucked, of the world
  [[1, 0, 0.3, 0, 0, 0.35], 0.002, 0.02, 0.15, 0.1, 10, 4], // percussive
  [[1, 0.3], 0.05, 0.6, 0.3, 0.2, 4, 4], // sound effects
];

// How drums sound: the seconds of their noise, its filter and the frequency of that, then, for drums with a skin or a
// body, the hertz at which they begin and end, and the seconds in which they fade.
const KICK = [0.02, "lowpass", 900, 150, 48, 0.12], SNARE = [0.16, "highpass", 1800, 220, 160, 0.06];
const HAT = [0.05, "highpass", 7500], OPEN_HAT = [0.3, "highpass", 7000], CRASH = [1.1, "highpass", 4500];
const RIDE = [0.5, "bandpass", 7000, 3200, 3200, 0.08], SHAKER = [0.07, "highpass", 6000];
const CLICK = [0.012, "bandpass", 2500, 1700, 1600, 0.03], SKIN = [0.03, "bandpass", 700, 320, 250, 0.09];
const BELL = [0.01, "highpass", 6000, 840, 830, 0.12], TRIANGLE = [0.02, "highpass", 8000, 4100, 4100, 0.25];
const OTHER = [0.1, "bandpass", 1500];
const tom = (hertz) => [0.04, "lowpass", 800, hertz * 1.4, hertz, 0.16];
const KIT = {
  35: KICK, 36: KICK, 37: CLICK, 38: SNARE, 39: [0.12, "bandpass", 1300], 40: SNARE, 42: HAT, 44: HAT, 46: OPEN_HAT,
  41: tom(80), 43: tom(95), 45: tom(115), 47: tom(140), 48: tom(165), 50: tom(195), 49: CRASH, 52: CRASH, 55: CRASH,
  57: CRASH, 51: RIDE, 53: RIDE, 59: RIDE, 54: SHAKER, 69: SHAKER, 70: SHAKER, 82: SHAKER, 56: BELL, 67: BELL, 68: BELL,
  60: SKIN, 61: SKIN, 62: SKIN, 63: SKIN, 64: SKIN, 65: SKIN, 66: SKIN, 86: tom(60), 87: tom(55), 31: CLICK, 75: CLICK,
  76: CLICK, 77: CLICK, 85: CLICK, 80: TRIANGLE, 81: TRIANGLE, 83: TRIANGLE, 84: TRIANGLE,
};

const SHORTEST = 0.05; // seconds that a note lasts at least
const levelOf = (note) => 0.5 * (note.velocity / 127) ** 1.5;

// A note that was started. A drum ends by itself; `end` only takes it back where it has not begun.
class Voice {
  constructor(start, sources, tone = null) {
    this.start = start;
    this.sources = sources;
    this.tone = tone; // {gain, attackEnd, release} of a note with a length
  }

  // End the note at a moment, or at another moment than was said before; at its start or before, it is not heard.
  end(moment) {
    if (moment <= this.start) for (const source of this.sources) source.stop();
    else if (this.tone !== null) {
      const { gain, attackEnd, release } = this.tone;
      const over = Math.max(moment, attackEnd);
      gain.cancelScheduledValues(attackEnd + 1e-4); // after the attack and the beginning of the fall
      gain.setTargetAtTime(0, over, release);
      for (const source of this.sources) source.stop(over + 5 * release);
    }
  }
}

export class Synth {
  constructor(context) {
    this.context = context;
    this.waves = new Map(); // by family
    this.noise = null;
  }

  // Start a note at a moment; it lasts until the `end` of the voice that is returned.
  start(note, moment, bus) {
    return note.drum ? this.drum(note, moment, bus) : this.tone(note, moment, bus);
  }

  // A wave of its family through a low-pass filter that moves as the note lasts.
  tone(note, start, bus) {
    const family = note.program >> 3;
    const [, attack, held, fall, release, bright, dull] = FAMILIES[family];
    const level = levelOf(note), attackEnd = start + attack;
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(level, attackEnd);
    gain.gain.setTargetAtTime(level * held, attackEnd, fall);
    const hertz = 440 * 2 ** ((note.pitch - 69) / 12);
    const filter = new BiquadFilterNode(this.context, { type: "lowpass", frequency: Math.min(12000, hertz * bright) });
    filter.frequency.setTargetAtTime(Math.min(9000, hertz * dull), start, 0.3);
    const source = this.oscillator(family, hertz);
    source.connect(filter).connect(gain).connect(bus);
    source.start(start);
    return new Voice(start, [source], { gain: gain.gain, attackEnd: Math.max(attackEnd, start + SHORTEST), release });
  }

  oscillator(family, frequency) {
    const partials = FAMILIES[family][0];
    if (partials === null) return new OscillatorNode(this.context, { type: "triangle", frequency });
    if (!this.waves.has(family)) {
      const imag = Float32Array.of(0, ...partials);
      this.waves.set(family, new PeriodicWave(this.context, { real: new Float32Array(imag.length), imag }));
    }
    return new OscillatorNode(this.context, { frequency, periodicWave: this.waves.get(family) });
  }

  // Noise, and a falling tone.
  drum(note, start, bus) {
    const [seconds, type, frequency, from, to, fade] = KIT[note.pitch] ?? OTHER;
    const noise = this.noiseSource(), level = levelOf(note);
    this.burst(noise, level, start, seconds, bus, new BiquadFilterNode(this.context, { type, frequency }));
    if (from === undefined) return new Voice(start, [noise]);
    const body = new OscillatorNode(this.context, { type: "sine", frequency: from });
    body.frequency.setTargetAtTime(to, start, fade / 4);
    this.burst(body, 1.6 * level, start, 2 * fade, bus);
    return new Voice(start, [noise, body]);
  }

  noiseSource() {
    if (this.noise === null) {
      const { sampleRate } = this.context;
      this.noise = new AudioBuffer({ length: sampleRate * 2, sampleRate });
      const samples = this.noise.getChannelData(0);
      for (let i = 0; i < samples.length; i++) samples[i] = Math.random() * 2 - 1;
    }
    return new AudioBufferSourceNode(this.context, { buffer: this.noise });
  }

  // Play a source that is at its level at once and fades to a twentieth of it in some seconds.
  burst(source, level, start, seconds, bus, filter = null) {
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(level, start);
    gain.gain.setTargetAtTime(0, start, seconds / 3);
    (filter ? source.connect(filter) : source).connect(gain).connect(bus);
    source.start(start);
    source.stop(start + 2 * seconds);
  }
}
