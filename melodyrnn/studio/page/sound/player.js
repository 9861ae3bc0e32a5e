// Plays documents and single notes: `createPlayer()`. Positions are ticks of the document.

import { Mix } from "./mix.js";
import { Playback } from "./playback.js";
import { Sampler } from "./sampler.js";
import { SynthInstrument } from "./synth-instrument.js";
import { Timeline } from "./timeline.js";

const WAKE = 50; // milliseconds between two looks for notes that are due
const START = 0.05; // seconds from play() to the first note
const IDLE = 60000; // milliseconds without a sound after which the audio device rests
const KNEE = 0.8; // level up to which samples leave as they are
const EMPTY = { ticksPerQuarter: 480, end: 0, tempos: [], tracks: [] };

/**
 * @param {{font?: string | null}} options  `font` is the address of the SoundFont; null for none
 * @returns {Promise<Player>} at once: until the SoundFont is there, and where there is none, the synth plays
 */
export async function createPlayer({ font = "soundfont" } = {}) {
  // the smallest buffers: with those that "interactive" takes, a key is heard 24 ms later and a busy machine is no better
  const player = new Player(new AudioContext({ latencyHint: 0 }));
  // browsers let sound begin after a press; it wakes the device before the click that plays something
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => player.stir(), { capture: true });
  if (font !== null) player.fontTried = player.loadFont(font);
  return player;
}

/** Dispatches "state" when it starts or stops, and when another instrument takes over. */
export class Player extends EventTarget {
  /** @param {AudioContext} context */
  constructor(context) {
    super();
    this.context = context;
    /** What leaves for the loudspeakers, for meters. @type {AudioNode} */
    this.output = new WaveShaperNode(context, { curve: softCurve() });
    this.output.connect(context.destination);
    this.timeline = new Timeline(EMPTY);
    /** @type {{program: number, isDrum: boolean}[]} */
    this.tracks = [];
    this.mix = new Mix();
    this.factor = 1;
    /** @type {Playback | null} */
    this.playback = null;
    this.stoppedAt = 0;
    this.held = new Map(); // id by track and pitch of what noteOn() started
    this.lastId = 0;
    /** Resolved when the SoundFont was found or not. */
    this.fontTried = Promise.resolve();
    this.waiting = null; // bytes of the SoundFont, until nothing sounds
    this.use(new SynthInstrument(context));
  }

  /** @returns {"soundfont" | "synth"} what plays */
  get kind() {
    return this.instrument.kind;
  }

  /** @returns {"playing" | "stopped"} */
  get state() {
    return this.playback === null ? "stopped" : "playing";
  }

  /** Take a document; while it plays, it goes on from the same tick, and notes that stayed the same go on sounding. */
  load(document) {
    this.timeline = new Timeline(document);
    this.tracks = this.timeline.tracks.map((track) => ({ ...track }));
    this.setUp();
    this.playback?.change(this.timeline, this.factor);
  }

  /**
   * Play from a tick, in a loop between two ticks; from outside of the loop, it begins at the start of the loop.
   * @param {{fromTick?: number, loop?: [number, number] | null}} options
   */
  play({ fromTick = 0, loop = null } = {}) {
    if (loop && !(loop[0] >= 0 && loop[0] < loop[1])) {
      throw new RangeError(`a loop must begin at 0 or later and end after that. Received: ${loop}`);
    }
    if (this.playback !== null) this.instrument.silence();
    this.stir();
    this.playback = new Playback(this.context, () => this.instrument, this.timeline, this.factor, () => ++this.lastId);
    this.playback.begin(Math.max(0, fromTick), loop, this.context.currentTime + START);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.wake(), WAKE);
    this.tell();
  }

  stop() {
    this.instrument.silence();
    this.held.clear();
    if (this.playback !== null) this.finish(this.position());
    else this.takeFont();
  }

  /** The tick that is heard now; where nothing plays, the one at which it stopped. */
  position() {
    if (this.playback === null) return this.stoppedAt;
    const latency = this.context.outputLatency || this.context.baseLatency || 0;
    return this.playback.tickAt(this.context.currentTime - latency);
  }

  setMute(track, muted) {
    this.mix.change(track, { muted });
    this.balance();
  }

  /** Where tracks are solo, the others are not heard. */
  setSolo(track, solo) {
    this.mix.change(track, { solo });
    this.balance();
  }

  /** @param {number} volume from 0 to 1 */
  setVolume(track, volume) {
    this.mix.change(track, { volume });
    this.balance();
  }

  /** @param {number} program of General MIDI, from 0, until the next load() */
  setProgram(track, program) {
    this.grow(track);
    this.tracks[track].program = program;
    this.setUp();
  }

  /** @param {number} factor of the document's tempo */
  setTempoFactor(factor) {
    if (!(factor > 0)) throw new RangeError(`a factor of the tempo must be above 0. Received: ${factor}`);
    if (factor === this.factor) return;
    this.factor = factor;
    this.playback?.change(this.timeline, factor);
  }

  /** Start a note at once, until noteOff(). */
  noteOn(track, pitch, velocity = 90) {
    this.stir();
    this.grow(track);
    this.end(`${track}:${pitch}`);
    const id = ++this.lastId;
    this.held.set(`${track}:${pitch}`, id);
    this.instrument.note(id, track, pitch, velocity, this.context.currentTime, Infinity);
  }

  noteOff(track, pitch) {
    this.end(`${track}:${pitch}`);
    this.stir();
    this.takeFont();
  }

  end(key) {
    if (!this.held.has(key)) return;
    this.instrument.end(this.held.get(key), this.context.currentTime);
    this.held.delete(key);
  }

  wake() {
    this.playback.wake();
    if (this.playback.isOver()) this.finish(this.timeline.map.tick(this.timeline.end));
  }

  finish(tick) {
    clearInterval(this.timer);
    this.playback = null;
    this.stoppedAt = tick;
    this.stir();
    this.takeFont();
    this.tell();
  }

  /** Let the audio device run, until nothing has sounded for some time. */
  stir() {
    this.context.resume();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      if (this.playback === null && this.held.size === 0) this.context.suspend();
    }, IDLE);
  }

  tell() {
    this.dispatchEvent(new Event("state"));
  }

  /** Have a track of this number, for notes that are played without a document. */
  grow(track) {
    if (track < this.tracks.length) return;
    while (this.tracks.length <= track) this.tracks.push({ program: 0, isDrum: false });
    this.setUp();
  }

  /** Let the instrument know the tracks and the notes that will come. */
  setUp() {
    this.instrument.setTracks(this.tracks);
    this.balance();
    this.instrument.prepare(this.timeline.notes);
  }

  /** Tell the instrument the gains that it does not have. */
  balance() {
    this.mix.gains(this.tracks.length).forEach((gain, track) => {
      if (gain !== this.gains[track]) this.instrument.setGain(track, gain);
      this.gains[track] = gain;
    });
  }

  use(instrument) {
    this.instrument = instrument;
    this.gains = []; // that it has
    instrument.connect(this.output);
    this.setUp();
  }

  async loadFont(address) {
    const response = await fetch(address).catch(() => null);
    if (!response?.ok) return;
    this.waiting = await response.arrayBuffer();
    await this.takeFont();
  }

  /** Take the SoundFont if nothing sounds: reading it keeps the audio thread for some time. */
  async takeFont() {
    if (this.waiting === null || this.playback !== null || this.held.size > 0) return;
    const font = this.waiting;
    this.waiting = null;
    const fail = (error) => {
      console.warn(`The SoundFont cannot be played: ${error.message}`);
      if (this.kind === "soundfont") this.exchange(new SynthInstrument(this.context));
    };
    await Sampler.create(this.context, font, fail).then((sampler) => this.exchange(sampler), fail);
  }

  /** Change the instrument; what plays goes on with the new one. */
  exchange(instrument) {
    this.instrument.silence();
    this.held.clear();
    this.use(instrument);
    this.playback?.restart();
    this.tell();
  }
}

/** A curve that bends what is louder than KNEE, without the delay of a compressor. */
function softCurve() {
  const bend = (x) => (x <= KNEE ? x : KNEE + (1 - KNEE) * Math.tanh((x - KNEE) / (1 - KNEE)));
  return Float32Array.from({ length: 4097 }, (_, n) => Math.sign(n - 2048) * bend(Math.abs(n - 2048) / 2048));
}
