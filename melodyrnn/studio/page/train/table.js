// The report on each file of a folder, as a table that is sorted and filtered by the server, which may hold very many rows.

import { button, h, setAttribute, setText } from "../dom.js";

const ROWS = 50; // at a time
const COLUMNS = [["file", "columnFile"], ["kept", "columnKept"], ["reason", "columnReason"]];
const SHOWS = ["all", "kept", "dropped"];
const PAUSE = 250; // milliseconds after the last key before the filter counts

/**
 * @param {{t: Function, numbers: any, id: string, load: (query: object) => Promise<any>, explain: (file: string) => Promise<string[]>, onError: (error: Error) => void}} parts
 * @returns {{element: HTMLElement, refresh: () => void}}
 */
export function createReportTable({ t, numbers, id, load, explain, onError }) {
  const query = { sort: "reason", show: "all", text: "" };
  let shown = 0, asked = 0, timer = 0;

  const text = h("input", { type: "text", id: `filter-${id}`, placeholder: t("filterText"), "aria-label": t("filterText"), on: { input: () => {
    clearTimeout(timer);
    timer = setTimeout(() => { query.text = text.value; refresh(); }, PAUSE);
  } } });
  const show = h("select", { "aria-label": t("filterShow"), on: { change: () => { query.show = show.value; refresh(); } } },
    ...SHOWS.map((one) => h("option", { value: one, text: t(`show_${one}`) })));
  const heads = COLUMNS.map(([name, label]) => {
    const press = button({ text: t(label), label: t("sortBy", { column: t(label) }), className: "quiet tiny" }, () => {
      query.sort = query.sort === name ? `-${name}` : name;
      refresh();
    });
    return h("th", { scope: "col", data: { sort: name } }, press);
  });
  const body = h("tbody", {}), count = h("p", { class: "hint", role: "status" });
  const more = button({ text: t("moreRows") }, () => fetchRows(shown));
  const element = h("div", { class: "report" }, h("div", { class: "bar" }, text, show, count),
    h("div", { class: "rows" }, h("table", {}, h("thead", {}, h("tr", {}, ...heads)), body)), more);

  /** Fetch the rows from `first` on; an answer that a later question has overtaken is left out. */
  async function fetchRows(first) {
    const mine = ++asked;
    try {
      const page = await load({ ...query, first, count: ROWS });
      if (mine !== asked) return;
      if (!first) body.replaceChildren();
      body.append(...page.rows.map(rowOf));
      shown = first + page.rows.length;
      setText(count, t("rowsShown", { shown: numbers.whole(shown), matching: numbers.whole(page.matching) }));
      more.hidden = shown >= page.matching;
      for (const head of heads) {
        const [is, isDown] = [query.sort.replace("-", "") === head.dataset.sort, query.sort.startsWith("-")];
        setAttribute(head, "aria-sort", is ? (isDown ? "descending" : "ascending") : null);
      }
    } catch (error) { onError(error); }
  }

  function rowOf({ file, name, kept, reason, option, lines }) {
    const words = h("div", { class: "words", hidden: true });
    const press = button({ text: name, label: t("explain", { file: name }), className: "quiet name", "aria-expanded": "false" }, async () => {
      words.hidden = !words.hidden;
      press.setAttribute("aria-expanded", String(!words.hidden));
      if (words.hidden || words.childElementCount) return;
      words.append(h("ul", {}, ...lines.map((line) => h("li", { text: [line.voice, line.status, line.reason, line.option].filter(Boolean).join(", ") }))));
      try { words.append(h("pre", { tabindex: 0, text: (await explain(file)).join("\n") })); } catch (error) { onError(error); }
    });
    return h("tr", { class: kept ? "kept" : "dropped" }, h("td", {}, press, words), h("td", { text: kept ? numbers.whole(kept) : "–" }),
      h("td", {}, reason ?? "", option && h("code", { text: option })));
  }

  const refresh = () => { fetchRows(0); };
  return { element, refresh };
}
