// Puts the page together: builds its frame, connects its parts, and starts with the state of this tab or with four pieces.

import { createAccompany } from "./accompany.js";
import { createActions } from "./actions.js";
import { api } from "./api.js";
import { createAutosave, knownTab, tabId } from "./autosave.js";
import { mountCandidates } from "./candidates.js";
import { mountCompose } from "./compose.js";
import { button, h, setAttribute, setText } from "./dom.js";
import { mountDropping } from "./dropping.js";
import { createFiles } from "./files.js";
import { mountGestures } from "./gestures.js";
import { createHelp } from "./help.js";
import { commandFor, shortcut } from "./keymap.js";
import { mountLibrary } from "./library.js";
import { createNoteCommands } from "./notekeys.js";
import { mountNoteTable } from "./notetable.js";
import { repaint } from "./painting.js";
import { mountParts } from "./parts.js";
import { createPorts } from "./ports.js";
import { createRoll } from "./roll.js";
import { applyTheme, languageNow, lettersNow, settingControls } from "./settings.js";
import { createSound } from "./sound.js";
import { createStore } from "./store.js";
import { translator } from "./texts.js";
import { mountTransport } from "./transport.js";
import { mountWorkbench } from "./workbench.js";

applyTheme();
const language = languageNow(), t = translator(language);
document.documentElement.lang = language;

const store = createStore();
store.set({ letters: lettersNow() });
const tab = { isNew: !knownTab(), id: tabId() };

const live = h("div", { class: "unseen", "aria-live": "polite", id: "live" });
let said = 0;
/** Let a screen reader say a text; the same text twice is said twice. */
const announce = (text) => { said++; live.textContent = said % 2 ? text : `${text}\u00a0`; };

const actions = createActions({ store, api, tab, t, announce });
const files = createFiles({ store, api, t, actions, announce });
const roll = createRoll({ store, t });
let transport = null;
const again = { candidates: null, work: null }; // what paints itself
const sound = createSound({
  store, load: async () => (await import("./sound/player.js")).createPlayer(),
  onCursor(tick, follows) { roll.showCursor(tick, follows); transport?.showPosition(tick); },
  onProgress(piece, share) { again.candidates?.progress(piece, share); again.work?.progress(piece, share); },
});
const notes = createNoteCommands({ store, roll, sound, t, announce });
mountGestures({ store, roll, sound, t, notes });

const sessions = {
  list: () => api.states(),
  /** This tab goes on with what another one has saved, as its own; undo goes back. */
  async open(id) {
    const { work: last, ...rest } = (await api.state(id)).state;
    store.set({ ...rest, pinned: null });
    store.commit(last, t("stepOpen"));
  },
};
const instruments = () => store.apart.table.find((wish) => wish.form === "program")?.suggestions ?? [];
const help = createHelp({ store, t });
const compose = h("section", { class: "panel compose", "aria-labelledby": "compose-title" });
const candidates = h("section", { class: "candidates" });
const work = h("section", { class: "panel work" });
const parts = h("section", { class: "mix" });
const table = h("section", { class: "panel table" });
const library = h("aside", { class: "panel library", "aria-label": t("library") });
const footer = h("footer", { class: "transport", "aria-label": t("transport") });
const train = h("main", { class: "train", id: "train", hidden: true });
const page = h("main", { class: "studio", id: "studio" }, compose, h("div", { class: "stage" }, candidates, work, table), library);

const tabs = [["studio", "viewCompose"], ["train", "viewTrain"]].map(([view, text]) =>
  button({ text: t(text), className: "tab", data: { view } }, () => showView(view)));
let training = null;

/** Show one of the two views of the page. The panel for training is loaded when it is first seen. */
async function showView(view) {
  page.hidden = view !== "studio";
  train.hidden = view !== "train";
  for (const one of tabs) setAttribute(one, "aria-current", one.dataset.view === view ? "page" : null);
  if (view !== "train" || training) return;
  training = import("./train/panel.js").then((panel) => panel.mount(train, {
    api, language, announce, onModels: loadModels, onPlay: sound.audition, onOpen(piece) { actions.open(piece); showView("studio"); },
  }));
  training.catch((error) => { training = null; setText(train, error.message); });
}

function onTheme() {
  repaint();
  roll.again();
  again.candidates?.again();
  again.work?.again();
}

document.body.append(
  h("a", { class: "skip", href: "#roll", text: t("skip") }),
  h("header", {}, h("h1", {}, h("img", { src: "page/icon.svg", alt: "", width: 24, height: 24 }), h("span", { text: t("title") })),
    h("nav", {}, ...tabs), h("span", { class: "grow" }), ...settingControls({ t, language, onTheme, beforeReload: () => autosave.save() }),
    button({ icon: "help", label: t("help"), keys: shortcut("help"), id: "help" }, () => help.open())),
  page, train, footer, live);

mountCompose(compose, { store, t, actions });
again.candidates = mountCandidates(candidates, { store, t, actions, sound, files });
again.work = mountWorkbench(work, { store, t, actions, sound, files, notes, roll, accompany: createAccompany({ store, t, actions }), parts });
mountParts(parts, { store, t, notes, instruments });
mountNoteTable(table, { store, t, notes, announce });
mountLibrary(library, { store, t, files, sessions, opener: mountDropping({ t, files }) });
transport = mountTransport(footer, { store, t, sound, extra: [createPorts({ store, api, t, tab, sound })] });
showView("studio");

const COMMANDS = {
  ...notes,
  generate: actions.generate, infill: actions.infill, ending: actions.ending, compare: actions.compare,
  stop() { if (store.apart.job) actions.cancel(); else if (store.apart.playing) sound.stop(); else store.set({ selection: [], bars: null }); },
  play: sound.toggle, rewind: () => sound.seek(0), loop: () => store.set({ loop: !store.apart.loop }),
  undo: () => store.undo(), redo: () => store.redo(), keep: () => files.keep(store.piece),
  vary: () => document.getElementById("vary").click(), continue: () => document.getElementById("continue").click(),
  roll: () => roll.scroller.focus(), help: () => help.open(),
  ...Object.fromEntries([1, 2, 3, 4].map((number) => [`candidate${number}`, () => actions.chooseCandidate(number - 1)])),
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const menu = event.key === "Escape" && openMenu();
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  const { target } = event, field = target.closest?.("input:not([type=checkbox]):not([type=range]), select, textarea");
  const command = commandFor(event, {
    inRoll: target === roll.scroller, inField: Boolean(field), onButton: Boolean(target.closest?.("button, summary, a, input")), letters: store.apart.letters,
  });
  if (!command || !COMMANDS[command]) return;
  if (train.hidden === false && !["help", "stop"].includes(command)) return;
  event.preventDefault();
  COMMANDS[command]();
});


// After a press of the mouse the space bar plays; who goes by keys keeps the focus on the button.
addEventListener("click", (event) => { if (event.detail > 0) event.target.closest?.("button:not(dialog *)")?.blur(); });

/** Menus close at a press elsewhere and at Escape, which gives the focus back. */
const openMenu = () => document.querySelector("details.menu[open]");
addEventListener("pointerdown", (event) => { const menu = openMenu(); if (menu && !menu.contains(event.target)) menu.open = false; });

async function loadModels() { store.set({ models: await api.models() }); }

const autosave = createAutosave({ store, api, tab, onConflict: () => { store.set({ notice: t("otherTab") }); announce(t("otherTab")); } });

async function start() {
  const [models, wishes, saved] = await Promise.all([api.models(), api.wishes(), tab.isNew ? null : autosave.restore().catch(() => null)]);
  store.set({ models, table: wishes });
  if (saved) {
    const { work: last, ...rest } = saved;
    store.restore(last, rest);
  }
  autosave.begin();
  files.refresh();
  if (!store.piece && !store.work.candidates.length) await actions.generate();
  sound.ready().catch(() => {}); // with its SoundFont, before the first key
}
start().catch((error) => store.set({ refusal: { message: error.message, wish: null, verb: "generate" } }));
