// Plays the piano rolls of a page. Times are seconds of the audio clock, positions are ticks. The notes are read from the
// paths of the piano roll (see melodyrnn/view/roll.py), so what is drawn is what is played. The page holds
// tempo.js and synth.js before this script.
"use strict";
(() => {
  const AHEAD = 1.5; // seconds: how early notes are scheduled; the timers of a hidden page run once a second
  const WAKE = 60; // milliseconds between two calls of schedule()
  const START = 0.06; // seconds from the click to the first note
  const SVG = "http://www.w3.org/2000/svg";

  let context = null, master = null, synth = null, playing = null, latest = null;

  function audio() {
    if (context === null) {
      context = new AudioContext();
      synth = new Synth(context);
      const limiter = new DynamicsCompressorNode(context, { threshold: -14, ratio: 8 });
      master = new GainNode(context, { gain: 0.5 });
      master.connect(limiter).connect(context.destination);
    }
    context.resume();
    return context;
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
          const start = Math.max(context.currentTime, this.round + note.time);
          synth.start(note, start, this.buses.get(note.track)).end(start + note.length);
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
