// The HTTP interface of the studio. Addresses are relative: the page lies below its token.

/** A refusal of the server: a line for people, and the wish that it is about. */
export class Refusal extends Error {
  constructor(message, wish = null, status = 0) {
    super(message);
    this.wish = wish;
    this.status = status;
  }
}

async function request(method, path, { json, body, headers = {}, keepalive = false } = {}) {
  const sent = json === undefined ? body : JSON.stringify(json);
  const type = json === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(path, { method, body: sent, headers: { ...type, ...headers }, keepalive: keepalive && (sent?.length ?? 0) < MAX_KEEPALIVE });
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new Refusal(told.error ?? `${response.status} ${response.statusText}`, told.wish ?? null, response.status);
}

const asJson = async (answer) => (await answer).json();
const name = encodeURIComponent;
const MAX_FAILURES = 4;
const MAX_KEEPALIVE = 20_000; // characters of a call that outlives its page, at most 64 KiB as UTF-8

export const api = {
  request,
  models: () => asJson(request("GET", "api/models")),
  wishes: () => asJson(request("GET", "api/wishes")),
  startJob: (json) => asJson(request("POST", "api/jobs", { json })),
  cancelJob: (id) => request("DELETE", `api/jobs/${name(id)}`),
  exportFile: async (piece, format) => (await request("POST", "api/export", { json: { document: piece, format } })).blob(),
  importFile: (file, fileName) => asJson(request("POST", `api/import?name=${name(fileName)}`, { body: file, headers: { "Content-Type": "application/octet-stream" } })),
  kept: () => asJson(request("GET", "api/kept")),
  keep: (piece, asName) => asJson(request("POST", "api/kept", { json: { document: piece, ...(asName ? { name: asName } : {}) } })),
  keptPiece: (id) => asJson(request("GET", `api/kept/${name(id)}`)),
  discard: (id) => request("DELETE", `api/kept/${name(id)}`),
  state: (tab) => asJson(request("GET", `api/state/${name(tab)}`)),
  states: () => asJson(request("GET", "api/state")),
  saveState: (tab, json) => asJson(request("PUT", `api/state/${name(tab)}`, { json, keepalive: true })),
  ports: () => asJson(request("GET", "api/ports")),
  playOnPort: (json) => request("POST", "api/play", { json }),
  stopPort: () => request("POST", "api/stop"),
};

/**
 * Follow a job until it ends. `onNotes(candidate, notes, attempt)` and `onPiece(candidate, document)` are called on the way;
 * another attempt begins a candidate again.
 * @returns {Promise<{end: "done" | "cancelled" | "refused", message?: string, wish?: ?string}>}
 */
export function followJob(id, { onNotes, onPiece }) {
  return new Promise((resolve) => {
    const source = new EventSource(`api/jobs/${name(id)}/events`);
    let failures = 0; // connections lost since the last event; the browser connects again and gets the events it missed
    const read = (listener) => (event) => { failures = 0; listener(JSON.parse(event.data)); };
    const finish = (end) => read((data) => { source.close(); resolve({ end, ...data }); });
    source.addEventListener("notes", read(({ candidate, notes, attempt }) => onNotes(candidate, notes, attempt)));
    source.addEventListener("piece", read(({ candidate, document: piece }) => onPiece(candidate, piece)));
    for (const end of ["done", "cancelled", "refused"]) source.addEventListener(end, finish(end));
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED && ++failures < MAX_FAILURES) return;
      source.close();
      resolve({ end: "refused", message: "lost", wish: null });
    });
  });
}
