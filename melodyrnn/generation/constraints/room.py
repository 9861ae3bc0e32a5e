"""How many successive events fit between a step and the last bar line.

Successive onsets are at least `smallest` steps apart, the smallest shift that can follow a note of the vocabulary, so
at most `steps // smallest` events fit into a number of steps.
"""

from __future__ import annotations

import numpy as np

from ...arrays import IntArray
from ...events.vocabulary import Vocabulary

Steps = int | IntArray  # one step for all melodies, or one for each, (B, 1)
_NEVER = np.int64(2) ** 30  # longer than any piece, for a note that is longer than every shift


class Room:
    """The room up to `end`, the step by which every new note has ended."""

    def __init__(self, vocabulary: Vocabulary, end: Steps) -> None:
        """Start with the step `end`, one for all melodies or one each, (B, 1)."""
        values = vocabulary.sorted_values
        self.end = end
        self._duration, shift = values["duration"], values["shift"]
        #: For each index of a duration, the index of the smallest shift that is not shorter; the number of shifts
        #: where there is none.
        self.next_shift = np.searchsorted(shift, self._duration)
        self._next_distance = np.append(shift, _NEVER)[self.next_shift]
        self.smallest = int(shift[(shift >= self._duration[0]) & (shift > 0)][0])

    def fits(self, steps: IntArray) -> IntArray:
        """Return how many events fit into a number of steps; arrays of any shape."""
        return np.maximum(steps, 0) // self.smallest

    def fits_from(self, onset: IntArray) -> IntArray:
        """Return how many events fit, the first of them at `onset`, (B, V)."""
        return self.fits(self.end - onset)

    def must_follow(self, onset: IntArray) -> IntArray:
        """Return how many events must follow a note at `onset`, whatever the constraints need, (B, 1)."""
        return np.zeros_like(onset)

    def after(self, onset: IntArray, duration: IntArray) -> IntArray:
        """Return how many events fit after a note; arrays of any shape; `duration` is in the vocabulary."""
        next_onset = onset + self._next_distance[np.searchsorted(self._duration, duration)]
        return self.fits(self.end - next_onset)
