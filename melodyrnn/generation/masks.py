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
from ..score.statistics import MOST_REPEATED_BARS, MOST_REPEATED_PITCHES
from .control import UNREACHABLE, Control
from .repeats import Repeats

Bools = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(slots=True)
class State:
    """Where each melody of a batch stands; arrays (B,)."""

    onset: IntArray  # of the last note, 0 before the first
    free: IntArray  # the step from which the next note may begin
    pitch: IntArray  # of the last note, sounding; -1 before the first
    count: IntArray  # new notes so far
    same_pitch: IntArray  # how often the last pitch has come in a row
    repeats: Repeats  # bars in a row, pitches sounding


class Masks:
    """The masks of a plan: `start` and `end` are the steps between which new notes stand, `bar` the steps of a bar."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        control: Control,
        start: int,
        end: int,
        bar: int,
        may_end: bool = True,
        guard: bool = True,
    ) -> None:
        """`may_end` is whether `end` is the end of the piece. Raises SettingError where wishes clash."""
        control.check()
        self._control, self._start, self._end, self._bar = control, start, end, bar
        self._may_end, self._guard = may_end, guard
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
        room = self._fits(self._end - onset)
        goes_on = (onset >= np.maximum(state.free, self._start)[:, None]) & (onset < self._end)
        goes_on &= (self._shift > 0)[None] | (state.pitch < 0)[:, None]
        if self._quota is not None:
            goes_on &= self._density_allows(state.count, onset)
        goes_on &= room >= self._to_go_on(state)[:, None]
        goes_on = self._lively(goes_on, state, onset)
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
        needed = np.maximum(self._to_go_on(state) - 1, 0)  # notes after this one
        next_onset = onset[:, None] + self._shift[None]
        could_follow = (next_onset < self._end) & (self._fits(self._end - next_onset) >= np.maximum(needed, 1)[:, None])
        must_follow = needed > 0
        if self._quota is not None:
            could_follow &= self._density_allows(state.count + 1, next_onset)
            must_follow |= state.count + 1 < self._quota[-1]
        # whether any shift from this one on could follow, then by duration
        some_from = np.flip(np.logical_or.accumulate(np.flip(could_follow, axis=1), axis=1), axis=1)
        some_from = np.concatenate([some_from, np.zeros((len(onset), 1), dtype=bool)], axis=1)
        note_end = onset[:, None] + self._duration[None]
        fits = note_end <= self._end
        if self._guard:
            fits = _spared(fits, (note_end - 1) // self._bar - onset[:, None] // self._bar > MOST_REPEATED_BARS)
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
            if self._guard and self._quota is not None:
                last = (state.same_pitch == MOST_REPEATED_PITCHES - 1) & (to_come > 0)
                caught = last[:, None] & (self._sounding[None] == state.pitch[:, None])
                allowed = _spared(allowed, caught & (control.notes_away[at][None] > to_come[:, None]))
        return allowed

    def unstuck(self, state: State, allowed: Bools, onset: IntArray) -> Bools:
        """Take away from `allowed` (B, V) the pitches that would get a melody stuck; never the last value of a row."""
        tired = state.same_pitch >= MOST_REPEATED_PITCHES
        worn = state.repeats.worn_pitch(onset)
        again = self._sounding[None] == state.pitch[:, None]
        kept = _spared(allowed, again & tired[:, None])
        return _spared(kept, self._sounding[None] == worn[:, None])

    def _lively(self, goes_on: Bools, state: State, onset: IntArray) -> Bools:
        """Without shifts over too many empty bars, and in the last bar, where the pitch may be no choice, without
        the rhythm that would end a worn bar as before; `onset` (B, V)."""
        if not self._guard:
            return goes_on
        gap = onset // self._bar - (state.onset // self._bar)[:, None] > MOST_REPEATED_BARS + 1
        again = (onset == state.repeats.worn_end()[:, None]) & (onset >= self._end - self._bar)
        return _spared(_spared(goes_on, gap), again)

    def _fits(self, room: IntArray) -> IntArray:
        return np.maximum(room, 0) // self._smallest

    def _needed(self, state: State) -> IntArray:
        """Fewest further notes after which a melody may end."""
        if not self._may_end:
            return np.zeros(len(state.pitch), dtype=np.int64)
        opening = int(self._control.notes_to_end[self._control.openings].min(initial=10_000)) + 1
        return np.where(state.pitch < 0, opening, self._control.notes_needed[np.maximum(state.pitch, 0)])

    def _to_go_on(self, state: State) -> IntArray:
        """Fewest further notes after which a melody may end if there is another note.

        A pitch that has come as often as it may must be left and, where it is the only one to end on, come back to.
        With a density the number of notes is fixed: `pitches` looks ahead instead.
        """
        needed = np.maximum(self._needed(state), 1)
        if not self._guard or not self._may_end or self._quota is not None:
            return needed
        away = self._control.notes_away[np.maximum(state.pitch, 0)]
        return np.where((state.same_pitch >= MOST_REPEATED_PITCHES) & (away < UNREACHABLE), away, needed)

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
            if not self._reaches_from_bar_to_bar():
                raise SettingError(
                    "density must be at least 1 for this model, which has seen no notes far enough apart for less. "
                    f"Received: {control.density:g}"
                )

    def _reaches_from_bar_to_bar(self) -> bool:
        """Whether from every place in a bar some shift leads into the next bar that is to have a note."""
        assert self._quota is not None
        filled = np.flatnonzero(np.diff(self._quota, prepend=0))
        landing = (np.arange(self._bar)[:, None] + self._shift[None]) // self._bar
        return all((landing == gap).any(axis=1).all() for gap in np.unique(np.diff(filled)).tolist())


def _spared(allowed: Bools, taken: Bools) -> Bools:
    """`allowed` (B, V) without `taken`, but for rows where that would leave nothing."""
    kept = allowed & ~taken
    return np.where(kept.any(axis=1, keepdims=True), kept, allowed)
