"""New notes begin and end between two steps; there are enough of them, and the last bar is not empty."""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from .base import END, Constraint, Preference, State
from .room import Steps


class Span(Constraint):
    """New notes stand between the steps `start` and `end`. A piece without a primer begins at `start`."""

    def __init__(self, start: Steps, end: Steps, min_notes: int = 1) -> None:
        self._start, self._end, self._min_notes = start, end, min_notes

    def allowed(self, field: str, state: State) -> Bools | None:
        if field == "shift" and state.first:
            return (state.onset == self._start) & (state.onset < self._end)
        if field == "shift":
            return (state.onset >= self._start) & (state.onset < self._end)
        return state.end <= self._end if field == "duration" else None

    def needs(self, state: State) -> IntArray | None:
        return np.maximum(self._min_notes - state.count, 0)


class FilledLastBar(Preference):
    """A piece ends when its last note reaches into the last bar."""

    def __init__(self, last_bar_line: Steps) -> None:
        self._line = last_bar_line

    def preferred(self, field: str, state: State) -> Bools | None:
        return state.last_end > self._line if field == END else None
