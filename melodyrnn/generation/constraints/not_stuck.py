"""Preferences against melodies that get stuck on one pitch, on one bar or in silence, with the limits of `compare`."""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...score.statistics import MOST_REPEATED_BARS, MOST_REPEATED_PITCHES
from .base import Preference, State
from .ending import UNREACHABLE
from .room import Steps


class NoEmptyBars(Preference):
    """Limits the number of bars in a row in which no note begins; a bar has `bar` steps."""

    def __init__(self, bar: int) -> None:
        self._bar = bar

    def preferred(self, field: str, state: State) -> Bools | None:
        if field == "shift":
            return state.onset // self._bar - state.last_onset // self._bar <= MOST_REPEATED_BARS + 1
        if field == "duration":
            return (state.end - 1) // self._bar - state.onset // self._bar <= MOST_REPEATED_BARS
        return None


class NotStuckOnPitch(Preference):
    """Limits how often one pitch occurs in a row.

    After the limit another pitch must follow. Where the piece must end on the repeated pitch, reaching it again takes
    `away` notes, by pitch (`ending.notes_away`); None where the piece may end on any pitch.
    """

    def __init__(self, away: IntArray | None, fixed_count: bool) -> None:
        """Store the limits. With `fixed_count`, a pitch is left one note earlier if it could not be reached again."""
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
            at_limit = (state.same_pitch == MOST_REPEATED_PITCHES - 1) & (state.room > 0)
            leave = leave | (at_limit & (self._away[state.pitch] > state.room))
        return ~(leave & (state.pitch == state.last_pitch))


class NotStuckOnBar(Preference):
    """Limits how often one bar occurs in a row, by another pitch for its last note or, in the last bar, another rhythm.

    In the last bar the pitch may be fixed, because the piece has to end on it.
    """

    def __init__(self, last_bar_line: Steps) -> None:
        self._line = last_bar_line

    def preferred(self, field: str, state: State) -> Bools | None:
        if field == "shift":
            return (state.onset != state.bars.repeating_onset()) | (state.onset < self._line)
        if field == "pitch":
            return state.pitch != state.bars.repeating_pitch(state.onset)
        return None
