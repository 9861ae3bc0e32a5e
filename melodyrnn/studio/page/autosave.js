// The state of this tab is saved on the server as it changes, and comes back after a reload.
// Each tab has an identity of its own; a copy of a tab (which copies its session storage) finds its state changed by the
// other one, is refused with 409, and goes on as a new tab: neither writes over the other's work.

const WAIT = 700; // milliseconds of rest before a save
const NAME = "melodyrnn-tab";

/** Whether this tab has an identity from before a reload. */
export const knownTab = (storage = sessionStorage) => storage.getItem(NAME) !== null;

const newTab = () => [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36).padStart(2, "0")).join("");

/** The identity of this tab, made at its first call. */
export function tabId(storage = sessionStorage, fresh = false) {
  const known = storage.getItem(NAME);
  if (known && !fresh) return known;
  const made = newTab();
  storage.setItem(NAME, made);
  return made;
}

/** What is saved: the present of the work, and what is not part of its history. */
export const snapshot = ({ work, apart }) => ({
  work, values: apart.values, mix: apart.mix, pinned: apart.pinned, lastSeed: apart.lastSeed, track: apart.track,
  bars: apart.bars, grid: apart.grid, loop: apart.loop, tempoFactor: apart.tempoFactor,
});

/** @param {{store: any, api: any, tab: {id: string}, onConflict: () => void}} parts */
export function createAutosave({ store, api, tab, onConflict }) {
  let revision = 0, timer = 0, saved = "", isSaving = false;

  /** The state of this tab on the server; null where there is none. */
  async function restore() {
    try {
      const found = await api.state(tab.id);
      revision = found.revision ?? 0;
      return found.state ?? null;
    } catch (error) {
      if (error.status === 404) return null;
      throw error;
    }
  }

  async function save() {
    const text = JSON.stringify(snapshot(store));
    if (text === saved) return;
    if (isSaving) { later(); return; }
    isSaving = true;
    try {
      const answer = await api.saveState(tab.id, { revision, name: store.piece?.name ?? "", state: JSON.parse(text) });
      revision = answer.revision;
      saved = text;
    } catch (error) {
      if (error.status === 409) { tab.id = tabId(sessionStorage, true); revision = 0; onConflict(); later(); }
      else if (!error.status) later(5000); // the server is away
    } finally { isSaving = false; }
  }
  function later(wait = WAIT) { clearTimeout(timer); timer = setTimeout(save, wait); }

  function begin() {
    store.subscribe(() => { if (!store.apart.preview) later(); });
    addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  }
  return { restore, begin, save };
}
