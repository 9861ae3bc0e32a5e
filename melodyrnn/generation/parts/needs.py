"""What the parts of a growing piece still need, and by when: notes by density, a first note, and the way to the end.

A note that is due begins at the last onset at which it may: every note to come is counted with `STEP` steps, and none
lasts into the time of the next that its part needs. So wishes that leave room at all are met in each piece. Shapes: B
pieces, P parts of the vocabulary. Onsets are in steps.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...music.units import STEPS_PER_QUARTER
from .ending import NEVER, STEP, Ending
from .plan import PartsPlan
from .state import State


class Needs:
    """The needs of the parts of a plan.

    Attributes:
        quota: (P,) notes of each part in every bar; 0 for any number.
        together: (P,) how many of them begin together where time is short.
    """

    def __init__(self, plan: PartsPlan, num_parts: int, ending: Ending) -> None:
        """Take the needs of a plan."""
        self._plan, self._ending = plan, ending
        self._is_drawn = np.isin(np.arange(num_parts), plan.drawn)
        self.quota = np.array([int(plan.wishes_of(part).density or 0) for part in range(num_parts)])
        # notes of a part that are counted at each time: one, wherever a bar has time for them one after the other
        self.together = np.maximum(1, -(-self.quota // (plan.bar // STEP)))
        self._first = max(plan.start, plan.stop - STEPS_PER_QUARTER)

    def deadline(self, state: State) -> IntArray:
        """Return the latest onset of the next event, (B,); `NEVER` where the piece needs none."""
        latest: IntArray = self._latest(state, np.maximum(state.onset, self._plan.start)).min(axis=1)
        return latest

    def due(self, state: State, onset: IntArray) -> Bools:
        """Return which parts must begin an event at `onset` (B,), because they need it and a later one misses it."""
        latest = self._latest(state, onset)
        due: Bools = (onset[:, None] + STEP > latest) & (onset >= self._plan.start)[:, None]
        return due

    def in_bar(self, state: State, onset: IntArray) -> IntArray:
        """Return how many new events each part has in the bar of an onset (B,) at or after the last event, (B, P)."""
        number = onset // self._plan.bar
        return np.where((number == state.bar)[:, None], state.in_bar, 0)

    def latest_end(self, state: State, onset: IntArray, part: IntArray) -> IntArray:
        """Return by when a new note of a part must end, (B,), so that the next that the part needs has its time."""
        rows, quota = np.arange(len(onset)), self.quota[part]
        so_far = self.in_bar(state, onset)[rows, part] + 1
        latest = self._by_density(onset, quota, quota - so_far, self.together[part])
        return np.where(latest < NEVER, latest - (STEP - 1), NEVER)

    def notes_left(self, in_bar: IntArray, bar: IntArray, part: int, onset: IntArray) -> IntArray:
        """Return how many more notes a part may have by its density after a new one at `onset`.

        Args:
            in_bar, bar: how many notes the part has in the bar that has the last event, and its number.
            onset: of an array with whose shape those of the others agree.
        """
        quota, plan = int(self.quota[part]), self._plan
        if not quota:
            return np.full(np.shape(onset), NEVER)
        number = onset // plan.bar
        so_far = 1 + np.where(number == bar, in_bar, 0)
        left: IntArray = quota - so_far + quota * (-(-plan.stop // plan.bar) - 1 - number)
        return left

    def _latest(self, state: State, at: IntArray) -> IntArray:
        """Return the latest onset of the next event of each part, (B, P), seen from an onset (B,)."""
        quota = self.quota[None]
        latest = self._by_density(at[:, None], quota, quota - self.in_bar(state, at), self.together)
        latest = np.minimum(latest, np.where(state.count == 0, self._first, NEVER))
        ending = self._ending
        if ending.part is not None:
            own = ending.latest(ending.remaining(state.last[:, ending.part]))
            latest[:, ending.part] = np.minimum(latest[:, ending.part], own)
        return np.where(self._is_drawn & (at < self._plan.stop)[:, None], latest, NEVER)

    def _by_density(self, at: IntArray, quota: IntArray, needs: IntArray, together: IntArray) -> IntArray:
        """Return the latest onset of the next of the notes that a bar needs, or else the next bar; arrays of a shape.

        Args:
            at: an onset in the bar.
            quota, needs: notes in every bar, 0 for any number, and those that the bar still needs.
            together: how many of them are counted at an onset.
        """
        plan = self._plan
        end = np.minimum((at // plan.bar + 1) * plan.bar, plan.stop)
        here = end - 1 - STEP * (-(-needs // together) - 1)
        following = end + plan.bar - 1 - STEP * (-(-quota // together) - 1)
        following = np.where(end < plan.stop, following, NEVER)
        latest: IntArray = np.where(quota > 0, np.where(needs > 0, here, following), NEVER)
        return latest
