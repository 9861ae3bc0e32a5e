// The piano roll of the editor: a canvas that stays in view inside a box that scrolls over the whole piece.

import { barsOf, GRIDS, ticksOfBars } from "./bars.js";
import { pitchRange } from "./document.js";
import { h, setAttribute } from "./dom.js";
import { contentSize, rowsFor, scrollTo, xOf } from "./geometry.js";
import { paintRoll, unit } from "./painting.js";

const GUTTER = 46, RULER = 27, WITH_CHORDS = 48;
const [LEAST, MOST] = [0.004, 1.2]; // pixels of a tick
const BAR = 46; // pixels of a bar, at least, until a musician zooms out: on a phone a whole piece is too small to touch

/** @param {{store: any, t: Function}} parts */
export function createRoll({ store, t }) {
  const canvas = h("canvas", { class: "roll-canvas" }), space = h("div", { class: "roll-space" });
  const cursor = h("div", { class: "roll-cursor", "aria-hidden": "true" });
  const stage = h("div", { class: "roll-stage" }, canvas, cursor);
  const scroller = h("div", { class: "roll-scroll", tabindex: 0, role: "application", "aria-roledescription": t("rollKind"), id: "roll", "aria-describedby": "roll-help" }, space, stage);
  const box = h("div", { class: "roll" }, scroller, h("p", { class: "unseen", id: "roll-help", text: t("rollHelp") }));

  let zoom = null, rows = rowsFor(null), fitted = null, isWhole = false, band = null, queued = false, at = null;

  const width = () => scroller.clientWidth, height = () => scroller.clientHeight;

  /** The view now. @returns {import("./geometry.js").View} */
  function view() {
    const piece = store.piece, scale = unit(), header = scale * (piece.chords.length ? WITH_CHORDS : RULER), gutter = scale * GUTTER;
    const across = (width() - gutter - 24) / Math.max(1, piece.end);
    const rowHeight = Math.max(7, Math.min(26 * scale, Math.floor((height() - header) / (rows[1] - rows[0] + 1))));
    const spare = Math.max(0, Math.floor((height() - header) / rowHeight) - (rows[1] - rows[0] + 1));
    return { width: width(), height: height(), gutter, header, pixelsPerTick: zoom ?? Math.max(LEAST, across, isWhole ? 0 : BAR / (barsOf(piece)[0].end || 1)),
      rowHeight, scrollX: scroller.scrollLeft, scrollY: scroller.scrollTop,
      low: Math.max(0, rows[0] - Math.ceil(spare / 2)), high: Math.min(127, rows[1] + Math.floor(spare / 2)) };
  }

  /** Rows and size for a piece; while one piece is edited, rows come only where notes need them, so that nothing jumps. */
  function layout(piece) {
    const range = pitchRange(piece), of = `${store.work.chosen} ${piece.end} ${piece.tracks.length}`;
    rows = fitted !== of || !range ? rowsFor(range, 5, 25) : [Math.min(rows[0], range[0]), Math.max(rows[1], range[1])];
    fitted = of;
    const size = contentSize(view(), piece.end);
    space.style.width = `${Math.max(size.width, 1)}px`;
    space.style.height = `${Math.max(size.height, 1)}px`;
    stage.style.width = `${width()}px`;
    stage.style.height = `${height()}px`;
  }

  function paint() {
    queued = false;
    const piece = store.piece;
    if (!piece || !width()) return;
    layout(piece);
    const { track, selection, focus, bars, grid, mix, preview, previewIds } = store.apart;
    paintRoll(canvas, preview ?? piece, view(), {
      track, selection: new Set(preview ? previewIds : selection), locked: new Set(store.locked), focus, band,
      span: bars && ticksOfBars(barsOf(piece), bars), isShown: (index) => !mix[index]?.hidden,
      step: GRIDS[grid] * piece.ticksPerQuarter, hasFocus: document.activeElement === scroller,
    });
    placeCursor();
  }
  const again = () => { if (!queued) { queued = true; requestAnimationFrame(paint); } };

  function placeCursor() {
    if (!store.piece || at === null) { cursor.hidden = true; return; }
    const x = xOf(view(), at);
    cursor.hidden = x < view().gutter || x > width();
    cursor.style.transform = `translateX(${x}px)`;
  }

  /** Show the cursor at a tick; while playing, turn the page when it leaves the view. */
  function showCursor(tick, follows) {
    at = tick;
    if (follows && tick !== null && store.piece) {
      const x = xOf(view(), tick);
      if (x > width() - 20 || x < view().gutter) scroller.scrollLeft = tick * view().pixelsPerTick - 30;
    }
    placeCursor();
  }

  /** Zoom by a factor around a point of the canvas, or around its middle. */
  function zoomBy(factor, x = width() / 2) {
    if (!store.piece) return;
    const before = view(), tick = (x - before.gutter + before.scrollX) / before.pixelsPerTick;
    zoom = Math.min(MOST, Math.max(LEAST, before.pixelsPerTick * factor));
    layout(store.piece);
    scroller.scrollLeft = tick * zoom - (x - before.gutter);
    again();
  }

  function zoomFit() { zoom = null; isWhole = true; scroller.scrollTo(0, 0); again(); }

  /** Scroll so that a note is seen. */
  function reveal([onset, duration, pitch]) {
    const now = view(), x = onset * now.pixelsPerTick, y = (now.high - pitch) * now.rowHeight;
    scroller.scrollLeft = scrollTo(x + Math.min(60, duration * now.pixelsPerTick), scrollTo(x, now.scrollX, width() - now.gutter, 30), width() - now.gutter, 30);
    scroller.scrollTop = scrollTo(y, now.scrollY, height() - now.header, now.rowHeight * 2);
  }

  scroller.addEventListener("scroll", again, { passive: true });
  scroller.addEventListener("focus", again);
  scroller.addEventListener("blur", again);
  scroller.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 240), event.clientX - canvas.getBoundingClientRect().left);
  }, { passive: false });
  new ResizeObserver(again).observe(scroller);
  store.subscribe(() => {
    setAttribute(scroller, "aria-label", store.piece ? t("roll", { name: store.piece.name || t("untitled") }) : t("rollKind"));
    again();
  });

  return { box, canvas, scroller, view, again, showCursor, zoomBy, zoomFit, reveal,
    setBand(next) { band = next; again(); } };
}
