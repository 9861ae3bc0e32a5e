"""The longest earlier match of the last events of a batch of scores, kept up to date event by event.

Shapes: B scores. Each event is described by one number; events match where their numbers are equal.
"""

from __future__ import annotations

import numpy as np

from ...arrays import IntArray


class Matches:
    """The longest match of each score.

    Attributes:
        longest: (B,) length of the longest run of events that ends earlier and equals the run that ends at the last
            event.
        source: (B,) index of the event after that run, of the latest of several; -1 where nothing matches.
    """

    def __init__(self, size: int, max_notes: int) -> None:
        """Start `size` scores of at most `max_notes` events without events."""
        self.longest = np.zeros(size, dtype=np.int64)
        self.source = np.full(size, -1, dtype=np.int64)
        self._number = np.zeros((size, max_notes), dtype=np.int64)
        # Element j: the length of the longest run ending at event j that equals the run ending at the last event.
        self._match = np.zeros((size, max_notes), dtype=np.int16)

    def append(self, last: int, number: IntArray) -> None:
        """Append the event with index `last`, which is at least 1; `number` (B,) describes it."""
        self._number[:, last] = number
        if last < 2:
            return
        # One pass over the past turns the matches at the previous event into those at this event.
        match = self._match[:, 1:last]
        same = self._number[:, 1:last] == number[:, None]
        match[:, 1:] = match[:, :-1].copy()
        match[:, 0] = 0
        match += 1
        match *= same
        longest = match.max(axis=1)
        latest = match.shape[1] - 1 - np.argmax(match[:, ::-1] == longest[:, None], axis=1)
        self.source = np.where(longest > 0, latest + 2, -1)
        self.longest = longest
