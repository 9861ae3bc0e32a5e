// What the keys do with the notes of the piano roll, and what a screen reader is told.

import { barAt, barsOf, GRIDS, position, snap, ticksOfBars } from "./bars.js";
import { DURATION, ONSET, PITCH, VELOCITY, findNote, noteId, partsOf } from "./document.js";
import { addNotes, changeVelocity, copied, moveNotes, pasteNotes, removeNotes, stretchNotes } from "./edits.js";
import { pitchName, positionName, quarters } from "./notation.js";

/** Words for a note: pitch, position, length, whether it is locked. */
export function noteWords(piece, id, locked, t) {
  const note = findNote(piece, id);
  if (!note) return "";
  const where = positionName(position(barsOf(piece), note[ONSET], piece.ticksPerQuarter));
  const said = t("noteSays", { pitch: pitchName(note[PITCH], piece.keys[0]?.[1]), position: where, length: quarters(note[DURATION], piece.ticksPerQuarter) });
  return locked.includes(id) ? `${said}, ${t("noteLocked")}` : said;
}

/** Words for a span of bars. */
export const barWords = ([first, last], t) => t(first === last ? "barChosen" : "barsChosen", { first, last });

/** @param {{store: any, roll: any, sound: any, t: Function, announce: (text: string) => void}} parts */
export function createNoteCommands({ store, roll, sound, t, announce }) {
  let clip = [];

  const ids = () => (store.apart.selection.length ? store.apart.selection : store.apart.focus ? [store.apart.focus] : []);
  const notesOf = () => store.piece?.tracks[store.apart.track]?.notes ?? [];
  const step = () => Math.round(GRIDS[store.apart.grid] * store.piece.ticksPerQuarter);
  const say = (id) => announce(noteWords(store.piece, id, store.locked, t));
  const saySelection = () => announce(t("noteSelected", { count: store.apart.selection.length }));

  /** Go to a note. A pointer is at it already: there, nothing may scroll away below it. */
  function focus(id, selection = [id], byPointer = false) {
    store.set({ focus: id, selection });
    const note = findNote(store.piece, id);
    if (note && !byPointer) roll.reveal(note);
    if (selection.length > 1) saySelection(); else say(id);
  }

  /** Go to another note of the part; from nowhere, to the first one at or after the cursor. */
  function go(by, extends_) {
    const notes = notesOf(), { track, focus: from, selection } = store.apart;
    if (!notes.length) return announce(t("noNotes"));
    const now = from ? notes.findIndex((note) => noteId(track, note) === from) : -1;
    const start = Math.max(0, notes.findIndex((note) => note[ONSET] >= sound.position()));
    const next = notes[now < 0 ? start : Math.min(notes.length - 1, Math.max(0, now + by))];
    const id = noteId(track, next);
    focus(id, extends_ ? [...new Set([...selection, id])] : [id]);
    sound.hear(track, next[PITCH], next[VELOCITY]);
  }

  function edit(make, label) {
    const chosen = ids();
    if (!chosen.length) return announce(t("noNotes"));
    const made = make(chosen);
    store.edit(made, t(label));
    const id = store.apart.focus ?? store.apart.selection[0];
    const note = id && findNote(store.piece, id);
    if (!note) return undefined;
    roll.reveal(note);
    say(id);
    return sound.hear(partsOf(id)[0], note[PITCH], note[VELOCITY]);
  }
  const move = (ticks, semitones) => edit((chosen) => moveNotes(store.piece, chosen, ticks, semitones), "stepMove");

  function remove() {
    const chosen = ids();
    if (!chosen.length) return;
    const { track, focus: from } = store.apart, notes = notesOf();
    const index = notes.findIndex((note) => noteId(track, note) === (from ?? chosen[0]));
    store.edit(removeNotes(store.piece, chosen), t("stepRemove"), { selection: [] });
    const next = notesOf()[Math.min(index, notesOf().length - 1)];
    store.set({ focus: next ? noteId(track, next) : null });
    announce(t("removedSays", { count: chosen.length }));
  }

  function add() {
    if (!store.piece) return;
    const { focus: from, track } = store.apart, note = from && findNote(store.piece, from);
    const onset = note ? note[ONSET] + note[DURATION] : snap(barsOf(store.piece), sound.position(), step(), Math.floor);
    const made = addNotes(store.piece, track, [[onset, note ? note[DURATION] : step() * 2, note ? note[PITCH] : 67, note ? note[VELOCITY] : 90]]);
    if (!made.ids.length) return;
    store.edit(made, t("stepAdd"), { selection: made.ids });
    focus(made.ids[0]);
    sound.hear(track, partsOf(made.ids[0])[2], 90);
  }

  /** Lock the notes, or unlock them where all are locked. */
  function lock(chosen = ids()) {
    if (!chosen.length) return announce(t("noNotes"));
    const locked = new Set(store.locked), isAll = chosen.every((id) => locked.has(id));
    for (const id of chosen) if (isAll) locked.delete(id); else locked.add(id);
    store.commit({ locked: [...locked] }, t(isAll ? "stepUnlock" : "stepLock"));
    return announce(t(isAll ? "unlockedSays" : "lockedSays", { count: chosen.length }));
  }

  function selectBars(bars, speaks = true) {
    store.set({ bars, notice: "" });
    if (speaks) announce(bars ? t("barsSay", { bars: barWords(bars, t) }) : t("barsNone"));
  }
  const tickNow = () => (store.apart.focus ? partsOf(store.apart.focus)[1] : Math.min(sound.position(), store.piece.end - 1));
  const barNow = () => barAt(barsOf(store.piece), tickNow()).number;

  function extendBars() {
    const bars = store.apart.bars ?? [barNow(), barNow() - 1], last = barsOf(store.piece).length;
    selectBars([bars[0], Math.min(last, bars[1] + 1)]);
  }

  function goToBar(by) {
    const bars = barsOf(store.piece), target = bars[Math.min(bars.length, Math.max(1, barNow() + by)) - 1];
    sound.seek(target.start);
    const note = notesOf().find((one) => one[ONSET] >= target.start);
    if (note) focus(noteId(store.apart.track, note));
  }

  function nextPart() {
    const { track } = store.apart, next = (track + 1) % store.piece.tracks.length;
    store.set({ track: next, selection: [], focus: null });
    announce(t("partSays", { name: store.piece.tracks[next].name || String(next + 1) }));
  }

  function paste() {
    if (!clip.length) return;
    const made = pasteNotes(store.piece, clip, snap(barsOf(store.piece), sound.position(), step(), Math.floor));
    if (made.ids.length) store.edit(made, t("stepAdd"), { selection: made.ids });
  }

  const commands = {
    next: () => go(1), previous: () => go(-1), extendNext: () => go(1, true), extendPrevious: () => go(-1, true),
    up: () => move(0, 1), down: () => move(0, -1), octaveUp: () => move(0, 12), octaveDown: () => move(0, -12),
    later: () => move(step(), 0), earlier: () => move(-step(), 0),
    longer: () => edit((chosen) => stretchNotes(store.piece, chosen, step(), step()), "stepStretch"),
    shorter: () => edit((chosen) => stretchNotes(store.piece, chosen, -step(), step()), "stepStretch"),
    louder: () => edit((chosen) => changeVelocity(store.piece, chosen, 8), "stepVelocity"),
    softer: () => edit((chosen) => changeVelocity(store.piece, chosen, -8), "stepVelocity"),
    addNote: add, removeNotes: remove, lock: () => lock(),
    selectAll() { const { track } = store.apart; store.set({ selection: notesOf().map((note) => noteId(track, note)) }); saySelection(); },
    copy() { clip = copied(store.piece, ids()); },
    cut() { clip = copied(store.piece, ids()); remove(); },
    paste, selectBar: () => selectBars([barNow(), barNow()]), extendBars,
    nextBar: () => goToBar(1), previousBar: () => goToBar(-1), nextPart,
    zoomIn: () => roll.zoomBy(1.4), zoomOut: () => roll.zoomBy(1 / 1.4), zoomFit: () => roll.zoomFit(),
  };
  const safe = Object.fromEntries(Object.entries(commands).map(([name, run]) => [name, () => store.piece && run()]));
  return { ...safe, focus, selectBars, saySelection, lockNotes: lock, ticks: () => store.apart.bars && ticksOfBars(barsOf(store.piece), store.apart.bars) };
}
