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
        # By duration the smallest shift that lets a note of it end; past every end where there is none.
        self._next_place = np.searchsorted(self._shift, self._duration)
        self._next_shift = np.append(self._shift, np.int64(2) ** 30)[self._next_place]
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
            goes_on &= self._density_allows(state.count, onset)
        # The last bar is not left empty, unless the last note reaches so far that no other fits.
        reaches = (state.free > self._end - self._bar) | ~goes_on.any(axis=1)
        done = (state.count > 0) & (needed[:, 0] == 0) & reaches
        if self._quota is not None:
            done &= state.count == self._quota[-1]
        allowed = goes_on | ((onset >= self._end) & done[:, None])
        end = done & self._may_end
        return np.concatenate([allowed, end[:, None]], axis=1)

    def first_shift(self, state: State) -> Bools:
        """Like `shifts`, for a melody that begins at the first bar line."""
        allowed = self.shifts(state)
        return allowed & np.append(self._shift == self._start, False)[None]

    def durations(self, state: State, onset: IntArray) -> Bools:
        """(B, V), for notes that begin at `onset` (B,)."""
        needed = np.maximum(self._needed(state) - 1, 0)  # notes after this one
        next_onset = onset[:, None] + self._shift[None]
        could_follow = (next_onset < self._end) & (self._fits(self._end - next_onset) >= np.maximum(needed, 1)[:, None])
        must_follow = needed > 0
        if self._quota is not None:
            could_follow &= self._density_allows(state.count + 1, next_onset)
            must_follow |= state.count + 1 < self._quota[-1]
        # whether any shift from this one on could follow, then by duration
        some_from = np.flip(np.logical_or.accumulate(np.flip(could_follow, axis=1), axis=1), axis=1)
        some_from = np.concatenate([some_from, np.zeros((len(onset), 1), dtype=bool)], axis=1)
        fits = onset[:, None] + self._duration[None] <= self._end
        return fits & (some_from[:, self._next_place] | ~must_follow[:, None])

    def pitches(self, state: State, onset: IntArray, duration: IntArray) -> Bools:
        """(B, V), for notes that begin at `onset` (B,) and last for `duration` (B,), a value of the vocabulary."""
        control, first = self._control, state.pitch < 0
        at = np.clip(self._sounding, 0, 127)
        inside = (self._sounding >= 0) & (self._sounding <= 127)
        allowed = np.where(first[:, None], control.openings[at][None], control.pitches[at][None]) & inside
        if control.max_interval is not None:
            near = np.abs(self._sounding[None] - state.pitch[:, None]) <= control.max_interval
            allowed &= near | first[:, None]
        following = onset + self._next_shift[np.searchsorted(self._duration, duration)]
        to_come = self._fits(self._end - following)
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
        return np.where(np.any(kept, axis=1, keepdims=True), kept, allowed)

    def _fits(self, room: IntArray) -> IntArray:
        return np.maximum(room, 0) // self._smallest

    def _needed(self, state: State) -> IntArray:
        """Fewest further notes after which a melody may end."""
        if not self._may_end:
            return np.zeros(len(state.pitch), dtype=np.int64)
        opening = int(self._control.notes_to_end[self._control.openings].min(initial=10_000)) + 1
        return np.where(state.pitch < 0, opening, self._control.notes_needed[np.maximum(state.pitch, 0)])

    def _density_allows(self, count: IntArray, onset: IntArray) -> Bools:
        """Whether a note at `onset` (B, V), after `count` (B,) others, leaves every bar its number of notes."""
        quota = self._quota
        assert quota is not None
        bar = np.clip((onset - self._start) // self._bar, 0, len(quota) - 1)
        before = np.where(bar > 0, quota[bar - 1], 0)
        count = count[:, None]
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
