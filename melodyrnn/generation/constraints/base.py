"""What a constraint is, and the state of growing melodies that it is asked about.

A constraint says which values a field may take and how many further events it needs before the piece may end. A
preference says which values are better, and is followed only where one of them is left.

Shapes: B melodies, V values of the field that is being asked for. Every array of a state, and every answer, broadcasts
to (B, V): (B, 1) where there is one number a melody, (1, V) or (B, V) where there is one for each value of the field.
Onsets and ends are in steps, pitches are as they sound.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...arrays import Bools, IntArray
from .bars import BarHistory

END = "end"  # asked for like a field: whether the piece may end instead of going on


def _nothing() -> IntArray:
    return np.zeros((1, 1), dtype=np.int64)


@dataclass(slots=True)
class State:
    """The notes that each melody has, and the note that is being filled, field by field.

    Attributes:
        first: whether there is no note yet, those of a primer counted.
        count: new notes so far.
        last_onset, last_end, last_pitch: of the last note; 0, 0 and -1 where there is none.
        same_pitch: how often the last pitch has come in a row.
        bars: which bars have come in a row.
        onset, end, pitch: of the note being filled, as far as they are drawn. While a field is asked for, they hold
            what each of its values would give: `onset` for a shift, `end` for a duration, `pitch` for a pitch.
        room: the most events that can come after the note being filled; known when its pitch is asked for.
    """

    first: bool
    count: IntArray
    last_onset: IntArray
    last_end: IntArray
    last_pitch: IntArray
    same_pitch: IntArray
    bars: BarHistory
    onset: IntArray = field(default_factory=_nothing)
    end: IntArray = field(default_factory=_nothing)
    pitch: IntArray = field(default_factory=_nothing)
    room: IntArray = field(default_factory=_nothing)

    @classmethod
    def empty(cls, size: int, bar: int) -> State:
        """The state of `size` melodies without notes, with bars of `bar` steps."""
        zeros = np.zeros((size, 1), dtype=np.int64)
        return cls(True, zeros, zeros, zeros, zeros - 1, zeros, BarHistory(size, bar))

    def after_onset(self, onset: IntArray) -> State:
        """The state in which the note after the one being filled would begin at `onset`; its last pitch is unknown."""
        last = self.onset
        return State(False, self.count + 1, last, last, self.last_pitch, self.same_pitch, self.bars, onset)

    def after_pitch(self, pitch: IntArray) -> State:
        """The state after the note being filled if it had `pitch`, as far as `needs` and `room` may ask about it."""
        return State(False, self.count + 1, self.onset, self.end, pitch, self.same_pitch, self.bars)

    def take(self, onset: IntArray, end: IntArray, pitch: IntArray, active: IntArray) -> None:
        """Take the note as it was drawn, arrays (B, 1); the bars of the `active` melodies alone are kept."""
        self.same_pitch = np.where(pitch == self.last_pitch, self.same_pitch + 1, 1)
        for i in active.tolist():
            self.bars.append(i, int(onset[i, 0]), int(pitch[i, 0]))
        self.first, self.count = False, self.count + 1
        self.last_onset, self.last_end, self.last_pitch = onset, end, pitch


class Constraint:
    """A rule that every melody keeps. Each question may be left unanswered: None is "anything"."""

    def allowed(self, field: str, state: State) -> Bools | None:
        """Which values of a field may come; the shift's do not include END."""
        return None

    def needs(self, state: State) -> IntArray | None:
        """The fewest further events after which the piece may end, counted from the notes that the state has.

        It may use `first`, `count` and what is known of the last note.
        """
        return None

    def room(self, state: State) -> IntArray | None:
        """The most further events that may come, counted from the notes that the state has."""
        return None


class Preference:
    """A rule that is kept where it can be: it never takes the last value of a field."""

    def preferred(self, field: str, state: State) -> Bools | None:
        """Which values of a field are to be chosen from, or, for the field `END`, whether ending is among them."""
        return None

    def needs(self, state: State) -> IntArray | None:
        """The fewest further events after which the piece may end if another event comes at all."""
        return None
