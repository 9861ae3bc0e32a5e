// A training: how far it is, its bits against the baseline in words and as a chart, its pieces so far, and its end.

import { button, h, setText } from "../dom.js";
import { chartOf, seriesOf } from "./chart.js";
import { figureWords, meaningWords, resultWords, statusWords } from "./words.js";

/** @param {{t: Function, numbers: any, calls: any, id: string, corpusName: (id: string) => string, onPlay?: (piece: any) => void, onOpen?: (piece: any) => void}} parts */
export function createTrainingCard({ t, numbers, calls, id, corpusName, onPlay, onOpen }) {
  const title = h("h3", { id: `training-${id}` }), about = h("span", { class: "hint" }), status = h("p", { class: "status" });
  const bar = h("progress", { max: 1, "aria-labelledby": `training-${id}` }), told = h("p", { class: "told", role: "alert" });
  const figures = h("ul", { class: "figures" }), words = h("div", { class: "meaning" }), chart = h("div", { class: "chart" });
  const list = h("ol", { class: "samples" }), samples = h("section", { hidden: true }, h("h4", { text: t("samples") }), list);
  const stop = button({ icon: "stop", text: t("stopTraining"), className: "stop" }, guarded(async () => { isStopping = true; update(await calls.trainings.stop(id)); }));
  const resume = button({ icon: "forward", text: t("resume"), className: "primary" }, guarded(async () => update(await calls.trainings.resume(id))));
  const remove = button({ icon: "trash", text: t("remove"), label: t("removeHint"), className: "quiet" }, guarded(async () => { await calls.trainings.remove(id); }));
  const element = h("article", { class: "panel training", data: { training: id }, "aria-labelledby": `training-${id}` },
    h("div", { class: "bar" }, title, about, h("span", { class: "grow" }), stop, resume, remove), status, bar, told, figures, words, chart, samples);
  const pieces = new Map(); // the documents of samples, by number: the player tells a piece by its identity
  let view = null, isStopping = false, drawn = "";

  function guarded(work) {
    return async () => {
      setText(told, "");
      try { await work(); } catch (error) { isStopping = false; setText(told, error.message); }
    };
  }

  async function pieceOf(number) {
    if (!pieces.has(number)) pieces.set(number, await calls.trainings.sample(id, number));
    return pieces.get(number);
  }

  function showSamples() {
    samples.hidden = !view.samples.length;
    for (const [index, value] of [...view.samples.entries()].slice(list.childElementCount)) {
      const epoch = numbers.epoch(value), number = index + 1;
      list.append(h("li", {},
        onPlay && button({ icon: "play", text: epoch, label: t("samplePlay", { epoch }), "aria-label": t("samplePlay", { epoch }) }, guarded(async () => onPlay(await pieceOf(number)))),
        onOpen && button({ icon: "pen", label: t("sampleOpen", { epoch }), className: "quiet" }, guarded(async () => onOpen(await pieceOf(number))))));
    }
  }

  /** Draw the chart of the rounds, where there are new ones. */
  async function showChart() {
    const stamp = `${view.status} ${view.figures?.rounds ?? ""}`;
    if (stamp === drawn) return;
    drawn = stamp;
    try {
      const { history, figures: now, result } = await calls.trainings.one(id);
      const baseline = now?.baselineBits ?? result?.baselineBits ?? null, lines = seriesOf(history, baseline, t);
      if (!lines.length) { chart.replaceChildren(); return; }
      const validation = history.map((row) => row.validationBits ?? row.trainBits).filter(Number.isFinite), say = numbers.bits;
      const label = Number.isFinite(baseline) && validation.length
        ? t("chartSays", { first: say(validation[0]), last: say(validation.at(-1)), best: say(Math.min(...validation)), baseline: say(baseline) }) : t("chart");
      chart.replaceChildren(chartOf(lines, { label, xLabel: t("epochAxis"), format: numbers.rough, epoch: numbers.rough }));
    } catch (error) { drawn = ""; setText(told, error.message); }
  }

  function showWords() {
    figures.replaceChildren(...(view.figures ? figureWords(t, view.figures, numbers) : []).map((line) => h("li", { text: line })));
    const now = view.figures;
    const lines = view.result ? resultWords(t, view, numbers) : now?.bestBits ? [meaningWords(t, now.bestBits, now.baselineBits, numbers)] : [];
    words.replaceChildren(...lines.map((line) => h("p", { text: line })));
  }

  /** Show what the server tells. */
  function update(next) {
    view = next;
    const isBusy = view.status === "queued" || view.status === "running";
    if (!isBusy) isStopping = false;
    setText(title, view.name);
    setText(about, [t("onCorpus", { corpus: corpusName(view.corpus) }), view.start && t("fromModel", { model: view.start })].filter(Boolean).join(", "));
    setText(status, isStopping ? t("stopping") : statusWords(t, view, numbers));
    bar.hidden = view.status !== "running";
    if (view.figures) bar.value = view.figures.share; else bar.removeAttribute("value");
    stop.hidden = !isBusy;
    stop.disabled = isStopping;
    resume.hidden = !view.canResume;
    remove.hidden = isBusy;
    if (view.error) setText(told, view.error); else if (isBusy) setText(told, "");
    showWords();
    showSamples();
    showChart();
  }

  return { element, update };
}
