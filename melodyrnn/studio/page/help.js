// The panel that lists the keys, made from the table that the page obeys.

import { button, h } from "./dom.js";
import { BINDINGS } from "./keymap.js";
import { setLetters } from "./settings.js";

const SIGNS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

/** @param {{store: any, t: Function}} parts */
export function createHelp({ store, t }) {
  const keyText = (name) => name.split("+").map((part) => SIGNS[part] ?? part).join(" + ") || "+";
  const keys = (where) => h("dl", {}, ...BINDINGS.filter((one) => one.where === where).flatMap((one) => [
    h("dt", {}, ...one.keys.flatMap((name, n) => [n ? " " : null, h("kbd", { text: name === "+" ? "+" : keyText(name) })])),
    h("dd", { text: t(`key_${one.command}`) })]));
  const letters = h("input", { type: "checkbox", checked: store.apart.letters, on: { change: () => { setLetters(letters.checked); store.set({ letters: letters.checked }); } } });
  const dialog = h("dialog", { class: "help", "aria-labelledby": "help-title" },
    h("div", { class: "bar" }, h("h2", { id: "help-title", text: t("helpTitle") }), h("span", { class: "grow" }), button({ icon: "close", label: t("close") }, () => dialog.close())),
    h("p", { text: t("helpStart") }),
    h("div", { class: "columns" },
      h("section", {}, h("h3", { text: t("helpPage") }), keys("page"), h("h3", { text: t("helpMouse") }), h("p", { text: t("helpMouseText") }), h("label", {}, letters, h("span", { text: t("helpLetters") }))),
      h("section", {}, h("h3", { text: t("helpRoll") }), keys("roll"))));
  document.body.append(dialog);
  return { open: () => { if (!dialog.open) dialog.showModal(); } };
}
