// The small form for an accompaniment: a model of several parts, and which of them it draws.

import { button, h } from "./dom.js";

/** @param {{store: any, t: Function, actions: any}} parts */
export function createAccompany({ store, t, actions }) {
  const model = h("select", { "aria-label": t("accompanyModel"), on: { change: () => showParts() } });
  const parts = h("div", { class: "boxes", role: "group", "aria-label": t("accompanyParts") });
  const go = button({ icon: "parts", text: t("accompany"), className: "primary" }, () => {
    const chosen = [...parts.querySelectorAll("input:checked")].map((box) => box.value);
    element.open = false;
    actions.accompany(models().find((one) => one.name === model.value), chosen);
  });
  const none = h("p", { text: t("accompanyNone") });
  const body = h("div", { class: "menu-body" }, h("p", { class: "hint", text: t("accompanyHint") }), model, parts, none, go);
  const summary = h("summary", { class: "button", id: "accompany" }, h("span", { text: t("accompany") }));
  const element = h("details", { class: "menu", on: { toggle: () => { if (element.open) show(); } } }, summary, body);

  const models = () => store.apart.models.filter((one) => one.kind === "parts");

  function show() {
    const all = models(), old = model.value;
    model.replaceChildren(...all.map((one) => h("option", { value: one.name, text: one.name })));
    if (all.some((one) => one.name === old)) model.value = old;
    for (const part of [model, parts, go]) part.hidden = !all.length;
    none.hidden = all.length > 0;
    showParts();
  }

  /** Parts of the model; those that the piece lacks are chosen. */
  function showParts() {
    const chosen = models().find((one) => one.name === model.value), has = new Set(store.piece?.tracks.map((track) => track.role));
    parts.replaceChildren(...(chosen?.parts ?? []).map((part) => h("label", {},
      h("input", { type: "checkbox", value: part.name, checked: !has.has(part.name) }), h("span", { text: t(`role_${part.name}`, {}, part.name) }))));
  }
  return { element };
}
