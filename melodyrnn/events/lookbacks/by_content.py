"""Look-back by content: repeats what followed the longest earlier match of the last notes.

The last notes, as (interval, shift) pairs, are compared with every earlier passage. The longest match counts, and of
equally long matches the latest. The note that followed it is the candidate, with its pitch taken as an interval. Cf.
the short-term model of PPM* (Cleary and Teahan 1997; Pearce 2005), with interval and inter-onset pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import IntArray
from ..history import History

_MAX_INTERVAL, _MAX_SHIFT = 256, 4096  # limits, so that a pair fits into one number


@dataclass(frozen=True, slots=True)
class ContentLookBack:
    """The look-back by content."""

    name: str = "content"

    def begin(self, history: History, others: Sequence[ContentLookBack]) -> _State:
        return _State(history)


class _State:
    def __init__(self, history: History) -> None:
        size, max_notes = history.values.shape[:2]
        self._history = history
        self._pair = np.zeros((size, max_notes), dtype=np.int64)  # (interval, shift) of each note, as one number
        # Element j: the length of the longest run ending at note j that equals the run ending at the last note.
        self._match = np.zeros((size, max_notes), dtype=np.int16)
        self._source = np.full((1, size), -1, dtype=np.int64)
        self.run = np.zeros((1, size), dtype=np.int64)

    def append(self) -> None:
        history, last = self._history, self._history.length - 1
        if last:
            interval = history.pitch[:, last] - history.pitch[:, last - 1]
            shift = np.minimum(history.shift[:, last], _MAX_SHIFT - 1)
            self._pair[:, last] = (interval + _MAX_INTERVAL) * _MAX_SHIFT + shift
        if last < 2:
            return
        # One pass over the past turns the matches at the previous note into those at this note.
        match = self._match[:, 1:last]
        same = self._pair[:, 1:last] == self._pair[:, last, None]
        match[:, 1:] = match[:, :-1].copy()
        match[:, 0] = 0
        match += 1
        match *= same
        longest = match.max(axis=1)
        latest = match.shape[1] - 1 - np.argmax(match[:, ::-1] == longest[:, None], axis=1)
        self._source = np.where(longest > 0, latest + 2, -1)[None]
        self.run = longest[None]

    def next_shift(self) -> IntArray:
        history = self._history
        followed = history.shift[history.rows, self._source]
        return np.where(self._source >= 0, followed, -1)

    def source(self, onset: IntArray) -> IntArray:
        return self._source

    def adapt(self, field: str, values: IntArray) -> IntArray:
        if field != "pitch":
            return values
        history = self._history
        before = history.pitch[history.rows, np.maximum(self._source, 1) - 1]
        return history.pitch[:, history.length - 1] + values - before
