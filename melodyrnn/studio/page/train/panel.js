// The view "Train on my folder": a way in, the folders that were read, and the trainings; all follow the server's events.

import { h, setText } from "../dom.js";
import { translator } from "../texts.js";
import { callsOf, followChanges } from "./calls.js";
import { createCorpusCard } from "./corpus.js";
import { createFolderChooser } from "./folder.js";
import { TRAIN_TEXTS } from "./texts.js";
import { createTrainingCard } from "./training.js";
import { numbersIn } from "./words.js";

const ENDED = ["done", "stopped", "failed", "interrupted"];

/**
 * Build the view into an element and keep it up to date.
 * @param {HTMLElement} element
 * @param {{api: any, language: string, announce?: (text: string) => void, onModels: () => void, onPlay?: (piece: any) => void, onOpen?: (piece: any) => void}} parts
 */
export async function mount(element, { api, language, announce = () => {}, onModels, onPlay, onOpen }) {
  const t = translator(language, TRAIN_TEXTS), numbers = numbersIn(language), calls = callsOf(api);
  const cards = new Map(), views = new Map(); // by id
  let models = [];
  await styled();

  const told = h("p", { class: "told", role: "alert" }), tell = (text) => setText(told, text);
  const lists = { corpus: listOf("folders", "noFolders"), training: listOf("trainings", "noTrainings") };
  const make = {
    corpus: (id) => createCorpusCard({ t, numbers, calls, id, models: () => models, onTraining: (view) => show("training", view) }),
    training: (id) => createTrainingCard({ t, numbers, calls, id, corpusName: (corpus) => views.get(corpus)?.name ?? "…", onPlay, onOpen }),
  };
  element.replaceChildren(h("section", { class: "panel", "aria-labelledby": "train-title" }, h("h2", { id: "train-title", text: t("title") }), h("p", { class: "note", text: t("intro") }),
    createFolderChooser({ t, numbers, calls, onMade: (view) => show("corpus", view), tell }), told), lists.training.section, lists.corpus.section);

  function listOf(name, none) {
    const items = h("div", { class: "items" }), empty = h("p", { class: "note", text: t(none) });
    return { section: h("section", { "aria-labelledby": `train-${name}` }, h("h2", { id: `train-${name}`, text: t(name) }), empty, items), items, empty };
  }

  /** Show a corpus or a training as the server tells it: the newest first. */
  function show(kind, view) {
    const before = views.get(view.id);
    views.set(view.id, view);
    if (!cards.has(view.id)) {
      cards.set(view.id, make[kind](view.id));
      lists[kind].items.prepend(cards.get(view.id).element);
      lists[kind].empty.hidden = true;
    }
    cards.get(view.id).update(view);
    if (before && before.status !== view.status) tellEnd(kind, view);
    if (kind === "training" && view.model && !before?.model) refreshModels();
  }

  function tellEnd(kind, view) {
    if (view.error) announce(t("announceFailed", { name: view.name, error: view.error }));
    else if (ENDED.includes(view.status)) announce(t(kind === "corpus" ? "announceRead" : "announceDone", { name: view.name }));
  }

  function drop(id) {
    cards.get(id)?.element.remove();
    cards.delete(id);
    views.delete(id);
    for (const { items, empty } of Object.values(lists)) empty.hidden = items.childElementCount > 0;
  }

  async function refreshModels() {
    models = await calls.models().catch(() => models);
    onModels();
  }

  /** Load everything: at the start, and when the stream of events begins again. */
  async function refresh() {
    try {
      models = await calls.models();
      const [corpora, trainings] = await Promise.all([calls.corpora.all(), calls.trainings.all()]);
      for (const view of corpora) show("corpus", view);
      for (const view of trainings) show("training", view);
      const known = new Set([...corpora, ...trainings].map(({ id }) => id));
      for (const id of [...cards.keys()]) if (!known.has(id)) drop(id);
      tell("");
    } catch (error) { tell(error.message); }
  }

  followChanges({ onOpen: refresh, onChange: show, onRemoved: drop, onLost: () => tell(t("lost")) });
}

/** Load the style sheet of this view once. */
function styled() {
  if (document.getElementById("train-style")) return Promise.resolve();
  return new Promise((resolve) => {
    const link = h("link", { rel: "stylesheet", id: "train-style", href: "page/train/train.css", on: { load: () => resolve(undefined), error: () => resolve(undefined) } });
    document.head.append(link);
  });
}
