"""What may come next: masks over the values of each field, from which every wish can still be met.

Shapes: B melodies, V values of a field. Steps are grid steps; N is how many new notes a melody has so far.
A note may begin once the one before it has ended and must end by the last bar line. At most `room // smallest` notes
fit into `room` steps, which tells whether the notes still needed (to come to an ending, to fill a bar's density) can
be placed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import SettingError
from ..events.vocabulary import Vocabulary
from ..music.keys import tonic_offset
from .control import Control

Bools = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

# The guard against getting stuck. In 99.9 % of 4,540 folk tunes a pitch comes at most 11 times in a row, and the bar
# before is copied for at most 2.4 bars on end.
MAX_SAME_PITCH = 16
MAX_SAME_BARS = 4


@dataclass(slots=True)
class State:
    """Where each melody of a batch stands; arrays (B,)."""

    onset: IntArray  # of the last note, 0 before the first
    free: IntArray  # the step from which the next note may begin
    pitch: IntArray  # of the last note, sounding; -1 before the first
    count: IntArray  # new notes so far
    same_pitch: IntArray  # how often the last pitch has come in a row
    same_since: IntArray  # onset since which every note equals the one a bar before, -1 where it does not


class Masks:
    """The masks of a plan: `start` and `end` are the steps between which new notes stand, `bar` the steps of a bar."""

    def __init__(
        self, vocabulary: Vocabulary, control: Control, start: int, end: int, bar: int, may_end: bool = True
    ) -> None:
        """`may_end` is whether `end` is the end of the piece. Raises SettingError where wishes clash."""
        control.check()
        self._control, self._start, self._end, self._bar = control, start, end, bar
        self._may_end = may_end
        values = vocabulary.sorted_values
        self._shift, self._duration = values["shift"], values["duration"]
        self._sounding = values["pitch"] + tonic_offset(control.key)
        usable = self._shift[(self._shift >= self._duration[0]) & (self._shift > 0)]
        self._smallest = int(usable[0])
        self._quota = self._quotas()
        self._check_vocabulary()

    def shifts(self, state: State) -> Bools:
        """(B, V + 1), the last column END. All false where nothing more fits."""
        onset = state.onset[:, None] + self._shift[None]
        needed = self._needed(state)[:, None]
        goes_on = (onset >= np.maximum(state.free, self._start)[:, None]) & (onset < self._end)
        goes_on &= self._fits(self._end - onset) >= np.maximum(needed, 1)
        goes_on &= (self._shift > 0)[None] | (state.pitch < 0)[:, None]
        if self._quota is not None:
            goes_on &= self._density_allows(state, onset)
        done = (state.count > 0) & (needed[:, 0] == 0)
        if self._quota is not None:
            done &= state.count == self._quota[-1]
        allowed = goes_on | ((onset >= self._end) & done[:, None])
        in_last_bar = (state.onset >= self._end - self._bar) & (state.onset >= self._start)
        end = done & in_last_bar & self._may_end
        return np.concatenate([allowed, end[:, None]], axis=1)

    def first_shift(self, state: State) -> Bools:
        """Like `shifts`, for a melody that begins at the first bar line."""
        allowed = self.shifts(state)
        return allowed & np.append(self._shift == self._start, False)[None]

    def durations(self, state: State, onset: IntArray) -> Bools:
        """(B, V), for notes that begin at `onset` (B,)."""
        limit = np.full(len(onset), self._end)
        if self._quota is not None:
            bar = (onset - self._start) // self._bar
            in_bar = self._quota[bar] - state.count - 1  # notes still to come in this bar
            limit = np.minimum(limit, self._start + (bar + 1) * self._bar - in_bar * self._smallest)
        rest = limit[:, None] - onset[:, None] - self._duration[None]
        needed = np.maximum(self._needed(state) - 1, 0)[:, None]
        after = self._fits(self._end - onset[:, None] - self._duration[None])
        return (rest >= 0) & (after >= needed)

    def pitches(self, state: State, end: IntArray) -> Bools:
        """(B, V), for notes that end at `end` (B,)."""
        control, first = self._control, state.pitch < 0
        at = np.clip(self._sounding, 0, 127)
        inside = (self._sounding >= 0) & (self._sounding <= 127)
        allowed = np.where(first[:, None], control.openings[at][None], control.pitches[at][None]) & inside
        if control.max_interval is not None:
            near = np.abs(self._sounding[None] - state.pitch[:, None]) <= control.max_interval
            allowed &= near | first[:, None]
        to_come = self._fits(self._end - end)
        if self._quota is not None:
            to_come = np.minimum(to_come, self._quota[-1] - state.count - 1)
        if self._may_end:
            allowed &= control.notes_to_end[at][None] <= to_come[:, None]
        return allowed

    def unstuck(self, state: State, allowed: Bools, bar_before: IntArray, onset: IntArray) -> Bools:
        """Take away what would go on for ever: `allowed` (B, V) pitches, `bar_before` (B,) the index one bar ago or -1.

        Never takes the last value of a row.
        """
        rows = np.arange(len(allowed))
        kept = allowed.copy()
        tired = state.same_pitch >= MAX_SAME_PITCH
        kept[tired] &= self._sounding[None] != state.pitch[tired, None]
        copied = (state.same_since >= 0) & (onset - state.same_since >= MAX_SAME_BARS * self._bar) & (bar_before >= 0)
        kept[rows[copied], bar_before[copied]] = False
        return np.where(kept.any(axis=1)[:, None], kept, allowed)

    def _fits(self, room: IntArray) -> IntArray:
        return np.maximum(room, 0) // self._smallest

    def _needed(self, state: State) -> IntArray:
        """Fewest further notes after which a melody may end."""
        if not self._may_end:
            return np.zeros(len(state.pitch), dtype=np.int64)
        opening = int(self._control.notes_to_end[self._control.openings].min(initial=10_000)) + 1
        return np.where(state.pitch < 0, opening, self._control.notes_needed[np.maximum(state.pitch, 0)])

    def _density_allows(self, state: State, onset: IntArray) -> Bools:
        """Whether a note at `onset` (B, V) leaves every bar its number of notes."""
        quota = self._quota
        assert quota is not None
        bar = np.clip((onset - self._start) // self._bar, 0, len(quota) - 1)
        before = np.where(bar > 0, quota[bar - 1], 0)
        count = state.count[:, None]
        bar_end = self._start + (bar + 1) * self._bar
        room = self._fits(bar_end - onset)
        return (count >= before) & (count < quota[bar]) & (quota[bar] - count <= room)

    def _quotas(self) -> IntArray | None:
        """Per bar how many notes there are by its end; None without a density."""
        density = self._control.density
        if density is None:
            return None
        num_bars = math.ceil((self._end - self._start) / self._bar)
        return np.array([math.ceil(density * (bar + 1) - 1e-9) for bar in range(num_bars)], dtype=np.int64)

    def _check_vocabulary(self) -> None:
        control = self._control
        known = self._sounding[(self._sounding >= 0) & (self._sounding <= 127)]
        if not control.openings[known].any() or not control.endings[known].any():
            low, high = int(known.min()), int(known.max())
            raise SettingError(
                f"range must hold pitches that this model has seen ({low} to {high} in {control.key}) and that fit "
                f"the other wishes. Received: {control.low} to {control.high}"
            )
        if self._quota is not None:
            most = self._bar // self._smallest
            if math.ceil(control.density or 0) > most or self._shift[-1] < self._bar:
                raise SettingError(
                    f"density and meter must let the notes into the bar: at most {most}. Received: {control.density:g}"
                )
