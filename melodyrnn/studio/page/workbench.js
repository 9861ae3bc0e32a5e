// The workbench: the name, undo, A/B, keep and save; what the model can do with the piece; versions; chords.

import { GRIDS } from "./bars.js";
import { cardList } from "./candidates.js";
import { chordText, parseChords } from "./chords.js";
import { emptyPiece } from "./document.js";
import { button, h, setAttribute, setIcon, setText } from "./dom.js";
import * as histories from "./history.js";
import { shortcut } from "./keymap.js";
import { barWords } from "./notekeys.js";

/** @param {any} parts */
export function mountWorkbench(section, { store, t, actions, sound, files, notes, roll, accompany, parts }) {
  const name = h("input", { class: "piece-name", type: "text", maxlength: 120, "aria-label": t("pieceName"), placeholder: t("untitled"), spellcheck: "false",
    on: { change: () => { if (store.piece && name.value.trim() !== store.piece.name) store.commit({ piece: { ...store.piece, name: name.value.trim() } }, t("stepName")); } } });
  const undo = button({ icon: "undo", label: t("undo"), keys: shortcut("undo"), id: "undo" }, () => store.undo());
  const redo = button({ icon: "redo", label: t("redo"), keys: shortcut("redo"), id: "redo" }, () => store.redo());
  const sideA = button({ text: "A", label: t("compare"), keys: shortcut("compare"), className: "side" }, () => { if (!store.apart.showsA) actions.compare(); });
  const sideB = button({ text: "B", label: t("compare"), className: "side" }, () => { if (store.apart.showsA) actions.compare(); });
  const pin = button({ icon: "pin", label: t("pinA"), className: "quiet" }, () => actions.pin());
  const keep = button({ icon: "keep", text: t("keep"), keys: shortcut("keep"), id: "keep" }, () => files.keep(store.piece));
  const title = h("div", { class: "bar title" }, name, h("div", { class: "group" }, undo, redo),
    h("div", { class: "group sides", role: "group", "aria-label": t("compare") }, sideA, sideB, pin), keep, files.saveMenu());

  const span = h("span", { class: "span" });
  const clear = button({ icon: "close", label: t("clearBars"), className: "quiet tiny" }, () => notes.selectBars(null));
  const infill = button({ icon: "anew", text: t("infill"), keys: shortcut("infill"), id: "infill", title: t("infillHint") }, () => actions.infill());
  const share = h("input", { type: "range", min: 5, max: 100, step: 5, value: 30, "aria-label": t("share"), title: t("share"), id: "vary-share",
    on: { input: () => setText(percent, `${share.value} %`) } });
  const percent = h("output", { text: "30 %", for: "vary-share" });
  const vary = button({ icon: "vary", text: t("vary"), keys: shortcut("vary"), id: "vary", title: t("varyHint") }, () => actions.vary(Number(share.value) / 100));
  const more = h("input", { type: "number", min: 1, max: 64, value: 4, "aria-label": t("continueBars"), title: t("continueBars") });
  const goOn = button({ icon: "forward", text: t("continue"), keys: shortcut("continue"), id: "continue", title: t("continueHint") }, () => actions.continue(Math.max(1, Number(more.value) || 4)));
  const ending = button({ icon: "end", text: t("ending"), keys: shortcut("ending"), id: "ending", title: t("endingHint") }, () => actions.ending());
  const only = button({ text: t("onlyPart", { name: "" }), title: t("onlyPartHint"), id: "only-part" }, () => store.set({ onlyPart: !store.apart.onlyPart }));
  const stop = button({ icon: "stop", text: t("stopJob"), className: "stop" }, () => actions.cancel());
  const verbs = h("div", { class: "bar verbs" }, h("div", { class: "chip" }, span, clear), only, infill,
    h("div", { class: "joined" }, vary, share, percent), h("div", { class: "joined" }, goOn, more), ending, accompany.element, stop);
  const notice = h("p", { class: "notice", role: "status" });

  const takesTitle = h("h3", {});
  const closeTakes = button({ icon: "close", label: t("takesClose"), className: "quiet tiny" }, () => store.commit({ takes: null }, t("takesClose")));
  const takesShown = () => {
    const { stream } = store.apart, { takes } = store.work;
    return stream && stream.verb !== "generate" ? [store.piece, ...stream.pieces] : takes ? [takes.before, ...takes.pieces] : [];
  };
  const cards = cardList({ t, label: t("takes"), className: "small", describe: (index) => {
    const label = index ? t("take", { number: index }) : t("before");
    return { short: index ? String(index) : t("before"), open: label, play: `${t("play")}: ${label}` };
  }, on: { open: (index) => actions.chooseTake(index - 1), play: (index) => sound.audition(takesShown()[index]) } });
  const takes = h("div", { class: "takes" }, h("div", { class: "takes-head" }, takesTitle, closeTakes), cards.element);

  const chords = h("input", { id: "chords", type: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": "chords-told", title: t("chordsHint"), placeholder: t("chordsHint"), on: { change: readChords } });
  const chordsTold = h("p", { class: "told", id: "chords-told", role: "alert" });
  const chordsRow = h("div", { class: "bar chords" }, h("label", { for: "chords", text: t("chords") }), chords, chordsTold);
  function readChords() {
    const { chords: found, fault } = parseChords(chords.value, store.piece);
    setText(chordsTold, fault ? t(fault.rule, { received: fault.received }) : "");
    if (!fault && JSON.stringify(found) !== JSON.stringify(store.piece.chords)) store.commit({ piece: { ...store.piece, chords: found } }, t("stepChords"));
  }
  const addChords = button({ icon: "plus", text: t("addChords"), className: "quiet" }, () => { chordsRow.hidden = false; chords.focus(); });

  const select = button({ icon: "arrow", label: t("toolSelect") }, () => store.set({ tool: "select" }));
  const pen = button({ icon: "pen", label: t("toolPen"), id: "pen" }, () => store.set({ tool: "pen" }));
  const grid = h("select", { "aria-label": t("grid"), title: t("grid"), on: { change: () => store.set({ grid: grid.value }) } }, ...Object.keys(GRIDS).map((value) => h("option", { value, text: value })));
  const lock = button({ icon: "lock", text: t("lock"), label: t("lockNotes"), title: t("lockNotes"), id: "lock" }, () => notes.lock());
  const remove = button({ icon: "trash", label: t("key_removeNotes"), id: "remove" }, () => notes.removeNotes());
  const zoom = h("div", { class: "group" }, button({ icon: "minus", label: t("zoomOut") }, notes.zoomOut), button({ icon: "fit", label: t("zoomFit") }, notes.zoomFit), button({ icon: "plus", label: t("zoomIn") }, notes.zoomIn));
  const tools = h("div", { class: "bar tools" }, h("div", { class: "group" }, select, pen), grid, lock, remove, addChords, h("span", { class: "grow" }), zoom);

  const hint = h("p", {});
  const nothing = h("div", { class: "nothing" }, hint,
    button({ icon: "plus", text: t("emptyPiece"), className: "quiet" }, () => { actions.open(emptyPiece({ name: t("untitled") })); store.set({ tool: "pen" }); }));
  const body = h("div", { class: "work-body" }, title, verbs, notice, takes, chordsRow, tools, roll.box, parts);
  section.append(h("h2", { class: "unseen", text: t("work") }), nothing, body);

  function render() {
    const { piece, work, history } = store, { job, bars, pinned, showsA, stream, playing, selection, focus, tool } = store.apart;
    nothing.hidden = Boolean(piece);
    setText(hint, t(job ? "drawing" : "workEmpty"));
    body.hidden = !piece;
    if (!piece) return;
    if (document.activeElement !== name) name.value = piece.name ?? "";
    undo.disabled = !histories.canUndo(history);
    redo.disabled = !histories.canRedo(history);
    for (const [element, label] of [[undo, undo.disabled ? t("undo") : t("undoOf", { step: histories.undoLabel(history) })], [redo, redo.disabled ? t("redo") : t("redoOf", { step: histories.redoLabel(history) })]]) {
      setAttribute(element, "title", label);
      setAttribute(element, "aria-label", label);
    }
    sideA.disabled = sideB.disabled = !pinned;
    setAttribute(sideA, "aria-pressed", String(Boolean(pinned && showsA)));
    setAttribute(sideB, "aria-pressed", String(Boolean(pinned && !showsA)));
    setAttribute(sideA, "title", pinned ? t("compareA", { what: pinned.label }) : t("compare"));
    setText(span, bars ? barWords(bars, t) : t("wholePiece"));
    clear.hidden = !bars;
    for (const verb of [vary, goOn, ending]) verb.disabled = Boolean(job);
    infill.disabled = Boolean(job);
    infill.classList.toggle("primary", Boolean(bars) && !job);
    const part = actions.drawablePart();
    only.hidden = part === null;
    setText(only.querySelector("span"), t("onlyPart", { name: t(`role_${part}`, {}, part ?? "") }));
    setAttribute(only, "aria-pressed", String(store.apart.onlyPart));
    stop.hidden = !job || job.verb === "generate";
    const { refusal, notice: said } = store.apart, isRefused = refusal && !job && refusal.verb !== "generate";
    setText(notice, job?.verb === "generate" ? "" : said || (isRefused ? refusal.message : ""));
    const shown = takesShown(), isDrawing = Boolean(stream && stream.verb !== "generate");
    takes.hidden = !shown.length;
    closeTakes.hidden = isDrawing;
    if (shown.length) {
      const verb = isDrawing ? stream.label : t(work.takes.verb), of = isDrawing ? stream.bars : work.takes.bars;
      setText(takesTitle, of ? t("takesOf", { verb, bars: barWords(of, t) }) : verb);
      cards.show(shown, { chosen: isDrawing ? -1 : work.takes.chosen + 1, playing, isDrawing, done: isDrawing ? [0, ...stream.done.map((one) => one + 1)] : undefined });
    }
    chordsRow.hidden = !piece.chords.length && document.activeElement !== chords;
    addChords.hidden = !chordsRow.hidden;
    if (document.activeElement !== chords) chords.value = chordText(piece);
    setAttribute(select, "aria-pressed", String(tool === "select"));
    setAttribute(pen, "aria-pressed", String(tool === "pen"));
    grid.value = store.apart.grid;
    const ids = selection.length ? selection : focus ? [focus] : [];
    lock.disabled = remove.disabled = !ids.length;
    const isLocked = ids.length > 0 && ids.every((id) => store.locked.includes(id));
    setIcon(lock, isLocked ? "unlock" : "lock");
    setText(lock.querySelector("span"), t(isLocked ? "unlock" : "lock"));
    section.classList.toggle("shows-a", showsA);
  }
  store.subscribe(render);
  render();
  return { again: cards.again, progress: cards.progress };
}
