// Files that are dropped anywhere on the page, also folders, and those of a file dialog.

import { button, h } from "./dom.js";

export const IS_MUSIC = /\.(midi?|kar|rmi|zip|musicxml|mxl|xml|abc)$/i;

/** All files of an entry of a drop; folders are read to their bottom. @returns {Promise<{name: string, file: File}[]>} */
export async function filesOf(entry) {
  if (entry.isFile) return [{ name: entry.fullPath.replace(/^\//, ""), file: await new Promise((resolve, reject) => entry.file(resolve, reject)) }];
  const reader = entry.createReader(), found = [];
  for (;;) { // a reader gives its entries in portions
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    for (const one of some) found.push(...await filesOf(one));
  }
  return found.filter(({ name }) => IS_MUSIC.test(name));
}

/** @param {{t: Function, files: any}} parts */
export function mountDropping({ t, files }) {
  const veil = h("div", { class: "veil", hidden: true }, h("p", { text: t("dropHere") }));
  document.body.append(veil);
  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const isOurs = (event) => !event.target.closest?.("[data-drops]"); // others may take files themselves

  addEventListener("dragenter", (event) => { if (hasFiles(event) && isOurs(event)) { depth++; veil.hidden = false; } });
  addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) veil.hidden = true; });
  addEventListener("dragover", (event) => { if (hasFiles(event) && isOurs(event)) event.preventDefault(); });
  addEventListener("drop", async (event) => {
    depth = 0;
    veil.hidden = true;
    if (!hasFiles(event) || !isOurs(event)) return;
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files].map((file) => ({ name: file.name, file }));
    const isFolder = entries.some((entry) => entry.isDirectory);
    files.open(isFolder ? (await Promise.all(entries.map(filesOf))).flat() : plain);
  });

  const input = h("input", { type: "file", multiple: true, accept: ".mid,.midi,.kar,.rmi,.zip,.musicxml,.mxl,.xml,.abc", class: "unseen", tabindex: -1, "aria-hidden": "true", id: "open-file",
    on: { change: () => { files.open([...input.files].map((file) => ({ name: file.name, file }))); input.value = ""; } } });
  return h("div", { class: "opener" }, button({ icon: "folder", text: t("openFile") }, () => input.click()), input);
}
