"""Not stuck: not on one pitch, not on one bar, and not in silence. The limits are those that `compare` counts by."""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...score.statistics import MOST_REPEATED_BARS, MOST_REPEATED_PITCHES
from .base import Preference, State
from .ending import UNREACHABLE


class NoEmptyBars(Preference):
    """Not too many bars in a row in which no note begins; `bar` is the steps of a bar."""

    def __init__(self, bar: int) -> None:
        self._bar = bar

    def preferred(self, field: str, state: State) -> Bools | None:
        if field == "shift":
            return state.onset // self._bar - state.last_onset // self._bar <= MOST_REPEATED_BARS + 1
        if field == "duration":
            return (state.end - 1) // self._bar - state.onset // self._bar <= MOST_REPEATED_BARS
        return None


class NotStuckOnPitch(Preference):
    """Not the same pitch too often in a row.

    A pitch that has come as often as it may must be left and, where it is the only one to end on, come back to; that
    takes `away` notes, by pitch (`ending.notes_away`). None where the piece may end on any note.
    """

    def __init__(self, away: IntArray | None, fixed_count: bool) -> None:
        """With a fixed number of notes the pitch is left one note earlier where later there would be no room for it."""
        self._away = away
        self._looks_ahead = fixed_count
        self._needs = None if away is None or fixed_count else np.where(away < UNREACHABLE, away, 0)

    def needs(self, state: State) -> IntArray | None:
        if self._needs is None:
            return None
        return np.where(state.same_pitch >= MOST_REPEATED_PITCHES, self._needs[state.last_pitch], 0)

    def preferred(self, field: str, state: State) -> Bools | None:
        if field != "pitch":
            return None
        leave: Bools = state.same_pitch >= MOST_REPEATED_PITCHES
        if self._away is not None and self._looks_ahead:
            last_time = (state.same_pitch == MOST_REPEATED_PITCHES - 1) & (state.room > 0)
            leave = leave | (last_time & (self._away[state.pitch] > state.room))
        return ~(leave & (state.pitch == state.last_pitch))


class NotStuckOnBar(Preference):
    """Not the same bar too often in a row: its last pitch is another one, or, in the last bar, its rhythm.

    There the pitch may be no choice, since the piece has to end.
    """

    def __init__(self, last_bar_line: int) -> None:
        self._line = last_bar_line

    def preferred(self, field: str, state: State) -> Bools | None:
        if field == "shift":
            return (state.onset != state.bars.repeating_onset()) | (state.onset < self._line)
        if field == "pitch":
            return state.pitch != state.bars.repeating_pitch(state.onset)
        return None
