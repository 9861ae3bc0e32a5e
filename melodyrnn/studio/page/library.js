// What is kept in the folder of the session, and the words about what was opened.

import { button, h, setText } from "./dom.js";

/** @param {{store: any, t: Function, files: any, opener: HTMLElement}} parts */
export function mountLibrary(section, { store, t, files, opener }) {
  const list = h("ul", { class: "kept" }), empty = h("p", { class: "hint", text: t("libraryEmpty") });
  const words = h("div", { class: "words" });
  section.append(h("h2", { text: t("library") }), opener, list, empty, words);
  let shown = null, told = null;

  function row({ name, bars, key }) {
    const about = [bars && `${bars}`, key].filter(Boolean).join(" · ");
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
