// What a mouse, a pen or a finger does on the piano roll. Every gesture ends in one step of the history.

import { barAt, barsOf, GRIDS, snap } from "./bars.js";
import { DURATION, ONSET, PITCH, VELOCITY } from "./document.js";
import { addNotes, moveNotes, stretchNotes } from "./edits.js";
import { noteUnder, notesWithin, pitchOf, tickOf } from "./geometry.js";

const SLACK = 4; // pixels that a press may move and still be a click

/** @param {{store: any, roll: any, sound: any, t: Function, notes: any}} parts */
export function mountGestures({ store, roll, sound, t, notes }) {
  const { canvas, scroller } = roll;
  let gesture = null; // {move(point, event), end(point, event)} while a button is down

  const pointOf = (event) => {
    const box = canvas.getBoundingClientRect(), view = roll.view();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    return { x, y, tick: Math.max(0, tickOf(view, x)), pitch: pitchOf(view, y), inRuler: y < view.header, inKeys: x < view.gutter };
  };
  const step = () => GRIDS[store.apart.grid] * store.piece.ticksPerQuarter;
  /** The grid for new notes: coarser where its steps are too narrow to see. */
  const wideStep = () => { let wide = step(); while (wide * roll.view().pixelsPerTick < 8) wide *= 2; return wide; };
  const isShown = (index) => !store.apart.mix[index]?.hidden;
  const under = ({ x, y }) => noteUnder(store.piece, roll.view(), x, y, store.apart.track, isShown);

  /** Bars from one press to where the pointer is. */
  function selectBars(start) {
    const bars = barsOf(store.piece), first = barAt(bars, Math.min(start.tick, store.piece.end - 1)).number;
    const show = (point) => {
      const other = barAt(bars, Math.min(point.tick, store.piece.end - 1)).number;
      notes.selectBars([Math.min(first, other), Math.max(first, other)], false);
    };
    const old = store.apart.bars;
    show(start);
    return { move: show, end(point, event) {
      const now = store.apart.bars;
      if (event.shiftKey && old) notes.selectBars([Math.min(old[0], now[0]), Math.max(old[1], now[1])]);
      else if (old && old[0] === now[0] && old[1] === now[1] && now[0] === now[1] && Math.abs(point.x - start.x) < SLACK) notes.selectBars(null);
      else notes.selectBars(now);
      sound.seek(barsOf(store.piece)[store.apart.bars ? store.apart.bars[0] - 1 : first - 1].start);
    } };
  }

  /** A change of the piece that follows the pointer and becomes one step. */
  function change(ids, makeEdit, label) {
    const before = store.piece;
    let edit = null;
    return {
      move(point, event) {
        edit = makeEdit(before, point, event);
        store.set({ preview: edit.piece, previewIds: ids.map((id) => edit.renamed.get(id) ?? id) });
      },
      end() {
        store.set({ preview: null });
        if (edit && edit.piece !== before) store.edit(edit, t(label));
      },
    };
  }

  function moveFrom(start, hit, ids) {
    let heard = hit.note[PITCH];
    return change(ids, (before, point, event) => {
      const exact = hit.note[ONSET] + point.tick - start.tick;
      const tick = event.altKey ? Math.round(exact) : snap(barsOf(before), exact, step());
      const offGrid = Math.abs(point.x - start.x) < SLACK ? hit.note[ONSET] : tick;
      const pitch = hit.note[PITCH] + point.pitch - start.pitch;
      if (pitch !== heard) { heard = pitch; sound.hear(hit.track, pitch, hit.note[VELOCITY]); }
      return moveNotes(before, ids, offGrid - hit.note[ONSET], point.pitch - start.pitch);
    }, "stepMove");
  }

  function stretchFrom(hit, ids) {
    return change(ids, (before, point, event) => {
      const end = event.altKey ? Math.round(point.tick) : snap(barsOf(before), point.tick, step());
      return stretchNotes(before, ids, end - hit.note[ONSET] - hit.note[DURATION], event.altKey ? 1 : Math.round(step()));
    }, "stepStretch");
  }

  function selectBox(start) {
    const old = store.apart.selection;
    return {
      move(point, event) {
        const band = { ticks: [start.tick, point.tick], pitches: [start.pitch, point.pitch] };
        roll.setBand(band);
        const within = notesWithin(store.piece, store.apart.track, [...band.ticks].sort((a, b) => a - b), [...band.pitches].sort((a, b) => a - b));
        store.set({ selection: event.shiftKey ? [...new Set([...old, ...within])] : within });
      },
      end(point, event) {
        roll.setBand(null);
        if (Math.abs(point.x - start.x) < SLACK && Math.abs(point.y - start.y) < SLACK && !event.shiftKey) {
          store.set({ selection: [], focus: null });
          sound.seek(snap(barsOf(store.piece), point.tick, step(), Math.floor));
        } else if (store.apart.selection.length) notes.saySelection();
      },
    };
  }

  /** A new note, as long as the last one of the grid, that the pointer may stretch. */
  function drawFrom(start) {
    const before = store.piece, bars = barsOf(before), onset = snap(bars, start.tick, wideStep(), Math.floor);
    if (onset >= before.end || start.pitch < 0 || start.pitch > 127) return null;
    sound.hear(store.apart.track, start.pitch, 90);
    let edit = null;
    const grow = (end) => {
      const length = Math.max(Math.round(wideStep()), end - onset);
      edit = addNotes(before, store.apart.track, [[onset, length, start.pitch, 90]]);
      store.set({ preview: edit.piece, previewIds: edit.ids });
    };
    grow(onset);
    return { move: (point) => grow(snap(bars, point.tick, step(), Math.ceil)), end() {
      store.set({ preview: null });
      store.edit(edit, t("stepAdd"), { selection: edit.ids });
      notes.focus(edit.ids[0], edit.ids, true);
    } };
  }

  function begin(point, event) {
    if (point.inRuler) return selectBars(point);
    if (point.inKeys) { sound.hear(store.apart.track, point.pitch, 90); return null; }
    const hit = under(point);
    if (!hit) return store.apart.tool === "pen" ? drawFrom(point) : selectBox(point);
    if (hit.track !== store.apart.track) store.set({ track: hit.track, selection: [] });
    const { selection } = store.apart, isIn = selection.includes(hit.id);
    const ids = event.shiftKey ? (isIn ? selection.filter((id) => id !== hit.id) : [...selection, hit.id]) : isIn ? selection : [hit.id];
    notes.focus(hit.id, ids, true);
    sound.hear(hit.track, hit.note[PITCH], hit.note[VELOCITY]);
    return hit.edge ? stretchFrom(hit, ids.length ? ids : [hit.id]) : moveFrom(point, hit, ids.length ? ids : [hit.id]);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !store.piece || gesture) return;
    const point = pointOf(event);
    if (event.pointerType === "touch" && !point.inRuler && !under(point) && store.apart.tool !== "pen") return; // a finger scrolls
    scroller.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    gesture = begin(point, event);
    let moved = false;
    const move = (next) => {
      const to = pointOf(next);
      moved ||= Math.abs(to.x - point.x) >= SLACK || Math.abs(to.y - point.y) >= SLACK;
      if (moved) gesture?.move(to, next);
    };
    const end = (last) => {
      canvas.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) canvas.removeEventListener(name, end);
      const ended = gesture;
      gesture = null;
      ended?.end(pointOf(last), last);
    };
    canvas.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end);
  });

  canvas.addEventListener("dblclick", (event) => {
    const point = store.piece && pointOf(event);
    if (!point || point.inKeys) return;
    if (point.inRuler) { if (roll.view().header > 30 && point.y > 26) document.getElementById("chords")?.focus(); return; }
    if (!under(point) && store.apart.tool !== "pen") drawFrom(point)?.end();
  });

  canvas.addEventListener("pointermove", (event) => {
    if (gesture || !store.piece) return;
    const point = pointOf(event), hit = point.inRuler || point.inKeys ? null : under(point);
    canvas.dataset.cursor = hit ? (hit.edge ? "stretch" : "move") : point.inRuler ? "bars" : store.apart.tool;
  });

  // a finger on a note or on the ruler edits, anywhere else it scrolls
  canvas.addEventListener("touchstart", (event) => {
    if (!store.piece || event.touches.length !== 1) return;
    const point = pointOf(event.touches[0]);
    if (point.inRuler || store.apart.tool === "pen" || under(point)) event.preventDefault();
  }, { passive: false });
}
