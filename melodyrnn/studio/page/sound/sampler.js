// An instrument that plays a SoundFont in the audio thread (see sampler-worklet.js).

/**
 * What plays notes for the player. Times are seconds of the context's clock; an end may be Infinity.
 * @typedef {object} Instrument
 * @property {"soundfont" | "synth"} kind
 * @property {(tracks: {program: number, isDrum: boolean}[]) => void} setTracks
 * @property {(track: number, gain: number) => void} setGain
 * @property {(notes: {track: number, pitch: number, velocity: number}[]) => void} prepare  for notes that will come
 * @property {(id: number, track: number, pitch: number, velocity: number, start: number, end: number) => void} note
 * @property {(id: number, time: number) => void} end  ends a note; at its start or before, it is not heard
 * @property {() => void} silence  ends all notes and forgets those to come
 */

/** @implements {Instrument} */
export class Sampler {
  kind = "soundfont";

  /**
   * @param {AudioContext} context
   * @param {ArrayBuffer} font  which is handed over
   * @param {(error: Error) => void} failed  called where the audio thread fails later
   * @returns {Promise<Sampler>} rejected where the bytes are no SoundFont
   */
  static async create(context, font, failed) {
    await context.audioWorklet.addModule(new URL("sampler-worklet.js", import.meta.url));
    const node = new AudioWorkletNode(context, "sampler", { numberOfInputs: 0, outputChannelCount: [2] });
    node.onprocessorerror = () => failed(new Error("the SoundFont player has failed"));
    const answer = new Promise((resolve) => (node.port.onmessage = ({ data }) => resolve(data)));
    node.port.postMessage(["font", font], [font]);
    const error = await answer;
    if (error !== null) throw new Error(error);
    return new Sampler(node);
  }

  constructor(node) {
    this.node = node;
    this.tracks = [];
    this.prepared = new Set(); // what the audio thread has read already
  }

  connect(destination) {
    this.node.connect(destination);
  }

  setTracks(tracks) {
    this.tracks = tracks;
    this.send("tracks", tracks);
  }

  setGain(track, gain) {
    this.send("gain", track, gain);
  }

  prepare(notes) {
    const found = [];
    for (const { track, pitch, velocity } of notes) {
      const { program, isDrum } = this.tracks[track];
      const key = ((Number(isDrum) * 128 + program) * 128 + pitch) * 128 + velocity;
      if (this.prepared.has(key)) continue;
      this.prepared.add(key);
      found.push([track, pitch, velocity]);
    }
    if (found.length > 0) this.send("prepare", found);
  }

  note(id, track, pitch, velocity, start, end) {
    this.send("note", { id, track, pitch, velocity, start, end });
  }

  end(id, time) {
    this.send("end", id, time);
  }

  silence() {
    this.send("silence");
  }

  send(...message) {
    this.node.port.postMessage(message);
  }
}
