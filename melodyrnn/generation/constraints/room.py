"""How many events fit: between a step and the last bar line, one after another.

Events that come one after another are at least the smallest shift apart that a note of the vocabulary can be followed
by, so at most `steps // smallest` of them fit into a number of steps.
"""

from __future__ import annotations

import numpy as np

from ...arrays import IntArray
from ...events.vocabulary import Vocabulary

_NEVER = np.int64(2) ** 30  # a shift past every end, where no shift is as long as a note


class Room:
    """The room up to `end`, the step by which every new note has ended."""

    def __init__(self, vocabulary: Vocabulary, end: int) -> None:
        values = vocabulary.sorted_values
        self.end = end
        self._duration, shift = values["duration"], values["shift"]
        #: By index of a duration, the index of the smallest shift that lets the note end; the number of shifts where
        #: there is none.
        self.next_shift = np.searchsorted(shift, self._duration)
        self._next_distance = np.append(shift, _NEVER)[self.next_shift]
        self.smallest = int(shift[(shift >= self._duration[0]) & (shift > 0)][0])

    def fits(self, steps: IntArray) -> IntArray:
        """How many events fit into so many steps, of any shape."""
        return np.maximum(steps, 0) // self.smallest

    def after(self, onset: IntArray, duration: IntArray) -> IntArray:
        """How many events fit after a note, of any shape; `duration` is one of the vocabulary's."""
        next_onset = onset + self._next_distance[np.searchsorted(self._duration, duration)]
        return self.fits(self.end - next_onset)
