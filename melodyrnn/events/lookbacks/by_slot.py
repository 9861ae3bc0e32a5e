"""Look-back by slot: repeats the music of k bars earlier where several parts sound together.

k bars before a position, the event that it proposes is the first that comes after what is already placed at this
onset, so that two notes of a chord point at the two notes of the earlier chord. Its candidate for the shift is the time
to that event; for the part, that event's part; once the part is known, for the other fields those of the part's first
such event. It was right where that event has the same pitch, drum or chord symbol.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import IntArray
from ..history import History
from ..parts.history import PartHistory, order_of


@dataclass(frozen=True, slots=True)
class SlotLookBack:
    """A look-back by `bars` bars in several parts."""

    bars: int

    @property
    def name(self) -> str:
        return f"slot{self.bars}"

    def begin(self, history: History, others: Sequence[SlotLookBack]) -> _State:
        return _State([self.bars, *(other.bars for other in others)], history)


class _State:
    def __init__(self, bars: Sequence[int], history: History) -> None:
        assert isinstance(history, PartHistory)
        self._history = history
        self._distance = np.array(bars, dtype=np.int64)[:, None] * history.bar
        self.run = np.zeros_like(self._distance)

    def append(self) -> None:
        history, last = self._history, self._history.length - 1
        part = history.part[:, last]
        source = self._first_of_part(history.last_onset, history.order_before, part)
        same = (source >= 0) & (history.value[history.rows, source] == history.value[:, last])
        self.run = np.where(same, self.run + 1, 0)

    def next_shift(self) -> IntArray:
        history = self._history
        spot = history.last_onset - self._distance
        following = history.first_after_position(spot, history.order)
        known = np.minimum(following, history.length - 1)
        is_there = (spot >= 0) & (following < history.length)
        return np.where(is_there, history.time[history.rows, known] - spot, -1)

    def source(self, onset: IntArray) -> IntArray:
        spot = onset - self._distance
        history = self._history
        return history.stands_at(history.first_after_position(spot, history.order_at(onset)), spot)

    def source_in(self, onset: IntArray, part: IntArray) -> IntArray:
        return self._first_of_part(onset, self._history.order_at(onset), part)

    def adapt(self, field: str, values: IntArray) -> IntArray:
        return values

    def _first_of_part(self, onset: IntArray, order: IntArray, part: IntArray) -> IntArray:
        """Return the index of the part's first event after what is placed, k bars before; -1 where there is none."""
        history, spot = self._history, onset - self._distance
        from_part = np.maximum(order, order_of(part, np.zeros_like(part)) - 1)
        index = history.stands_at(history.first_after_position(spot, from_part), spot)
        return np.where(history.part[history.rows, index] == part, index, -1)
