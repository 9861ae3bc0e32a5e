// One history of immutable states: undo, redo, and the step that is worked on.

/**
 * @template State
 * @typedef {object} History
 * @property {readonly {state: State, label: string}[]} steps
 * @property {number} now index of the present step
 */

export const MAX_STEPS = 400;

/** A history that begins with a state. */
export const beginning = (state, label = "") => ({ steps: [{ state, label }], now: 0 });

/** The present state. */
export const current = (history) => history.steps[history.now].state;

/** A history with a new present; what was undone before is given up. */
export function pushed(history, state, label) {
  if (state === current(history)) return history;
  const steps = [...history.steps.slice(0, history.now + 1), { state, label }].slice(-MAX_STEPS);
  return { steps, now: steps.length - 1 };
}

export const canUndo = (history) => history.now > 0;
export const canRedo = (history) => history.now < history.steps.length - 1;
export const undone = (history) => (canUndo(history) ? { ...history, now: history.now - 1 } : history);
export const redone = (history) => (canRedo(history) ? { ...history, now: history.now + 1 } : history);

/** The label of the step that undo would take back, or that redo would bring back. */
export const undoLabel = (history) => (canUndo(history) ? history.steps[history.now].label : "");
export const redoLabel = (history) => (canRedo(history) ? history.steps[history.now + 1].label : "");
