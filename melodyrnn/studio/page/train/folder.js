// The way in: a folder by its path on this machine, or chosen or dropped in the page and uploaded.

import { button, h, setText } from "../dom.js";
import { MAX_FILES, chosenFiles, droppedFiles, folderName, sendFiles } from "./uploads.js";

/** @param {{t: Function, numbers: any, calls: any, onMade: (corpus: any) => void, tell: (text: string) => void}} parts */
export function createFolderChooser({ t, numbers, calls, onMade, tell }) {
  const progress = h("p", { class: "hint", role: "status" });
  const path = h("input", { type: "text", id: "train-folder", autocomplete: "off", spellcheck: "false", "aria-describedby": "train-folder-hint" });
  const read = h("form", { class: "bar path", on: { submit: guarded(async (event) => {
    event.preventDefault();
    if (!path.value.trim()) { path.focus(); return; }
    onMade(await calls.corpora.make({ folder: path.value.trim() }));
    path.value = "";
    tell("");
  }) } }, h("label", { for: "train-folder", text: t("folderPath") }), path, h("button", { type: "submit", class: "primary", text: t("read") }));

  const folder = fileInput({ webkitdirectory: true, id: "train-choose-folder" }), files = fileInput({ multiple: true, accept: ".mid,.midi,.kar,.rmi,.zip,.musicxml,.mxl,.xml,.abc", id: "train-choose-files" });
  const area = h("div", { class: "drop", data: { drops: "train" }, on: {
    dragover(event) { event.preventDefault(); area.classList.add("over"); },
    dragleave() { area.classList.remove("over"); },
    drop: guarded(async (event) => {
      event.preventDefault();
      area.classList.remove("over");
      await upload(await droppedFiles(event.dataTransfer));
    }),
  } }, h("div", { class: "bar" }, button({ icon: "folder", text: t("choose") }, () => folder.click()), button({ text: t("chooseFiles") }, () => files.click()), h("span", { class: "hint", text: t("drop") })), folder, files, progress);

  function fileInput(attributes) {
    const input = h("input", { type: "file", class: "unseen", tabindex: -1, "aria-hidden": "true", ...attributes, on: { change: guarded(async () => {
      const chosen = chosenFiles(input.files);
      input.value = "";
      await upload(chosen);
    }) } });
    return input;
  }

  /** Make a corpus of files, send them, and let it be read. */
  async function upload(found) {
    if (!found.length) { tell(t("uploadNothing")); return; }
    if (found.length > MAX_FILES) { tell(t("uploadTooMany", { max: numbers.whole(MAX_FILES), count: numbers.whole(found.length) })); return; }
    tell("");
    const corpus = await calls.corpora.make({ name: (folderName(found) ?? t("uploadName")).slice(0, 80) });
    try {
      const { sent, refused } = await sendFiles(found, (file, name) => calls.corpora.upload(corpus.id, file, name),
        (done, total) => setText(progress, t("uploading", { done: numbers.whole(done), total: numbers.whole(total) })));
      setText(progress, t("uploaded", { done: numbers.whole(sent) }));
      if (refused.length) tell(t("uploadSkipped", { count: numbers.whole(refused.length), why: refused[0] }));
      onMade(sent ? await calls.corpora.ingest(corpus.id) : await calls.corpora.one(corpus.id));
    } catch (error) { setText(progress, ""); throw error; }
  }

  function guarded(work) {
    return async (...given) => {
      try { await work(...given); } catch (error) { tell(error.message); }
    };
  }

  return h("div", { class: "chooser" }, read, h("p", { class: "note", id: "train-folder-hint", text: t("folderHint") }), area);
}
