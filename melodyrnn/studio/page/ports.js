// Sends the piece to a MIDI port: of a DAW, a synthesizer, or one of its own that others connect to.

import { repeated } from "./bars.js";
import { button, h, icon, setText } from "./dom.js";

/** @param {{store: any, api: any, t: Function, tab: {id: string}, sound: any}} parts */
export function createPorts({ store, api, t, tab, sound }) {
  const option = (value, text) => h("option", { value, text });
  const port = h("select", { id: "midi-port" }), clock = h("select", { id: "midi-clock" });
  const sends = h("input", { type: "checkbox" }), told = h("p", { class: "told", role: "alert" });
  const start = button({ icon: "play", text: t("portStart"), className: "primary" }, () => attempt(play));
  const stop = button({ icon: "stop", text: t("portStop") }, () => attempt(() => api.stopPort()));
  const body = h("div", { class: "menu-body upwards" }, h("label", { for: "midi-port", text: t("port") }), port, h("label", { for: "midi-clock", text: t("portFollow") }), clock,
    h("label", { class: "check" }, sends, h("span", { text: t("portClock") })), h("div", { class: "bar" }, start, stop), told);
  const element = h("details", { class: "menu", on: { toggle: () => { if (element.open) attempt(show); } } }, h("summary", { class: "button", "aria-label": t("portMenu") }, icon("port"), h("span", { text: t("portMenu") })), body);

  async function attempt(work) {
    try { await work(); setText(told, ""); } catch (error) { setText(told, error.message); }
  }

  async function show() {
    const { outputs, inputs } = await api.ports(), [chosen, followed] = [port.value, clock.value];
    port.replaceChildren(option("", t("portOwn")), ...outputs.map(({ name }) => option(name, name)));
    clock.replaceChildren(option("", t("portFollowNone")), ...inputs.map(({ name }) => option(name, name)));
    [port.value, clock.value] = [chosen, followed];
  }

  function play() {
    const { piece } = store, { loop, bars, tempoFactor } = store.apart;
    sound.stop();
    const span = repeated(piece, bars);
    return api.playOnPort({ document: piece, fromTick: loop ? 0 : Math.round(sound.position()), loop: loop ? span : null, tempoFactor, tab: tab.id,
      port: port.value || null, follow: clock.value || null, clock: sends.checked && !clock.value });
  }
  store.subscribe(() => { start.disabled = !store.piece; });
  return element;
}
