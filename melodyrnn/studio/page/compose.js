// The panel in which a musician says what the model shall draw. Its controls are made from the server's table of wishes.

import { button, h, setAttribute, setText } from "./dom.js";
import { FIELDS } from "./fields.js";
import { OF_PARTS, isEmpty, isSet, rows, withPart } from "./wishes.js";
import { shortcut } from "./keymap.js";

/**
 * Show the hint of the field that has the focus, and keep it until another has it. What a press of the mouse changes
 * waits for its end, else the layout moves under the pointer and the click is lost.
 */
function showHints(panel) {
  let isPressed = false;
  const show = () => {
    const current = document.activeElement?.closest(".wish");
    if (!current || !panel.contains(current)) return;
    for (const wish of panel.querySelectorAll(".wish.current")) if (wish !== current) wish.classList.remove("current");
    current.classList.add("current");
  };
  const release = () => { isPressed = false; setTimeout(show); }; // after the click
  panel.addEventListener("pointerdown", () => { isPressed = true; });
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, release);
  panel.addEventListener("focusin", () => { if (!isPressed) show(); });
}

/** @param {ReturnType<import("./store.js").createStore>} store */
export function mountCompose(panel, { store, t, actions }) {
  let built = null, fields = new Map(), ofParts = [];
  showHints(panel);

  const setValue = (name, value) => {
    const refusal = store.apart.refusal?.wish === name ? null : store.apart.refusal;
    store.set({ values: { ...store.apart.values, [name]: value }, refusal });
  };

  const known = () => ({ model: actions.model(), modes: store.apart.table.find((one) => one.name === "scale")?.suggestions ?? [] });

  /** The control of a wish: for all parts, or for `part` alone. */
  function row(wish, part = null) {
    const id = part === null ? `wish-${wish.name}` : `wish-${wish.name}-${part}`;
    const told = h("p", { class: "told", id: `${id}-told`, role: "alert" });
    const hint = h("p", { class: "hint", id: `${id}-hint`, text: t(`help_${wish.name}`, {}, wish.help ?? "") });
    const field = FIELDS[wish.kind](wish, id, t, (value, fault = "") => {
      setText(told, fault);
      setAttribute(field.input, "aria-invalid", fault ? "true" : null);
      if (!fault) (part === null ? setValue(wish.name, value) : setValue(OF_PARTS, withPart(store.apart.values[OF_PARTS], part, wish.name, value)));
    }, known());
    field.input.setAttribute("aria-describedby", `${hint.id} ${told.id}`);
    if (part === null) fields.set(wish.name, { ...field, told, wish });
    else ofParts.push(() => field.show(store.apart.values[OF_PARTS]?.[part]?.[wish.name] ?? null));
    return h("div", { class: `wish ${wish.kind}`, data: { wish: wish.name } },
      h("label", { for: id, text: t(`wish_${wish.name}`, {}, wish.name), title: hint.textContent }), field.element, hint, told);
  }

  /** The wishes for single parts, a fold for each. */
  function partRows() {
    ofParts = [];
    const parts = actions.model()?.kind === "parts" ? actions.model().parts : [];
    return parts.map(({ name }) => h("details", { class: "more of-part" }, h("summary", { text: t("partSays", { name: t(`role_${name}`, {}, name) }) }),
      h("div", { class: "wishes" }, ...store.apart.table.filter((wish) => wish.perPart).map((wish) => row({ ...wish, default: null }, name)))));
  }

  function seedRow() {
    const input = h("input", { id: "wish-seed", type: "number", min: 0, step: 1, inputmode: "numeric", placeholder: t("seedNew"),
      on: { change: () => setValue("seed", input.value === "" ? null : Math.max(0, Math.round(Number(input.value)))) } });
    const pin = button({ icon: "pin", label: t("seedPin"), className: "quiet", "aria-pressed": "false" }, () => {
      const { values, lastSeed } = store.apart;
      setValue("seed", isEmpty(values.seed) ? Number(input.value || lastSeed) || 0 : null);
    });
    const told = h("p", { class: "told", role: "alert" });
    fields.set("seed", { input, told, wish: { name: "seed", default: null }, show(value) {
      if (document.activeElement !== input) input.value = value ?? store.apart.lastSeed ?? "";
      setAttribute(pin, "aria-pressed", String(!isEmpty(value)));
      input.classList.toggle("pinned", !isEmpty(value));
    } });
    return h("div", { class: "wish seed", data: { wish: "seed" } }, h("label", { for: "wish-seed", text: t("seed") }),
      h("div", { class: "plain" }, input, pin), told);
  }

  function numRow() {
    const input = h("input", { id: "wish-num", type: "number", min: 1, max: 12, step: 1, inputmode: "numeric",
      on: { change: () => setValue("num", Number(input.value) || 4) } });
    fields.set("num", { input, told: h("p"), wish: { name: "num", default: 4 }, show(value) { if (document.activeElement !== input) input.value = value ?? 4; } });
    return h("div", { class: "wish integer", data: { wish: "num" } }, h("label", { for: "wish-num", text: t("candidatesNumber") }), input);
  }

  const model = h("select", { id: "wish-model", on: { change: () => { setValue("model", model.value); } } });
  const modelTold = h("p", { class: "told", role: "alert" });
  const modelRow = h("div", { class: "wish choice", data: { wish: "model" } }, h("label", { for: "wish-model", text: t("model") }), model, modelTold);
  fields.set("model", { input: model, told: modelTold, wish: { name: "model", default: null }, show() {} });
  const common = h("div", { class: "wishes" });
  const more = h("details", { class: "more" }, h("summary", { text: t("more") }));
  const moreBody = h("div", { class: "wishes" });
  const reset = button({ text: t("reset"), className: "quiet" }, () => { store.set({ values: { model: store.apart.values.model }, refusal: null }); });
  more.append(moreBody, reset);
  const told = h("p", { class: "told general", role: "alert" });
  const go = button({ icon: "spark", text: t("generate"), className: "primary", keys: shortcut("generate"), id: "generate" }, () => actions.generate());
  const stop = button({ icon: "stop", text: t("stopJob"), className: "stop", id: "stop-job" }, () => actions.cancel());
  const narrow = matchMedia("(max-width: 900px)"), digest = h("span", { class: "digest" });
  const fold = h("details", { class: "fold", open: !narrow.matches }, h("summary", {}, h("h2", { id: "compose-title", text: t("compose") }), digest), modelRow, common, more);
  narrow.addEventListener("change", () => { fold.open = !narrow.matches; });
  const form = h("form", { class: "compose-form", on: { submit: (event) => { event.preventDefault(); actions.generate(); } } }, fold, told);
  panel.append(form, h("div", { class: "go" }, go, stop));

  function build(state) {
    const kind = actions.model()?.kind ?? "melody";
    const key = `${state.models.map((one) => one.name).join()}|${actions.model()?.name}|${state.table.length}`;
    if (key === built) return;
    built = key;
    model.replaceChildren(...state.models.map((one) => h("option", { value: one.name, text: `${one.name} — ${t(`kind_${one.kind}`)}` })));
    model.value = actions.model()?.name ?? "";
    fields = new Map([["model", fields.get("model")]]);
    const { common: first, more: rest } = rows(state.table, kind);
    common.replaceChildren(...first.map((wish) => row(wish)), seedRow(), numRow());
    moreBody.replaceChildren(...rest.map((wish) => row(wish)), ...partRows());
  }

  function render() {
    const state = store.apart;
    build(state);
    for (const [name, field] of fields) field.show(state.values[name] ?? null);
    const set = rows(state.table, actions.model()?.kind ?? "melody").more.filter((wish) => isSet(wish, state.values[wish.name]));
    setText(more.firstElementChild, set.length ? t("moreSet", { count: set.length }) : t("more"));
    for (const show of ofParts) show();
    setText(digest, digestOf(state));
    refuse(state.refusal);
    go.hidden = Boolean(state.job);
    stop.hidden = !state.job;
  }

  /** What is wished, in a line: seen where the panel is folded. */
  function digestOf({ values, table }) {
    const said = table.filter((wish) => wish.name !== "seed" && isSet(wish, values[wish.name])).map((wish) => {
      const value = values[wish.name];
      return wish.form || wish.kind === "choice" ? value : wish.kind === "flag" ? t(`wish_${wish.name}`, {}, wish.name) : `${t(`wish_${wish.name}`, {}, wish.name)} ${Array.isArray(value) ? value.join("–") : value}`;
    });
    return [actions.model()?.name, ...said].filter(Boolean).join(" · ");
  }

  let lastRefusal = null;
  function refuse(refusal) {
    if (refusal === lastRefusal) return;
    for (const field of [fields.get(lastRefusal?.wish), fields.get(refusal?.wish)].filter(Boolean)) {
      const isIt = field.wish.name === refusal?.wish;
      setText(field.told, isIt ? refusal.message : "");
      setAttribute(field.input, "aria-invalid", isIt ? "true" : null);
      if (isIt) { fold.open = true; if (moreBody.contains(field.input)) more.open = true; field.input.focus(); }
    }
    setText(told, refusal && refusal.verb === "generate" && !fields.has(refusal.wish) ? refusal.message : "");
    lastRefusal = refusal;
  }

  store.subscribe(render);
  render();
}
