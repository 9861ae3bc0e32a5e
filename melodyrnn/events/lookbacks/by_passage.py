"""Look-back by passage: repeats what followed the longest earlier match, of all parts together and of each part alone.

Before the part is known, the last events, as (interval, shift, part) triples, are compared with every earlier passage,
as in the look-back by content; once it is known, the last notes of that part, as (interval, inter-onset) pairs. The
event that followed the longest match is the candidate, its pitch taken as an interval within the part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import IntArray
from ..history import History
from ..parts.history import PartHistory
from .matches import Matches

_MAX_INTERVAL, _MAX_SHIFT, _MAX_PARTS = 1 << 15, 4096, 32  # limits, so that a triple fits into one number
_NO_PAIR = -1  # of the first note of a part, which no other equals


@dataclass(frozen=True, slots=True)
class PassageLookBack:
    """The look-back by passage."""

    name: str = "passage"

    def begin(self, history: History, others: Sequence[PassageLookBack]) -> _State:
        return _State(history)


class _State:
    def __init__(self, history: History) -> None:
        assert isinstance(history, PartHistory)
        size, max_notes = history.values.shape[:2]
        self._history = history
        self._stream = Matches(size, max_notes)
        self._pair = np.full((size, max_notes), _NO_PAIR)  # (interval, inter-onset) within the part, as one number
        self._match = np.zeros((size, max_notes), dtype=np.int16)  # as in `Matches`, for the notes of each part apart
        self._own = np.full(history.last.shape, -1)
        self._chosen = np.full(size, -1)
        self._part = np.zeros(size, dtype=np.int64)

    @property
    def run(self) -> IntArray:
        return self._stream.longest[None]

    def append(self) -> None:
        history, now = self._history, self._history.length - 1
        if now:
            interval = history.value[:, now] - history.value[:, now - 1]
            shift = np.minimum(history.shift[:, now], _MAX_SHIFT - 1)
            pair = (interval + _MAX_INTERVAL) * _MAX_SHIFT + shift
            self._stream.append(now, pair * _MAX_PARTS + history.part[:, now])
        self._append_to_part(now)

    def _append_to_part(self, now: int) -> None:
        history, rows = self._history, self._history.rows
        part, before = history.part[:, now], history.previous[:, now]
        interval = history.value[:, now] - history.value[rows, before]
        distance = np.minimum(history.time[:, now] - history.time[rows, before], _MAX_SHIFT - 1)
        pair = np.where(before >= 0, (interval + _MAX_INTERVAL) * _MAX_SHIFT + distance, _NO_PAIR)
        self._pair[:, now] = pair
        if not now:
            return
        in_part = history.part[:, :now] == part[:, None]
        same = in_part & (self._pair[:, :now] == pair[:, None]) & (pair != _NO_PAIR)[:, None]
        previous = history.previous[:, :now]
        match = np.take_along_axis(self._match, np.maximum(previous, 0), axis=1)
        match = np.where(same, match + 1, 0)
        self._match[:, :now] = np.where(in_part, match, self._match[:, :now])
        longest = match.max(axis=1)
        latest = now - 1 - np.argmax(match[:, ::-1] == longest[:, None], axis=1)
        self._own[rows, part] = np.where(longest > 0, history.following[rows, latest], -1)

    def next_shift(self) -> IntArray:
        history, source = self._history, self._stream.source
        return np.where(source >= 0, history.shift[history.rows, source], -1)[None]

    def source(self, onset: IntArray) -> IntArray:
        history, source = self._history, self._stream.source
        is_there = (source >= 0) & (history.shift[history.rows, source] == onset - history.last_onset)
        return np.where(is_there, source, -1)[None]

    def source_in(self, onset: IntArray, part: IntArray) -> IntArray:
        self._part, self._chosen = part, self._own[self._history.rows, part]
        return self._chosen[None]

    def adapt(self, field: str, values: IntArray) -> IntArray:
        if field != "pitch":
            return values
        history, rows = self._history, self._history.rows
        last = history.value[rows, history.last[rows, self._part]]
        return last + values - history.value[rows, history.previous[rows, self._chosen]]
