// A folder that was or will be read: how far it is, what was found, advice, the report, and the form that starts a training.

import { button, h, setText } from "../dom.js";
import { createReportTable } from "./table.js";
import { adviceWords, foundWords, reasonWords, statusWords } from "./words.js";

const MINUTES = [1, 5, 30, 0]; // 0 has no limit
const FEW_PIECES = 100;

/** @param {{t: Function, numbers: any, calls: any, id: string, models: () => any[], onTraining: (training: any) => void}} parts */
export function createCorpusCard({ t, numbers, calls, id, models, onTraining }) {
  const title = h("h3", { id: `corpus-${id}` }), where = h("span", { class: "hint" }), status = h("p", { class: "status" });
  const bar = h("progress", { max: 1, "aria-labelledby": `corpus-${id}` }), told = h("p", { class: "told", role: "alert" });
  const found = h("div", { class: "found" }), advice = h("div", {}), form = h("form", { class: "bar start", hidden: true });
  const stop = button({ icon: "stop", text: t("stop"), className: "stop" }, guarded(async () => update(await calls.corpora.stop(id))));
  const again = button({ icon: "anew", text: t("again") }, guarded(async () => update(await calls.corpora.ingest(id))));
  const remove = button({ icon: "trash", text: t("remove"), label: t("removeHint"), className: "quiet" }, guarded(async () => { await calls.corpora.remove(id); }));
  const table = createReportTable({ t, numbers, id, load: (query) => calls.corpora.report(id, query), explain: (file) => calls.corpora.explain(id, file), onError: (error) => setText(told, error.message) });
  const report = h("details", { class: "more" }, h("summary", { text: t("report") }), table.element);
  report.addEventListener("toggle", () => { if (report.open) table.refresh(); });
  const element = h("article", { class: "panel corpus", data: { corpus: id }, "aria-labelledby": `corpus-${id}` },
    h("div", { class: "bar" }, title, where, h("span", { class: "grow" }), stop, again, remove), status, bar, told, found, advice, report, form);
  let view = null;

  function guarded(work) {
    return async (event) => {
      event?.preventDefault?.();
      setText(told, "");
      try { await work(); } catch (error) { setText(told, error.message); }
    };
  }

  const field = (label, control) => h("label", { class: "field" }, h("span", { text: label }), control);

  /** The form that starts a training; made once, so that what was typed there stays. */
  function fillForm() {
    if (form.childElementCount) return;
    const name = h("input", { type: "text", name: "model", maxlength: 60, placeholder: "…", autocomplete: "off" });
    const time = h("select", { name: "minutes" }, ...MINUTES.map((minutes) => h("option", { value: minutes, text: t(`time_${minutes}`) })));
    const kind = view.found.reading === "melody" ? "melody" : "parts";
    const fit = models().filter((model) => model.kind === kind);
    const start = h("select", { name: "from" }, h("option", { value: "", text: t("startNothing") }), ...fit.map((model) => h("option", { value: model.name, text: model.name, selected: model.default })));
    form.append(field(t("modelName"), name), field(t("time"), time), field(t("startFrom"), start), h("button", { type: "submit", class: "primary", text: t("start") }));
    form.addEventListener("submit", guarded(async () => {
      const wish = { corpus: id, start: start.value || null, minutes: Number(time.value) || null };
      onTraining(await calls.trainings.make(name.value.trim() ? { ...wish, name: name.value.trim() } : wish));
      name.value = "";
    }));
  }

  function showFound() {
    found.replaceChildren();
    if (!view.found) return;
    const reasons = reasonWords(t, view.found, numbers), lost = view.found.files - view.found.filesKept;
    found.append(...foundWords(t, view.found, numbers).map((line) => h("p", { text: line })));
    if (reasons.length) found.append(h("p", { text: t("foundLost", { count: numbers.whole(lost) }) }), h("ul", {}, ...reasons.map((line) => h("li", { text: line }))));
    if (view.found.pieces < FEW_PIECES) found.append(h("p", { class: "note", text: t("tooFew") }));
  }

  function showAdvice() {
    advice.replaceChildren();
    if (!view.advice) return;
    const options = [...new Set([...view.options, ...view.advice.options])];
    advice.append(button({ icon: "anew", text: adviceWords(t, view.advice, numbers), className: "advice" }, guarded(async () => update(await calls.corpora.ingest(id, options)))));
  }

  /** Show what the server tells; what has not changed keeps its place and its focus. */
  function update(next) {
    const isOther = JSON.stringify([view?.found, view?.advice, view?.status]) !== JSON.stringify([next.found, next.advice, next.status]);
    const wasStopping = view?.status === next.status && status.dataset.stopping;
    view = next;
    const isBusy = view.status === "queued" || view.status === "running";
    setText(title, view.name);
    setText(where, [view.folder, view.options.length && t("readWith", { options: view.options.join(" ") })].filter(Boolean).join(" · "));
    setText(status, wasStopping ? t("stopping") : statusWords(t, view, numbers));
    bar.hidden = view.status !== "running";
    if (view.total) bar.value = view.done / view.total; else bar.removeAttribute("value");
    stop.hidden = !isBusy;
    again.hidden = isBusy || (view.status === "new" && !view.folder);
    remove.hidden = isBusy;
    report.hidden = !view.hasReport;
    form.hidden = !view.canTrain;
    if (!isOther) return;
    setText(told, view.error ?? "");
    showFound();
    showAdvice();
    if (view.canTrain) fillForm();
    if (report.open) table.refresh();
  }

  return { element, update };
}
