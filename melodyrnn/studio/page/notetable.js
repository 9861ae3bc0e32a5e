// The notes as a table: the textual alternative of the piano roll, in which every note can be read and edited.

import { barsOf, position, ticksOfBars } from "./bars.js";
import { DURATION, ONSET, PITCH, VELOCITY, allNotes } from "./document.js";
import { button, h, setText } from "./dom.js";
import { moveNotes, removeNotes, setVelocity, stretchNotes } from "./edits.js";
import { noteWords } from "./notekeys.js";
import { parsePitch, pitchName, positionName, quarters } from "./notation.js";

const MOST = 400; // rows at once

/** @param {{store: any, t: Function, notes: any, announce: (text: string) => void}} parts */
export function mountNoteTable(section, { store, t, notes, announce }) {
  const summary = h("summary", {});
  const columns = ["columnPart", "columnPosition", "columnPitch", "columnLength", "columnVelocity", "columnLocked"];
  const body = h("tbody", {}), rest = h("p", { class: "hint" });
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col", text: t(name) })), h("td", {}))), body);
  const details = h("details", { class: "note-table", on: { toggle: () => render(true) } }, summary, h("div", { class: "scroll" }, table), rest);
  section.append(details);
  let shown = null;

  const field = (label, value, width, change) => h("input", { type: "text", value, size: width, "aria-label": label, on: { change } });

  function row({ track, note, id }, piece, bars, key) {
    const words = noteWords(piece, id, [], t), apply = (edit, label) => store.edit(edit, t(label));
    const pitch = field(`${t("columnPitch")}: ${words}`, pitchName(note[PITCH], key), 4, () => {
      const value = parsePitch(pitch.value);
      if (value === null) { announce(t("badPitch", { received: pitch.value })); pitch.value = pitchName(note[PITCH], key); } else apply(moveNotes(piece, [id], 0, value - note[PITCH]), "stepMove");
    });
    const length = field(`${t("columnLength")}: ${words}`, quarters(note[DURATION], piece.ticksPerQuarter), 4, () => {
      const value = Number(length.value.replace(",", "."));
      if (value > 0) apply(stretchNotes(piece, [id], Math.round(value * piece.ticksPerQuarter) - note[DURATION], 1), "stepStretch");
    });
    const velocity = field(`${t("columnVelocity")}: ${words}`, note[VELOCITY], 3, () => { if (Number(velocity.value) > 0) apply(setVelocity(piece, [id], Number(velocity.value)), "stepVelocity"); });
    const lock = h("input", { type: "checkbox", checked: store.locked.includes(id), "aria-label": `${t("columnLocked")}: ${words}`, on: { change: () => notes.lockNotes([id]) } });
    const remove = button({ icon: "trash", label: t("removeNote", { note: words }), className: "quiet tiny" }, () => apply(removeNotes(piece, [id]), "stepRemove"));
    const where = positionName(position(bars, note[ONSET], piece.ticksPerQuarter));
    return h("tr", {}, h("td", { text: piece.tracks[track].name || String(track + 1) }), h("th", { scope: "row", text: where }), ...[pitch, length, velocity, lock, remove].map((cell) => h("td", {}, cell)));
  }

  function render(force = false) {
    const { piece, locked } = store, { bars: span } = store.apart;
    section.hidden = !piece;
    if (!piece) return;
    setText(summary, t("noteTable", { count: piece.tracks.reduce((sum, track) => sum + track.notes.length, 0) }));
    const now = [piece, locked, span];
    if (!details.open || (!force && shown && now.every((one, n) => one === shown[n]))) return;
    shown = now;
    const bars = barsOf(piece), [start, end] = span ? ticksOfBars(bars, span) : [0, Infinity], key = piece.keys[0]?.[1];
    const found = allNotes(piece).filter(({ note }) => note[ONSET] >= start && note[ONSET] < end);
    const place = [...body.querySelectorAll("input, button")].indexOf(document.activeElement);
    body.replaceChildren(...found.slice(0, MOST).map((one) => row(one, piece, bars, key)));
    if (place >= 0) body.querySelectorAll("input, button")[place]?.focus();
    setText(rest, found.length > MOST ? t("moreNotes", { count: found.length - MOST }) : "");
  }
  store.subscribe(() => render());
  render();
}
