// The keys of the page: one table, which the help panel lists and the page obeys.
// `where`: "page" anywhere but in a field, "roll" while the piano roll has the focus.
// A `letter` is a plain letter or sign without Ctrl; these can be switched off (help panel), as speech input may need it.

/** @typedef {{command: string, keys: string[], where: "page" | "roll", letter?: boolean}} Binding */

/** @type {readonly Binding[]} */
export const BINDINGS = Object.freeze([
  { command: "generate", keys: ["Ctrl+Enter"], where: "page" },
  { command: "stop", keys: ["Escape"], where: "page" },
  { command: "play", keys: ["Space"], where: "page" },
  { command: "rewind", keys: ["Home"], where: "page" },
  { command: "loop", keys: ["O"], where: "page", letter: true },
  { command: "undo", keys: ["Ctrl+Z"], where: "page" },
  { command: "redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"], where: "page" },
  { command: "candidate1", keys: ["1"], where: "page", letter: true },
  { command: "candidate2", keys: ["2"], where: "page", letter: true },
  { command: "candidate3", keys: ["3"], where: "page", letter: true },
  { command: "candidate4", keys: ["4"], where: "page", letter: true },
  { command: "infill", keys: ["F"], where: "page", letter: true },
  { command: "vary", keys: ["V"], where: "page", letter: true },
  { command: "continue", keys: ["C"], where: "page", letter: true },
  { command: "ending", keys: ["E"], where: "page", letter: true },
  { command: "compare", keys: ["A"], where: "page", letter: true },
  { command: "keep", keys: ["Ctrl+S"], where: "page" },
  { command: "roll", keys: ["R"], where: "page", letter: true },
  { command: "help", keys: ["?", "F1"], where: "page" },
  { command: "next", keys: ["ArrowRight"], where: "roll" },
  { command: "previous", keys: ["ArrowLeft"], where: "roll" },
  { command: "extendNext", keys: ["Shift+ArrowRight"], where: "roll" },
  { command: "extendPrevious", keys: ["Shift+ArrowLeft"], where: "roll" },
  { command: "up", keys: ["ArrowUp"], where: "roll" },
  { command: "down", keys: ["ArrowDown"], where: "roll" },
  { command: "octaveUp", keys: ["Shift+ArrowUp"], where: "roll" },
  { command: "octaveDown", keys: ["Shift+ArrowDown"], where: "roll" },
  { command: "later", keys: ["Alt+ArrowRight"], where: "roll" },
  { command: "earlier", keys: ["Alt+ArrowLeft"], where: "roll" },
  { command: "longer", keys: ["Ctrl+ArrowRight"], where: "roll" },
  { command: "shorter", keys: ["Ctrl+ArrowLeft"], where: "roll" },
  { command: "louder", keys: ["Ctrl+ArrowUp"], where: "roll" },
  { command: "softer", keys: ["Ctrl+ArrowDown"], where: "roll" },
  { command: "addNote", keys: ["Insert", "N"], where: "roll" },
  { command: "removeNotes", keys: ["Delete", "Backspace"], where: "roll" },
  { command: "lock", keys: ["L"], where: "roll" },
  { command: "selectAll", keys: ["Ctrl+A"], where: "roll" },
  { command: "copy", keys: ["Ctrl+C"], where: "roll" },
  { command: "cut", keys: ["Ctrl+X"], where: "roll" },
  { command: "paste", keys: ["Ctrl+V"], where: "roll" },
  { command: "selectBar", keys: ["B"], where: "roll" },
  { command: "extendBars", keys: ["Shift+B"], where: "roll" },
  { command: "nextBar", keys: ["PageDown"], where: "roll" },
  { command: "previousBar", keys: ["PageUp"], where: "roll" },
  { command: "nextPart", keys: ["P"], where: "roll" },
  { command: "zoomIn", keys: ["+", "="], where: "roll" },
  { command: "zoomOut", keys: ["-"], where: "roll" },
  { command: "zoomFit", keys: ["0"], where: "roll" },
]);

/** The name of the key of an event, such as "Ctrl+Shift+Z"; Cmd of a Mac counts as Ctrl. */
export function keyName({ key, ctrlKey = false, metaKey = false, altKey = false, shiftKey = false }) {
  const name = key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key;
  const isLetter = /^[A-Z]$/.test(name) || name.length > 1; // the shift of a sign such as "?" is part of the sign
  return [ctrlKey || metaKey ? "Ctrl" : "", altKey ? "Alt" : "", shiftKey && isLetter ? "Shift" : "", name]
    .filter(Boolean).join("+");
}

/**
 * The command of a key, or null.
 * @param {{inRoll: boolean, inField: boolean, onButton: boolean, letters: boolean}} focus
 */
export function commandFor(event, { inRoll, inField, onButton, letters }) {
  const name = keyName(event);
  const order = inRoll ? ["roll", "page"] : ["page"];
  for (const where of order) {
    const binding = BINDINGS.find((one) => one.where === where && one.keys.includes(name));
    if (!binding) continue;
    if (binding.letter && !letters) return null;
    if (inField && !["generate", "stop", "keep"].includes(binding.command)) return null;
    if (onButton && ["Space", "Home"].includes(name)) return null;
    return binding.command;
  }
  return null;
}

/** `aria-keyshortcuts` of a command, "" where it has no key. */
export const shortcut = (command) =>
  BINDINGS.find((one) => one.command === command)?.keys[0].replace("Ctrl", "Control") ?? "";
