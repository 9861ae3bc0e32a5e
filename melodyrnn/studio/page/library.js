// What is kept in the folder of the session, and the words about what was opened.

import { button, h, setText } from "./dom.js";
import { keyName } from "./notation.js";

/** @param {{store: any, t: Function, files: any, sessions: any, opener: HTMLElement}} parts */
export function mountLibrary(section, { store, t, files, sessions, opener }) {
  const list = h("ul", { class: "kept" }), empty = h("p", { class: "hint", text: t("libraryEmpty") });
  const words = h("div", { class: "words" });
  const earlier = h("ul", { class: "kept" });
  const fold = h("details", { class: "earlier", on: { toggle: () => { if (fold.open) showEarlier(); } } }, h("summary", { text: t("earlier") }), earlier);
  section.append(h("h2", { text: t("library") }), opener, list, empty, words, fold);

  /** What other tabs, or this one before, have saved. */
  async function showEarlier() {
    const found = await sessions.list().catch(() => []);
    earlier.replaceChildren(...found.slice(0, 20).map(({ tab, saved, name }) => h("li", {},
      button({ text: name || t("untitled"), className: "kept-open" }, () => sessions.open(tab).catch((error) => store.set({ notice: error.message }))),
      h("span", { class: "hint", text: new Date(saved).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }) }))));
  }
  let shown = null, told = null;

  function row({ name, bars, key }) {
    const about = [key && keyName(key, t), bars && t("barsCount", { count: bars })].filter(Boolean).join(" · ");
    const open = button({ text: name, className: "kept-open", title: t("libraryOpen", { name }) }, () => files.openKept(name));
    return h("li", {}, open, about ? h("span", { class: "hint", text: about }) : null, button({ icon: "trash", label: t("libraryDiscard", { name }), className: "quiet tiny" }, () => files.discardKept(name)));
  }

  function render() {
    const { kept, words: found } = store.apart;
    if (kept !== shown) { shown = kept; list.replaceChildren(...kept.map(row)); }
    empty.hidden = kept.length > 0;
    if (found !== told) {
      told = found;
      words.replaceChildren(...(found ?? []).slice(0, 30).map(({ name, lines }, n) =>
        h("details", { open: n === 0 }, h("summary", { text: t("words", { name }) }), h("pre", { text: lines.join("\n") }))));
    }
    setText(section.querySelector("h2"), kept.length ? `${t("library")} (${kept.length})` : t("library"));
  }
  store.subscribe(render);
  render();
}
