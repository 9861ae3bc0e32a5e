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
from .matches import Matches

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
        self._matches = Matches(size, max_notes)

    @property
    def run(self) -> IntArray:
        return self._matches.longest[None]

    def append(self) -> None:
        history, last = self._history, self._history.length - 1
        if last:
            interval = history.pitch[:, last] - history.pitch[:, last - 1]
            shift = np.minimum(history.shift[:, last], _MAX_SHIFT - 1)
            self._matches.append(last, (interval + _MAX_INTERVAL) * _MAX_SHIFT + shift)

    def next_shift(self) -> IntArray:
        history, source = self._history, self._matches.source
        return np.where(source >= 0, history.shift[history.rows, source], -1)[None]

    def source(self, onset: IntArray) -> IntArray:
        return self._matches.source[None]

    def source_in(self, onset: IntArray, part: IntArray) -> IntArray:
        return self.source(onset)

    def adapt(self, field: str, values: IntArray) -> IntArray:
        if field != "pitch":
            return values
        history = self._history
        before = history.pitch[history.rows, np.maximum(self._matches.source, 1) - 1]
        return history.pitch[:, history.length - 1] + values - before
