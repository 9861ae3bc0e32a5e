// Plays the piano rolls of a page. Times are seconds of the audio clock, positions are ticks. The notes are read from the
// paths of the piano roll (see melodyrnn/view/roll.py), so what is drawn is what is played.
"use strict";
(() => {
  const AHEAD = 1.5; // seconds: how early notes are scheduled; the timers of a hidden page run once a second
  const WAKE = 60; // milliseconds between two calls of schedule()
  const START = 0.06; // seconds from the click to the first note
  const SVG = "http://www.w3.org/2000/svg";

  let context = null, master = null, playing = null, latest = null;

  function audio() {
    if (context === null) {
      context = new AudioContext();
      const limiter = new DynamicsCompressorNode(context, { threshold: -14, ratio: 8 });
      master = new GainNode(context, { gain: 0.5 });
      master.connect(limiter).connect(context.destination);
    }
    context.resume();
    return context;
  }

  // Converts ticks to seconds and back, with all changes of tempo.
  function tempoMap({ ticksPerQuarter, tempos }) {
    const parts = [];
    tempos.forEach(([tick, mspq], n) => {
      const last = parts[n - 1];
      const seconds = last ? last.seconds + (tick - last.tick) * last.pace : 0;
      parts.push({ tick, seconds, pace: mspq / 1e6 / ticksPerQuarter });
    });
    const find = (key, value) => parts.findLast((part) => part[key] <= value) ?? parts[0];
    return {
      seconds(tick) { const part = find("tick", tick); return part.seconds + (tick - part.tick) * part.pace; },
      tick(seconds) { const part = find("seconds", seconds); return part.tick + (seconds - part.seconds) / part.pace; },
    };
  }

  function notesOf(svg, map) {
    const notes = [];
    for (const group of svg.querySelectorAll("g.notes")) {
      for (const path of group.querySelectorAll("path")) {
        const [, onset, pitch, duration] = path.getAttribute("d").match(/M(\d+) (\d+)h(\d+)/).map(Number);
        const time = map.seconds(onset);
        notes.push({
          time, pitch, length: map.seconds(onset + duration) - time,
          velocity: Number(path.dataset.v ?? group.dataset.velocity), drum: "drums" in group.dataset,
          track: group.dataset.track, program: Number(group.dataset.program),
        });
      }
    }
    return notes.sort((a, b) => a.time - b.time);
  }

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
  const waves = new Map(); // of this context, by family

  function tone(family, frequency) {
    const partials = FAMILIES[family][0];
    if (partials === null) return new OscillatorNode(context, { type: "triangle", frequency });
    if (!waves.has(family)) {
      const imag = Float32Array.of(0, ...partials);
      waves.set(family, new PeriodicWave(context, { real: new Float32Array(imag.length), imag }));
    }
    return new OscillatorNode(context, { frequency, periodicWave: waves.get(family) });
  }

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

  function noise() {
    if (!noise.buffer) {
      noise.buffer = new AudioBuffer({ length: context.sampleRate * 2, sampleRate: context.sampleRate });
      const samples = noise.buffer.getChannelData(0);
      for (let i = 0; i < samples.length; i++) samples[i] = Math.random() * 2 - 1;
    }
    return new AudioBufferSourceNode(context, { buffer: noise.buffer });
  }

  const levelOf = (note) => 0.5 * (note.velocity / 127) ** 1.5;

  // Play a source that is at its level at once and fades to a twentieth of it in some seconds.
  function burst(source, level, start, seconds, bus, filter = null) {
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(level, start);
    gain.gain.setTargetAtTime(0, start, seconds / 3);
    (filter ? source.connect(filter) : source).connect(gain).connect(bus);
    source.start(start);
    source.stop(start + 2 * seconds);
  }

  function drum(note, start, bus) {
    const [seconds, type, frequency, from, to, fade] = KIT[note.pitch] ?? OTHER;
    burst(noise(), levelOf(note), start, seconds, bus, new BiquadFilterNode(context, { type, frequency }));
    if (from === undefined) return;
    const body = new OscillatorNode(context, { type: "sine", frequency: from });
    body.frequency.setTargetAtTime(to, start, fade / 4);
    burst(body, 1.6 * levelOf(note), start, 2 * fade, bus);
  }

  // A wave of its family through a low-pass filter that moves as the note lasts; drums are noise, and a falling tone.
  function sound(note, start, bus) {
    if (note.drum) return drum(note, start, bus);
    const family = note.program >> 3;
    const [, attack, held, fall, release, bright, dull] = FAMILIES[family];
    const level = levelOf(note), length = Math.max(0.05, note.length);
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(level, start + Math.min(attack, length));
    gain.gain.setTargetAtTime(level * held, start + attack, fall);
    gain.gain.setTargetAtTime(0, start + length, release);
    const hertz = 440 * 2 ** ((note.pitch - 69) / 12);
    const filter = new BiquadFilterNode(context, { type: "lowpass", frequency: Math.min(12000, hertz * bright) });
    filter.frequency.setTargetAtTime(Math.min(9000, hertz * dull), start, 0.3);
    const source = tone(family, hertz);
    source.connect(filter).connect(gain).connect(bus);
    source.start(start);
    source.stop(start + length + 5 * release);
  }

  class Player {
    constructor(article) {
      const timing = JSON.parse(article.dataset.timing);
      this.article = article;
      this.svg = article.querySelector("svg.roll");
      this.button = article.querySelector(".play");
      this.loop = article.querySelector(".loop");
      this.map = tempoMap(timing);
      this.end = timing.end;
      this.length = this.map.seconds(timing.end);
      this.offset = 0; // where play() begins, in seconds of the piece
      this.button.addEventListener("click", () => (playing === this ? this.stop() : this.play()));
      this.svg.addEventListener("click", (event) => this.seek(event));
      this.rows = [...article.querySelectorAll(".tracks li")];
      for (const button of article.querySelectorAll(".tracks button")) {
        button.addEventListener("click", () => {
          button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
          this.balance();
        });
      }
      const link = article.querySelector("a.download");
      link?.addEventListener("dragstart", (event) => {
        event.dataTransfer.setData("DownloadURL", `audio/midi:${link.download}:${link.href}`);
        event.dataTransfer.effectAllowed = "copy";
      });
      this.show(0);
    }

    play() {
      playing?.stop();
      const now = audio().currentTime;
      playing = latest = this;
      this.notes ??= notesOf(this.svg, this.map);
      this.bus = new GainNode(context, { gain: 1 / Math.sqrt(Math.max(1, this.rows.length / 2)) });
      this.bus.connect(master);
      this.buses = new Map();
      for (const { track } of this.notes) {
        if (this.buses.has(track)) continue;
        this.buses.set(track, new GainNode(context, { gain: this.hears(track) ? 1 : 0 }));
        this.buses.get(track).connect(this.bus);
      }
      this.start = now + START - this.offset; // when second 0 of the round that sounds was due
      this.next = this.notes.findIndex((note) => note.time >= this.offset - 1e-6);
      if (this.next < 0) this.next = this.notes.length;
      this.round = this.start; // start of the round that is being scheduled
      this.article.dataset.rounds = this.rounds = 0;
      this.button.textContent = "Stop";
      this.article.dataset.state = "playing";
      this.timer = setInterval(() => this.schedule(), WAKE);
      this.schedule();
      requestAnimationFrame(() => this.draw());
    }

    // Whether a track is to be heard: those that are solo, else all, without the muted ones.
    hears(track) {
      const is = (row, word) => row.querySelector("." + word).getAttribute("aria-pressed") === "true";
      const own = this.rows.find((row) => row.dataset.track === track);
      return !own || (!is(own, "mute") && (is(own, "solo") || !this.rows.some((row) => is(row, "solo"))));
    }

    // Let the tracks be heard and seen as the buttons say.
    balance() {
      for (const row of this.rows) {
        const heard = this.hears(row.dataset.track);
        for (const part of this.svg.querySelectorAll(`[data-track="${row.dataset.track}"]`)) {
          part.classList.toggle("silent", !heard);
        }
        row.classList.toggle("silent", !heard);
        this.buses?.get(row.dataset.track)?.gain.setTargetAtTime(heard ? 1 : 0, context.currentTime, 0.015);
      }
    }

    stop() {
      clearInterval(this.timer);
      this.bus.gain.setTargetAtTime(0, context.currentTime, 0.015);
      setTimeout((bus) => bus.disconnect(), 200, this.bus);
      if (playing === this) playing = null;
      this.offset = 0;
      this.button.textContent = "Play";
      this.article.dataset.state = "stopped";
      this.show(0);
    }

    // Schedule every note that is due within AHEAD, also those of the next round where it loops.
    schedule() {
      const until = context.currentTime + AHEAD;
      for (;;) {
        while (this.next < this.notes.length && this.round + this.notes[this.next].time < until) {
          const note = this.notes[this.next++];
          sound(note, Math.max(context.currentTime, this.round + note.time), this.buses.get(note.track));
        }
        const over = this.round + this.length;
        if (this.next < this.notes.length || !this.loop.checked || over >= until) break;
        this.round = over;
        this.next = 0;
      }
    }

    draw() {
      if (playing !== this) return;
      const now = context.currentTime;
      while (now >= this.start + this.length && this.round > this.start) {
        this.start += this.length;
        this.article.dataset.rounds = ++this.rounds;
      }
      if (now >= this.start + this.length + (this.loop.checked ? AHEAD : 0.3)) {
        this.stop();
        return;
      }
      this.show(Math.min(this.length, Math.max(0, now - this.start)));
      requestAnimationFrame(() => this.draw());
    }

    // Move the cursor to a time in the piece.
    show(seconds) {
      if (!this.cursor) {
        this.cursor = document.createElementNS(SVG, "line");
        this.cursor.setAttribute("class", "cursor");
        this.cursor.setAttribute("y1", 0);
        this.cursor.setAttribute("y2", this.svg.viewBox.baseVal.height);
        this.svg.append(this.cursor);
      }
      const x = Number(this.svg.dataset.left) + Number(this.svg.dataset.scale) * this.map.tick(seconds);
      this.cursor.setAttribute("x1", x);
      this.cursor.setAttribute("x2", x);
      const box = this.svg.parentElement;
      if (box.scrollWidth > box.clientWidth && playing === this) {
        const at = (x / this.svg.viewBox.baseVal.width) * box.scrollWidth;
        if (at < box.scrollLeft || at > box.scrollLeft + box.clientWidth * 0.9) box.scrollLeft = at - box.clientWidth * 0.1;
      }
    }

    // Play from the point of the roll that was clicked.
    seek(event) {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse()).x;
      const tick = (at - Number(this.svg.dataset.left)) / Number(this.svg.dataset.scale);
      if (playing === this) this.stop();
      this.offset = this.map.seconds(Math.min(this.end, Math.max(0, tick)));
      this.play();
    }
  }

  const players = [...document.querySelectorAll("article.piece")].map((article) => new Player(article));
  document.addEventListener("keydown", (event) => {
    if (event.code !== "Space" || event.target.closest("button, input, a, summary") || !players.length) return;
    event.preventDefault();
    if (playing) playing.stop();
    else (latest ?? players[0]).play();
  });
})();
