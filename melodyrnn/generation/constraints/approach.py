"""The interval into the last note, as a layout tells it, and the pitch class from which it leads."""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...music.units import NUM_PITCH_CLASSES
from .base import Preference, State
from .last_note import LastNotes


class Approach(Preference):
    """The last note of each melody comes by its interval, where the other wishes leave such a pitch.

    The note before it is known by its end, which is the onset of the last note; where a rest comes between, the last
    note alone can follow the interval.
    """

    def __init__(self, last: LastNotes, interval: IntArray, before: IntArray) -> None:
        """Start with the interval into the last note, semitones, and the pitch class before it, -1 for any, (B, 1)."""
        self._onset, self._interval, self._before = last.onset, interval, before

    def preferred(self, field: str, state: State) -> Bools | None:
        if field != "pitch":
            return None
        leads = (state.pitch % NUM_PITCH_CLASSES == self._before) | (self._before < 0)
        comes = (state.pitch - state.last_pitch == self._interval) | bool(state.first)
        is_last, is_before = state.onset == self._onset, (state.end == self._onset) & (state.onset < self._onset)
        return np.where(is_last, comes, ~is_before | leads)
