"""Look-back by bar: repeats the music of k bars earlier.

Its candidate for the shift is the time from the step k bars before the previous onset to the next onset after that
step. Its candidates for the other fields are those of the note exactly k bars before the new onset. It was right where
that note has the same pitch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import IntArray
from ..history import History


@dataclass(frozen=True, slots=True)
class BarLookBack:
    """A look-back by `bars` bars."""

    bars: int

    @property
    def name(self) -> str:
        return f"bar{self.bars}"

    def begin(self, history: History, others: Sequence[BarLookBack]) -> _State:
        return _State([self.bars, *(other.bars for other in others)], history)


class _State:
    def __init__(self, bars: Sequence[int], history: History) -> None:
        self._history = history
        self._distance = np.array(bars, dtype=np.int64)[:, None] * history.bar
        self.run = np.zeros_like(self._distance)

    def append(self) -> None:
        history = self._history
        source = self.source(history.last_onset)
        same = (source >= 0) & (history.pitch[history.rows, source] == history.pitch[:, history.length - 1])
        self.run = np.where(same, self.run + 1, 0)

    def next_shift(self) -> IntArray:
        history = self._history
        spot = history.last_onset - self._distance
        following = history.first_after(spot)
        distance = history.onset_of(following) - spot
        return np.where((spot >= 0) & (following < history.length), distance, -1)

    def source(self, onset: IntArray) -> IntArray:
        return self._history.note_at(onset - self._distance)

    def source_in(self, onset: IntArray, part: IntArray) -> IntArray:
        return self.source(onset)

    def adapt(self, field: str, values: IntArray) -> IntArray:
        return values
