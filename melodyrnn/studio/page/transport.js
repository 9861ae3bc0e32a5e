// The bar at the foot of the page: play, loop, where the music is, and how fast it is heard.

import { barsOf, position } from "./bars.js";
import { button, h, setAttribute, setIcon, setText } from "./dom.js";
import { shortcut } from "./keymap.js";
import { clock } from "./notation.js";
import { setTempo, tempoOf } from "./edits.js";

/** @param {{store: any, t: Function, sound: any, extra?: HTMLElement[]}} parts */
export function mountTransport(bar, { store, t, sound, extra = [] }) {
  const rewind = button({ icon: "rewind", label: t("rewind"), keys: shortcut("rewind") }, () => sound.seek(0));
  const play = button({ icon: "play", label: t("play"), className: "primary round", keys: shortcut("play"), id: "play" }, () => sound.toggle());
  const loop = button({ icon: "loop", label: t("loop"), keys: shortcut("loop"), id: "loop" }, () => store.set({ loop: !store.apart.loop }));
  const place = h("span", { class: "place", title: t("positionLabel") }), time = h("span", { class: "time" });
  const tempo = h("input", { type: "number", min: 4, max: 1000, step: "any", "aria-label": t("tempoOf"), title: t("tempoOf"), class: "tempo",
    on: { change: () => { const value = Number(tempo.value); if (value >= 4 && value <= 1000) store.commit({ piece: setTempo(store.piece, value) }, t("stepTempo")); } } });
  const speed = h("input", { type: "range", min: 50, max: 150, step: 5, value: 100, "aria-label": t("tempoFactor"), title: t("tempoFactor"), id: "speed",
    on: { input: () => store.set({ tempoFactor: Number(speed.value) / 100 }) } });
  const percent = h("output", { for: "speed", text: "100 %" });
  const kind = h("span", { class: "kind" });
  bar.append(h("div", { class: "group" }, rewind, play, loop), h("div", { class: "where" }, place, time),
    h("label", { class: "tempo-label" }, h("span", { text: "♩ =", "aria-hidden": "true" }), tempo), h("div", { class: "speed" }, speed, percent),
    h("span", { class: "grow" }), kind, ...extra);

  let bars = null, of = null;
  function showPosition(tick) {
    const { piece } = store;
    if (!piece) { setText(place, "–"); return; }
    if (of !== piece) { of = piece; bars = barsOf(piece); }
    const { bar: number, beat } = position(bars, Math.min(tick ?? 0, piece.end), piece.ticksPerQuarter);
    setText(place, `${number}.${Math.floor(beat)}`);
    setText(time, `${clock(sound.secondsOf(tick ?? 0))} / ${clock(sound.secondsOf(piece.end))}`);
  }

  function render() {
    const { playing, loop: loops, tempoFactor, soundKind } = store.apart, { piece } = store;
    setIcon(play, playing ? "stop" : "play");
    setAttribute(play, "aria-label", t(playing ? "stop" : "play"));
    setAttribute(play, "title", t(playing ? "stop" : "play"));
    setAttribute(loop, "aria-pressed", String(loops));
    play.disabled = !piece && !playing;
    tempo.disabled = !piece;
    if (piece && document.activeElement !== tempo) tempo.value = String(Math.round(tempoOf(piece) * 100) / 100);
    if (document.activeElement !== speed) speed.value = String(Math.round(tempoFactor * 100));
    setText(percent, `${Math.round(tempoFactor * 100)} %`);
    setText(kind, soundKind ? t(`sound_${soundKind}`) : "");
    showPosition(sound.position());
  }
  store.subscribe(render);
  return { showPosition, render };
}
