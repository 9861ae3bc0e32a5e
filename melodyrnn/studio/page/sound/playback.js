// Hands the notes of a piece to an instrument while it plays: early, so that neither a busy page nor a hidden one is heard.
// Moments are seconds of the context's clock, times are seconds of the piece at its own tempo, positions are ticks.

import { timeAfter } from "./timeline.js";

const AHEAD = 2.5; // seconds: how early notes are scheduled; the timers of a hidden page run once a second
const CHANGE = 0.02; // seconds from now on in which a change of the piece leaves the notes as they were
const TOO_LATE = 0.1; // seconds after which a note is left out, where the machine was asleep

/** @typedef {[number, number] | null} Loop  in ticks */

export class Playback {
  /**
   * @param {BaseAudioContext} context
   * @param {() => import("./sampler.js").Instrument} instrument  the one that plays now
   * @param {import("./timeline.js").Timeline} timeline
   * @param {number} factor  of the tempo
   * @param {() => number} nextId
   */
  constructor(context, instrument, timeline, factor, nextId) {
    Object.assign(this, { context, instrument, timeline, factor, nextId });
    /** @type {Map<number, {key: string, start: number, end: number}>} by id, what the instrument has and is not over */
    this.sent = new Map();
  }

  /** Play from a tick, or, where that is outside of the loop, from its start.
   * @param {Loop} loop */
  begin(tick, loop, moment) {
    this.follow(tick, loop, moment);
    this.earliest = this.anchor.time;
    this.wake();
  }

  /** The tick that is due at a moment. */
  tickAt(moment) {
    const { anchor, factor, earliest } = this;
    const passed = (moment - anchor.moment) * factor;
    const time = passed < 0 ? Math.max(earliest, anchor.time + passed) : timeAfter(anchor.time, passed, anchor.loop);
    return this.timeline.map.tick(time);
  }

  isOver() {
    return this.context.currentTime > this.end;
  }

  /** Go on from the same tick with another piece or tempo; what sounds goes on where the piece still has it. */
  change(timeline, factor) {
    const now = this.context.currentTime, moment = now + CHANGE;
    const tick = this.tickAt(moment);
    Object.assign(this, { timeline, factor, earliest: 0 });
    for (const [id, sent] of this.sent) this.keep(id, sent, now);
    this.follow(tick, this.loop, moment);
    this.wake();
  }

  /** Go on with another instrument, which has no notes yet. */
  restart() {
    this.sent.clear();
    this.change(this.timeline, this.factor);
  }

  /** Let a note that was sent go on, end at another moment, or be forgotten. */
  keep(id, { key, start, end }, now) {
    const note = this.timeline.byKey.get(key);
    if (note === undefined || start >= now + CHANGE) {
      this.instrument().end(id, now);
      this.sent.delete(id);
    } else if (end > now) {
      const changed = Math.max(now, start + note.length / this.factor);
      if (Math.abs(changed - end) > 1e-6) this.instrument().end(id, changed);
      this.sent.set(id, { key, start, end: changed });
    }
  }

  /** Let a tick be due at a moment. */
  follow(tick, loop, moment) {
    const { map, end } = this.timeline;
    const bounds = loop && [map.seconds(loop[0]), map.seconds(loop[1])];
    let time = map.seconds(tick);
    if (bounds && !(time >= bounds[0] && time < bounds[1])) time = bounds[0];
    this.loop = loop;
    this.anchor = { moment, time, loop: bounds };
    this.end = bounds ? Infinity : moment + Math.max(0, end - time) / this.factor;
    this.due = this.timeline.due(time, bounds);
    this.next = this.due.next().value;
  }

  /** Hand over the notes that are due soon; to be called several times a second. */
  wake() {
    const now = this.context.currentTime;
    for (const [id, { end }] of this.sent) if (end < now) this.sent.delete(id);
    for (; this.next !== undefined; this.next = this.due.next().value) {
      const start = this.anchor.moment + this.next.at / this.factor;
      if (start > now + AHEAD) return;
      if (this.next.note !== null && start > now - TOO_LATE) this.send(this.next, start);
    }
  }

  send({ note: { key, track, pitch, velocity }, length }, start) {
    const id = this.nextId(), end = start + length / this.factor;
    this.sent.set(id, { key, start, end });
    this.instrument().note(id, track, pitch, velocity, start, end);
  }
}
