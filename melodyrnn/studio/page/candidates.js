// The candidates as small piano rolls; while the model draws, they fill note by note.

import { button, h, setAttribute, setIcon, setText } from "./dom.js";
import { keyName } from "./notation.js";
import { paintSmall } from "./painting.js";

/** How many notes a piece has. */
const count = (piece) => piece.tracks.reduce((sum, track) => sum + track.notes.length, 0);

/** A list of cards. `describe(index)` names a card, `on` holds what its buttons do. */
export function cardList({ t, label, describe, on, className = "" }) {
  const list = h("ol", { class: `cards ${className}`, "aria-label": label });
  const cards = [];

  function card(index) {
    const canvas = h("canvas", { "aria-hidden": "true" }), bar = h("span", { class: "card-progress", "aria-hidden": "true" });
    const title = h("span", { class: "card-title" }), about = h("span", { class: "card-about" });
    const open = button({ className: "card-open" }, () => on.open(index));
    open.append(h("span", { class: "card-head" }, title, about), canvas, bar);
    const play = button({ icon: "play", label: "", className: "card-play" }, () => on.play(index));
    const tools = h("span", { class: "card-tools" }, play);
    const keep = on.keep && button({ icon: "keep", label: "" }, () => on.keep(index));
    const discard = on.discard && button({ icon: "close", label: "" }, () => on.discard(index));
    tools.append(...[keep, discard].filter(Boolean));
    const element = h("li", { class: "card" }, open, tools);
    return { element, canvas, bar, title, about, open, play, keep, discard, piece: null };
  }

  /** Show pieces; one that has not changed is not painted again. */
  function show(pieces, { chosen, playing, isDrawing, done }) {
    while (cards.length < pieces.length) { cards.push(card(cards.length)); list.append(cards.at(-1).element); }
    while (cards.length > pieces.length) cards.pop().element.remove();
    pieces.forEach((piece, index) => {
      const own = cards[index], name = describe(index);
      setText(own.title, name.short);
      setText(own.about, isDrawing && !done?.includes(index) ? "…" : [piece.keys[0] && keyName(piece.keys[0][1], t), t("candidateAbout", { notes: count(piece) })].filter(Boolean).join(" · "));
      for (const [part, text] of [["open", name.open], ["play", name.play], ["keep", name.keep], ["discard", name.discard]]) {
        if (!own[part]) continue;
        if (part !== "open") setAttribute(own[part], "aria-label", text);
        setAttribute(own[part], "title", text);
        own[part].disabled = isDrawing && part !== "play";
      }
      own.play.disabled = isDrawing && !done?.includes(index);
      setIcon(own.play, playing === piece ? "stop" : "play");
      setAttribute(own.open, "aria-pressed", String(index === chosen));
      own.element.classList.toggle("chosen", index === chosen);
      own.element.classList.toggle("drawing", isDrawing && !done?.includes(index));
      if (own.piece !== piece) { own.piece = piece; paintSmall(own.canvas, piece); }
    });
  }
  const again = () => { for (const own of cards) if (own.piece) paintSmall(own.canvas, own.piece); };
  /** Show how far a piece was heard, 0..1. */
  const progress = (piece, share) => { for (const own of cards) own.bar.style.transform = `scaleX(${own.piece === piece ? share : 0})`; };
  new ResizeObserver(again).observe(list);
  return { element: list, show, again, progress };
}

/** The strip of candidates. */
export function mountCandidates(section, { store, t, actions, sound, files }) {
  const describe = (index) => {
    const number = index + 1;
    return { short: String(number), open: t("candidateOpen", { number }), play: t("candidatePlay", { number }), keep: t("candidateKeep", { number }), discard: t("candidateDiscard", { number }) };
  };
  const shown = () => (store.apart.stream?.verb === "generate" ? store.apart.stream.pieces : store.work.candidates);
  const cards = cardList({ t, label: t("candidates"), describe, on: {
    open: actions.chooseCandidate,
    play: (index) => sound.audition(shown()[index]),
    keep: (index) => files.keep(shown()[index]),
    discard: actions.discardCandidate,
  } });
  const nothing = h("p", { class: "nothing", text: t("noCandidates") });
  section.append(h("h2", { class: "unseen", text: t("candidates") }), cards.element, nothing);

  function render() {
    const { stream, playing } = store.apart, isDrawing = stream?.verb === "generate";
    cards.show(shown(), { chosen: isDrawing ? -1 : store.work.chosen, playing, isDrawing, done: stream?.done });
    nothing.hidden = shown().length > 0;
  }
  store.subscribe(render);
  render();
  return { again: cards.again, progress: cards.progress };
}
