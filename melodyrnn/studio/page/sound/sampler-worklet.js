// The audio thread's side of sampler.js: spessasynth_core plays a SoundFont, and notes begin and end at their sample.
// Times are seconds of the context's clock. Each track has a channel of its own, however many there are.

import { SoundBankLoader, SpessaLog, SpessaSynthProcessor } from "../vendor/spessasynth.js";

SpessaLog.setLogLevel(false, false, false);
const TAIL = 8; // seconds after the last voice for which the reverb goes on
const LEVEL = 2.5; // of the engine, which leaves room for pieces much louder than ours; as loud as the synth

/**
 * @typedef {{id: number, track: number, pitch: number, velocity: number, start: number, end: number}} Note
 * @typedef {{time: number, isStart: boolean, note: Note}} Edge  beginning or end of a note
 */

class Sampler extends AudioWorkletProcessor {
  constructor() {
    super();
    this.engine = new SpessaSynthProcessor(sampleRate, { eventsEnabled: false, initialTime: currentTime });
    this.engine.setSystemParameter("gain", LEVEL);
    /** @type {Edge[]} in order */
    this.edges = [];
    /** @type {Map<number, Note>} by id, until it has ended */
    this.notes = new Map();
    /** @type {Map<number, Note>} the note that sounds, by track and pitch */
    this.owners = new Map();
    this.awake = currentTime;
    this.port.onmessage = ({ data: [name, ...values] }) => this[name](...values);
  }

  /** @param {ArrayBuffer} buffer of a SoundFont */
  async font(buffer) {
    try {
      await this.engine.processorInitialized;
      this.engine.soundBankManager.addSoundBank(SoundBankLoader.fromArrayBuffer(buffer), "font");
      this.port.postMessage(null);
    } catch (error) {
      this.port.postMessage(String(error));
    }
  }

  /** @param {{program: number, isDrum: boolean}[]} tracks */
  tracks(tracks) {
    while (this.engine.midiChannels.length < tracks.length) {
      this.engine.createMIDIChannel();
      this.engine.midiChannels.at(-1).reset(); // which sets its controllers, such as the volume
    }
    tracks.forEach(({ program, isDrum }, number) => {
      const channel = this.engine.midiChannels[number];
      if (channel.drumChannel !== isDrum) channel.setDrums(isDrum);
      channel.programChange(program);
    });
  }

  /** Read the samples of notes before they are due; those of an .sf3 file are decoded.
   * @param {[number, number, number][]} notes track, pitch, velocity */
  prepare(notes) {
    for (const [track, pitch, velocity] of notes) {
      const { preset } = this.engine.midiChannels[track];
      if (preset) this.engine.getVoicesForPreset(preset, pitch, velocity);
    }
  }

  gain(track, gain) {
    this.engine.midiChannels[track].setSystemParameter("gain", gain);
  }

  /** @param {Note} note whose end may be Infinity */
  note(note) {
    this.notes.set(note.id, note);
    this.insert({ time: note.start, isStart: true, note });
    if (note.end < Infinity) this.insert({ time: note.end, isStart: false, note });
  }

  /** End a note at a time; at its start or before, it is not heard. */
  end(id, time) {
    const note = this.notes.get(id);
    if (note === undefined) return;
    note.end = Math.max(time, note.start); // an edge at another time is void
    this.insert({ time: note.end, isStart: false, note });
  }

  silence() {
    this.edges.length = 0;
    this.notes.clear();
    this.owners.clear();
    this.engine.stopAllChannels();
  }

  /** Insert an edge; at one time, ends come before beginnings. */
  insert(edge) {
    let at = this.edges.length;
    while (at > 0 && isBefore(edge, this.edges[at - 1])) at--;
    this.edges.splice(at, 0, edge);
  }

  /** @param {Edge} edge */
  pass({ time, isStart, note }) {
    const { track, pitch, velocity } = note;
    const key = track * 128 + pitch;
    if (isStart && note.end > note.start) {
      if (this.owners.has(key)) this.engine.noteOff(track, pitch);
      this.owners.set(key, note);
      this.engine.noteOn(track, pitch, velocity);
    } else if (!isStart && note.end === time) {
      this.notes.delete(note.id);
      if (this.owners.get(key) !== note) return; // a later note has the pitch
      this.owners.delete(key);
      this.engine.noteOff(track, pitch);
    }
  }

  process(_, [[left, right]]) {
    const size = left.length, until = currentTime + size / sampleRate;
    let done = 0;
    while (this.edges.length > 0 && this.edges[0].time < until) {
      const at = Math.min(size - 1, Math.round((this.edges[0].time - currentTime) * sampleRate));
      if (at > done) this.engine.process(left, right, done, at - done);
      done = Math.max(done, at);
      this.pass(this.edges.shift());
      this.awake = currentTime;
    }
    if (this.engine.voiceCount > 0) this.awake = currentTime;
    if (currentTime - this.awake < TAIL) this.engine.process(left, right, done, size - done);
    return true;
  }
}

function isBefore(one, other) {
  return one.time < other.time || (one.time === other.time && !one.isStart && other.isStart);
}

registerProcessor("sampler", Sampler);
