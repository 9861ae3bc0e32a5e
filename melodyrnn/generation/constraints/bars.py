"""Counts how often the bars of growing melodies repeat in a row, so that endless repetition can be prevented.

Conventions: bars are compared as `evaluation` compares them. A bar is its (step in the bar, pitch) pairs in order, `()`
where no note begins; bars begin at step 0. Shapes: B melodies; onsets are in steps, pitches are sounding MIDI numbers.
"""

from __future__ import annotations

import numpy as np

from ...arrays import IntArray
from ...score.statistics import MOST_REPEATED_BARS

_Notes = tuple[tuple[int, int], ...]


class BarHistory:
    """For each melody its current bar, the bar before it, and how often that bar has occurred in a row."""

    def __init__(self, size: int, bar: int) -> None:
        """Start with `size` melodies without notes, in bars of `bar` steps."""
        self._bar = bar
        self._rows = [_Row() for _ in range(size)]

    def append(self, melody: int, onset: int, pitch: int) -> None:
        """Append the next note of the melody with this index."""
        row = self._rows[melody] = self._rows[melody].at(onset // self._bar)
        row.notes += ((onset % self._bar, pitch),)

    def repeating_pitch(self, onset: IntArray) -> IntArray:
        """Return the pitch that would repeat a bar too often for notes at `onset` (B, 1), shape (B, 1); -1 for none.

        Only the pitch that the repeated bar has at the same position can do so.
        """
        found = np.full((len(self._rows), 1), -1, dtype=np.int64)
        for row, step in enumerate(onset[:, 0].tolist()):
            rest = self._rows[row].at(step // self._bar).rest_of_repeated_bar()
            if rest is not None and rest[0][0] == step % self._bar:
                found[row] = rest[0][1]
        return found

    def repeating_onset(self) -> IntArray:
        """Return the onset, in this bar or the next, at which one more note could repeat a bar too often, (B, 1).

        It is the last onset of the repeated bar; -1 where there is none. A note at any other onset makes the bar
        differ, whatever its pitch.
        """
        found = np.full((len(self._rows), 1), -1, dtype=np.int64)
        for i, row in enumerate(self._rows):
            for number in (row.number, row.number + 1):
                rest = row.at(number).rest_of_repeated_bar()
                if rest is not None and len(rest) == 1:
                    found[i] = number * self._bar + rest[0][0]
        return found


class _Row:
    """One melody: number and notes of its bar, the notes of the bar before, and how often they occurred in a row."""

    __slots__ = ("before", "notes", "number", "run")

    def __init__(self, number: int = 0, notes: _Notes = (), before: _Notes | None = None, run: int = 0) -> None:
        self.number, self.notes, self.before, self.run = number, notes, before, run

    def at(self, number: int) -> _Row:
        """Return the row at the beginning of bar `number`; the row itself where that is its current bar."""
        row = self
        while row.number < number:
            if row.notes == row.before == ():  # a rest of any length in one step
                return _Row(number, (), (), row.run + number - row.number)
            row = _Row(row.number + 1, (), row.notes, row.run + 1 if row.notes == row.before else 1)
        return row

    def rest_of_repeated_bar(self) -> _Notes | None:
        """Return the notes that would make this bar one repeat too many; None where it differs or may repeat."""
        before, so_far = self.before, len(self.notes)
        if self.run < MOST_REPEATED_BARS or before is None or before[:so_far] != self.notes:
            return None
        return before[so_far:] or None
