"""How often bars have come in a row, while melodies grow: what tells the guard that a melody is getting stuck.

Conventions: as evaluation/features.py counts. A bar is its (step in the bar, pitch) pairs in order, `()` where no note
begins; bars begin at step 0. Shapes: B melodies; onsets are in steps, pitches whatever the caller counts in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..score.statistics import MOST_REPEATED_BARS

IntArray = npt.NDArray[np.int64]
_Notes = tuple[tuple[int, int], ...]


class Repeats:
    """The bar that each melody is in, the one before it, and how often that one has come in a row."""

    def __init__(self, size: int, bar: int) -> None:
        self._bar = bar
        self._rows = [_Row() for _ in range(size)]

    def append(self, i: int, onset: int, pitch: int) -> None:
        """Take the next note of melody i."""
        row = self._rows[i] = self._rows[i].at(onset // self._bar)
        row.notes += ((onset % self._bar, pitch),)

    def worn_pitch(self, onset: IntArray) -> IntArray:
        """(B,): the pitch that a note at `onset` (B,) must not have for its bar to differ at last; -1 for any."""
        found = np.full(len(onset), -1, dtype=np.int64)
        for i, step in enumerate(onset.tolist()):
            said = self._rows[i].at(step // self._bar).said()
            if said is not None and said[0][0] == step % self._bar:
                found[i] = said[0][1]
        return found

    def worn_end(self) -> IntArray:
        """(B,): the onset, in the bar now begun or the next, that would end a bar as the worn one ends; -1 for none.

        A note anywhere else makes the bar differ, whatever its pitch.
        """
        found = np.full(len(self._rows), -1, dtype=np.int64)
        for i, row in enumerate(self._rows):
            for number in (row.number, row.number + 1):
                said = row.at(number).said()
                if said is not None and len(said) == 1:
                    found[i] = number * self._bar + said[0][0]
        return found


class _Row:
    """One melody: the number and notes of its bar now, the bar before it, and how often that has come in a row."""

    __slots__ = ("before", "notes", "number", "run")

    def __init__(self, number: int = 0, notes: _Notes = (), before: _Notes | None = None, run: int = 0) -> None:
        self.number, self.notes, self.before, self.run = number, notes, before, run

    def at(self, number: int) -> _Row:
        """As it stands when bar `number` begins; itself while that bar goes on."""
        row = self
        while row.number < number:
            row = _Row(row.number + 1, (), row.notes, row.run + 1 if row.notes == row.before else 1)
        return row

    def said(self) -> _Notes | None:
        """What is left of the bar before if that has come often enough and this one is the same so far, else None."""
        before, so_far = self.before, len(self.notes)
        if self.run < MOST_REPEATED_BARS or before is None or before[:so_far] != self.notes:
            return None
        return before[so_far:] or None
