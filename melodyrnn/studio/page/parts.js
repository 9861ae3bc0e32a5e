// The parts of the piece: which one is edited, mute, solo, instrument, volume, and a lock for all of its notes.

import { noteId, withTrack } from "./document.js";
import { button, h, setAttribute, setIcon } from "./dom.js";

/** @param {{store: any, t: Function, notes: any, instruments: () => string[]}} parts */
export function mountParts(section, { store, t, notes, instruments }) {
  const list = h("ul", { class: "parts" });
  section.append(h("h2", { class: "unseen", text: t("parts") }), list);
  let rows = [], built = "";

  const mixOf = (index) => store.apart.mix[index] ?? {};
  const setMix = (index, changes) => store.set({ mix: { ...store.apart.mix, [index]: { ...mixOf(index), ...changes } } });
  const nameOf = (track, index) => track.name || t(`role_${track.role}`, {}, track.role) || String(index + 1);

  function row(track, index) {
    const name = nameOf(track, index);
    const choose = button({ text: name, className: "part-name", title: t("partActive") }, () => store.set({ track: index, selection: [], focus: null }));
    choose.prepend(h("span", { class: `swatch p${index % 8}`, "aria-hidden": "true" }));
    const mute = button({ text: t("muteShort"), className: "toggle", title: t("mute", { name }) }, () => setMix(index, { muted: !mixOf(index).muted }));
    const solo = button({ text: t("soloShort"), className: "toggle", title: t("solo", { name }) }, () => setMix(index, { solo: !mixOf(index).solo }));
    setAttribute(mute, "aria-label", t("mute", { name }));
    setAttribute(solo, "aria-label", t("solo", { name }));
    const instrument = track.isDrum ? h("span", { class: "instrument", text: t("drums") })
      : h("select", { class: "instrument", "aria-label": t("instrument", { name }), on: { change: () => store.commit({ piece: withTrack(store.piece, index, { program: Number(instrument.value) }) }, t("stepInstrument")) } },
        ...instruments().map((text, value) => h("option", { value, text: `${value + 1} ${text}` })));
    const volume = h("input", { type: "range", min: 0, max: 1, step: 0.02, "aria-label": t("volume", { name }), title: t("volume", { name }), on: { input: () => setMix(index, { volume: Number(volume.value) }) } });
    const lock = button({ icon: "unlock", label: t("lockPart", { name }), className: "quiet" }, () => notes.lockNotes(store.piece.tracks[index].notes.map((note) => noteId(index, note))));
    const element = h("li", {}, choose, mute, solo, instrument, volume, lock);
    return { element, choose, mute, solo, instrument, volume, lock };
  }

  function render() {
    const { piece } = store;
    section.hidden = !piece;
    if (!piece) return;
    const key = JSON.stringify([instruments().length, piece.tracks.map((track, index) => [nameOf(track, index), track.isDrum])]);
    if (key !== built) {
      built = key;
      rows = piece.tracks.map(row);
      list.replaceChildren(...rows.map((one) => one.element));
    }
    const locked = new Set(store.locked);
    rows.forEach((own, index) => {
      const track = piece.tracks[index], mix = mixOf(index);
      setAttribute(own.choose, "aria-pressed", String(index === store.apart.track));
      setAttribute(own.mute, "aria-pressed", String(Boolean(mix.muted)));
      setAttribute(own.solo, "aria-pressed", String(Boolean(mix.solo)));
      if (!track.isDrum && document.activeElement !== own.instrument) own.instrument.value = String(track.program);
      if (document.activeElement !== own.volume) own.volume.value = String(mix.volume ?? 0.8);
      const isLocked = track.notes.length > 0 && track.notes.every((note) => locked.has(noteId(index, note)));
      setIcon(own.lock, isLocked ? "lock" : "unlock");
      setAttribute(own.lock, "aria-pressed", String(isLocked));
    });
  }
  store.subscribe(render);
  render();
}
