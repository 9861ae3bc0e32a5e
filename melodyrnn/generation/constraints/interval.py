"""The largest interval between successive notes."""

from __future__ import annotations

import numpy as np

from ...arrays import Bools
from .base import Constraint, State


class Interval(Constraint):
    """Successive pitches are at most `largest` semitones apart."""

    def __init__(self, largest: int) -> None:
        self._largest = largest

    def allowed(self, field: str, state: State) -> Bools | None:
        if field != "pitch" or state.first:
            return None
        return np.abs(state.pitch - state.last_pitch) <= self._largest
