"""Constraints and preferences, and the state of growing melodies on which they decide.

A constraint determines which values a field may take and how many further events it needs before the piece may end. A
preference determines which values are better; it is followed only where one of them is left.

Shapes: B melodies, V values of the field in question. Every array of a state and every result broadcasts to (B, V):
(B, 1) for one number per melody, (1, V) or (B, V) for one per value of the field. Onsets and ends are in steps, pitches
are sounding MIDI numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...arrays import Bools, IntArray
from .bars import BarHistory

END = "end"  # used like the name of a field: whether the piece may end now


def _nothing() -> IntArray:
    return np.zeros((1, 1), dtype=np.int64)


@dataclass(slots=True)
class State:
    """The notes so far of each melody, and its next note, which is drawn field by field.

    Attributes:
        first: whether there is no note yet, not even one of a primer.
        count: number of new notes so far.
        last_onset, last_end, last_pitch: of the last note; 0, 0 and -1 where there is none.
        same_pitch: how often the last pitch has occurred in a row.
        bars: which bars have occurred in a row.
        bar: steps in a bar.
        in_bar: number of notes so far in the bar of the last note.
        onset, end, pitch: of the next note, as far as they are drawn. While a field is decided, they hold what each of
            its values would give: `onset` for a shift, `end` for a duration, `pitch` for a pitch.
        room: the most events that fit after the next note; known when its pitch is decided.
    """

    first: bool
    count: IntArray
    last_onset: IntArray
    last_end: IntArray
    last_pitch: IntArray
    same_pitch: IntArray
    bars: BarHistory
    bar: int
    in_bar: IntArray = field(default_factory=_nothing)
    onset: IntArray = field(default_factory=_nothing)
    end: IntArray = field(default_factory=_nothing)
    pitch: IntArray = field(default_factory=_nothing)
    room: IntArray = field(default_factory=_nothing)

    @classmethod
    def empty(cls, size: int, bar: int) -> State:
        """Return the state of `size` melodies without notes, with bars of `bar` steps."""
        zeros = np.zeros((size, 1), dtype=np.int64)
        return cls(True, zeros, zeros, zeros, zeros - 1, zeros, BarHistory(size, bar), bar, zeros)

    def after_onset(self, onset: IntArray) -> State:
        """Return the state after the next note, with the note after it at `onset`; the last pitch is unknown."""
        last = self.onset
        so_far = self.in_bar_of(last) + 1
        count = self.count + 1
        return State(False, count, last, last, self.last_pitch, self.same_pitch, self.bars, self.bar, so_far, onset)

    def after_pitch(self, pitch: IntArray) -> State:
        """Return the state after the next note with `pitch`, as far as `needs` and `room` may read it."""
        so_far = self.in_bar_of(self.onset) + 1
        return State(False, self.count + 1, self.onset, self.end, pitch, self.same_pitch, self.bars, self.bar, so_far)

    def in_bar_of(self, onset: IntArray) -> IntArray:
        """Return how many notes so far are in the bar of `onset`, a step from the last note on; of its shape."""
        is_same = (onset // self.bar == self.last_onset // self.bar) & (not self.first)
        return np.where(is_same, self.in_bar, 0)

    def wait(self, steps: IntArray) -> None:
        """Let steps (B, 1) pass without a note: the next shift counts from that much later."""
        self.last_onset = self.last_onset + steps
        self.in_bar = np.where(steps > 0, 0, self.in_bar)

    def take(self, onset: IntArray, end: IntArray, pitch: IntArray, active: IntArray) -> None:
        """Append the drawn note, arrays (B, 1); only the bars of the `active` melodies are recorded."""
        self.same_pitch = np.where(pitch == self.last_pitch, self.same_pitch + 1, 1)
        for i in active.tolist():
            self.bars.append(i, int(onset[i, 0]), int(pitch[i, 0]))
        self.in_bar = self.in_bar_of(onset) + 1
        self.first, self.count = False, self.count + 1
        self.last_onset, self.last_end, self.last_pitch = onset, end, pitch


class Constraint:
    """A rule that every melody follows. A method returns None where it restricts nothing."""

    def allowed(self, field: str, state: State) -> Bools | None:
        """Return which values of a field are allowed; those of the shift do not include END."""
        return None

    def needs(self, state: State) -> IntArray | None:
        """Return the fewest further events after which the piece may end, counted from the notes that the state has.

        It may read `first`, `count` and the known attributes of the last note.
        """
        return None

    def room(self, state: State) -> IntArray | None:
        """Return the largest number of further events, counted from the notes that the state has."""
        return None


class Preference:
    """A rule that is followed where possible: it never excludes the last remaining value of a field."""

    def preferred(self, field: str, state: State) -> Bools | None:
        """Return which values of a field are preferred, or, for the field `END`, whether ending is."""
        return None

    def needs(self, state: State) -> IntArray | None:
        """Return the fewest further events after which the piece may end if at least one follows."""
        return None
