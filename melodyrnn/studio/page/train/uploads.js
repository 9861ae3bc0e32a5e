// Files that are chosen or dropped, also folders, and their way to the server, one after another.

import { IS_MUSIC, filesOf } from "../dropping.js";

export const MAX_FILES = 20_000; // as the server takes

/** The files of music of a file dialog, with their paths in the chosen folder. @returns {{name: string, file: File}[]} */
export const chosenFiles = (list) => musicOf([...list].map((file) => ({ name: file.webkitRelativePath || file.name, file })));

const musicOf = (files) => files.filter(({ name }) => IS_MUSIC.test(name));

/** The files of music of a drop; folders are read to their bottom. @returns {Promise<{name: string, file: File}[]>} */
export async function droppedFiles(transfer) {
  const plain = chosenFiles(transfer.files); // the transfer is empty after the first pause
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return plain;
  return musicOf((await Promise.all(entries.map(filesOf))).flat());
}

/** The name of what was chosen: that of its only folder, else null. */
export function folderName(files) {
  const tops = new Set(files.map(({ name }) => (name.includes("/") ? name.split("/")[0] : "")));
  return tops.size === 1 && !tops.has("") ? [...tops][0] : null;
}

/**
 * Send files one after another. A file that is refused is left out; where nothing answers, the rest is not tried.
 * @returns {Promise<{sent: number, refused: string[]}>}
 */
export async function sendFiles(files, send, onProgress) {
  const refused = [];
  for (const [index, { name, file }] of files.entries()) {
    onProgress(index + 1, files.length);
    try { await send(file, name); } catch (error) {
      if (!error.status) throw error;
      refused.push(error.message);
    }
  }
  return { sent: files.length - refused.length, refused };
}
