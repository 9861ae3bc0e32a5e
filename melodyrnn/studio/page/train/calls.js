// The calls of "Train on my folder", through the request function of api.js.

/** @param {{request: (method: string, path: string, given?: object) => Promise<Response>}} api */
export function callsOf({ request }) {
  const json = async (...given) => (await request(...given)).json();
  const name = encodeURIComponent;
  const of = (kind) => ({
    all: () => json("GET", `api/${kind}`),
    one: (id) => json("GET", `api/${kind}/${name(id)}`),
    make: (wish) => json("POST", `api/${kind}`, { json: wish }),
    stop: (id) => json("POST", `api/${kind}/${name(id)}/stop`),
    remove: (id) => json("DELETE", `api/${kind}/${name(id)}`),
  });
  return {
    corpora: {
      ...of("corpora"),
      upload: (id, file, path) => json("POST", `api/corpora/${name(id)}/files?name=${name(path)}`, { body: file, headers: { "Content-Type": "application/octet-stream" } }),
      ingest: (id, options) => json("POST", `api/corpora/${name(id)}/ingest`, { json: options ? { options } : {} }),
      report: (id, query) => json("GET", `api/corpora/${name(id)}/report?${new URLSearchParams(query)}`),
      explain: async (id, file) => (await json("GET", `api/corpora/${name(id)}/explain?file=${name(file)}`)).words,
    },
    trainings: {
      ...of("trainings"),
      resume: (id) => json("POST", `api/trainings/${name(id)}/resume`),
      sample: (id, number) => json("GET", `api/trainings/${name(id)}/samples/${number}`),
    },
    models: () => json("GET", "api/models"),
  };
}

/**
 * Follow the changes of all corpora and trainings. `onOpen` is called each time the stream begins: what changed before
 * is not told again.
 * @returns {EventSource}
 */
export function followChanges({ onOpen, onChange, onRemoved, onLost }) {
  const source = new EventSource("api/events");
  const read = (listener) => (event) => listener(JSON.parse(event.data), event.type);
  for (const kind of ["corpus", "training"]) source.addEventListener(kind, read((view, type) => onChange(type, view)));
  source.addEventListener("removed", read(({ id }) => onRemoved(id)));
  source.addEventListener("open", onOpen);
  source.addEventListener("error", onLost);
  return source;
}
