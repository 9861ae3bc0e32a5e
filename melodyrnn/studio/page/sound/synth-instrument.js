// An instrument (see sampler.js) without a SoundFont: the synth of the preview page.

import { Synth } from "./synth.js";

const FADE = 0.015; // seconds, the time constant with which gains change
const FORGET = 64; // voices after which those that are over are looked for
const LEVEL = 0.5;

/** @implements {import("./sampler.js").Instrument} */
export class SynthInstrument {
  kind = "synth";

  /** @param {BaseAudioContext} context */
  constructor(context) {
    this.context = context;
    this.synth = new Synth(context);
    this.tracks = [];
    this.gains = [];
    this.buses = [];
    /** @type {Map<number, {voice: object, end: number}>} by id */
    this.voices = new Map();
    this.master = new GainNode(context, { gain: LEVEL });
  }

  connect(destination) {
    this.destination = destination;
    this.master.connect(destination);
  }

  setTracks(tracks) {
    this.tracks = tracks;
    this.master.gain.value = LEVEL / Math.sqrt(Math.max(1, tracks.length / 2));
  }

  setGain(track, gain) {
    this.gains[track] = gain;
    this.buses[track]?.gain.setTargetAtTime(gain, this.context.currentTime, FADE);
  }

  prepare() {}

  note(id, track, pitch, velocity, start, end) {
    const { program, isDrum: drum } = this.tracks[track];
    const moment = Math.max(start, this.context.currentTime);
    const voice = this.synth.start({ pitch, velocity, program, drum }, moment, this.bus(track));
    if (end < Infinity) voice.end(end);
    this.voices.set(id, { voice, end });
    if (this.voices.size % FORGET === 0) this.forget();
  }

  end(id, time) {
    this.voices.get(id)?.voice.end(time);
    this.voices.delete(id);
  }

  silence() {
    const { master } = this, now = this.context.currentTime;
    master.gain.setTargetAtTime(0, now, FADE);
    setTimeout(() => master.disconnect(), 200);
    for (const { voice } of this.voices.values()) voice.end(now);
    this.voices.clear();
    this.buses = [];
    this.master = new GainNode(this.context, { gain: LEVEL });
    this.setTracks(this.tracks);
    this.master.connect(this.destination);
  }

  bus(track) {
    if (this.buses[track] === undefined) {
      this.buses[track] = new GainNode(this.context, { gain: this.gains[track] ?? 1 });
      this.buses[track].connect(this.master);
    }
    return this.buses[track];
  }

  forget() {
    const now = this.context.currentTime;
    for (const [id, { end }] of this.voices) if (end < now) this.voices.delete(id);
  }
}
