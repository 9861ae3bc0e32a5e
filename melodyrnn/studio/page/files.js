// In and out: kept pieces, files to open, to download and to drag away, the command line.

import { button, h, setText } from "./dom.js";

const FORMATS = { mid: "audio/midi", musicxml: "application/vnd.recordare.musicxml+xml", abc: "text/vnd.abc" };
export const MAX_FILES = 200; // that are opened at once

/** A file name of the name of a piece. */
export const fileName = (name, format) => `${(name || "melody").replace(/[^\p{L}\p{N} ._#+-]+/gu, "-").replace(/^[. ]+/, "").slice(0, 80).trim() || "melody"}.${format}`;

/** @param {{store: any, api: any, t: Function, actions: any, announce: (text: string) => void}} parts */
export function createFiles({ store, api, t, actions, announce }) {
  const tell = (text) => { store.set({ notice: text }); announce(text); };
  const guarded = (work) => async (...given) => {
    try { return await work(...given); } catch (error) { tell(error.message); return undefined; }
  };

  const keep = guarded(async (piece) => {
    if (!piece) return;
    const kept = await api.keep(piece, piece.name);
    tell(t("keptAs", { name: kept.name ?? piece.name }));
    await refresh();
  });

  const refresh = guarded(async () => { store.set({ kept: await api.kept() }); });
  const openKept = guarded(async (name) => {
    const found = await api.keptPiece(name);
    actions.open(found.document ?? found);
  });
  const discardKept = guarded(async (name) => { await api.discard(name); tell(t("discarded", { name })); await refresh(); });

  async function save(blob, name) {
    const address = URL.createObjectURL(blob);
    const link = h("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
  const download = guarded(async (piece, format) => save(await api.exportFile(piece, format), fileName(piece.name, format)));

  /** Open files: the first piece is worked on, the others join the candidates. @param {{name: string, file: Blob}[]} found */
  const open = guarded(async (found) => {
    if (found.length > MAX_FILES) { tell(t("importTooMany", { max: MAX_FILES, count: found.length })); return; }
    const pieces = [], words = [], faults = [];
    for (const { name, file } of found) {
      try {
        const answer = await api.importFile(file, name);
        for (const one of answer.pieces) { pieces.push(one.document); words.push({ name: one.document.name || name, lines: one.words ?? [] }); }
      } catch (error) { faults.push(found.length === 1 ? error.message : `${name}: ${error.message}`); }
    }
    store.set({ words });
    if (!pieces.length) { tell(faults[0] ?? t("importNothing", { name: found[0]?.name ?? "" })); return; }
    actions.openAll(pieces);
    tell([pieces.length === 1 ? t("imported", { name: pieces[0].name }) : t("importedMany", { count: pieces.length }), ...faults.slice(0, 3)].join(" "));
  });

  /** A link that can be dragged into a DAW (Chromium) or pressed to download (all). The file is made ready beforehand. */
  function dragHandle() {
    let ready = null; // {piece, address, name}: the file as a data address, which needs no connection when it is dropped
    const link = h("a", { class: "button drag", draggable: "true", href: "#", title: t("dragOutHint") }, h("span", { text: t("dragOut") }));
    const prepare = guarded(async () => {
      const { piece } = store;
      if (!piece || ready?.piece === piece) return;
      const blob = await api.exportFile(piece, "mid");
      const address = await new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.onerror = reject;
        reader.readAsDataURL(blob);
      });
      ready = { piece, address, name: fileName(piece.name, "mid") };
    });
    for (const name of ["pointerenter", "focus", "pointerdown"]) link.addEventListener(name, prepare);
    link.addEventListener("dragstart", (event) => {
      if (ready?.piece !== store.piece) { event.preventDefault(); return; }
      event.dataTransfer.effectAllowed = "copy";
      event.dataTransfer.setData("DownloadURL", `audio/midi:${ready.name}:${ready.address}`);
    });
    link.addEventListener("click", (event) => { event.preventDefault(); download(store.piece, "mid"); });
    return link;
  }

  /** The menu of ways out of the page. */
  function saveMenu() {
    const command = h("code", {}), note = h("p", { class: "hint", text: t("commandEdited") });
    const copy = button({ text: t("copy"), className: "quiet" }, guarded(async () => { await navigator.clipboard.writeText(command.textContent); tell(t("copied")); }));
    const line = h("div", { class: "command" }, h("h3", { text: t("commandLine") }), command, copy, note);
    const menu = h("details", { class: "menu", id: "save" }, h("summary", { class: "button" }, h("span", { text: t("save") })),
      h("div", { class: "menu-body" }, dragHandle(),
        ...Object.keys(FORMATS).map((format) => button({ icon: "down", text: t(`download_${format}`), data: { format } }, () => download(store.piece, format))), line));
    store.subscribe(() => {
      line.hidden = !store.piece?.command;
      setText(command, store.piece?.command ?? "");
    });
    return menu;
  }

  return { keep, refresh, openKept, discardKept, download, open, saveMenu, dragHandle };
}
