"""The state of growing pieces of several parts, from which the rules tell what may come next.

Shapes: B pieces, P parts of the vocabulary. Onsets and ends are in steps; values are those of the vocabulary, relative
to the tonic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Bools, IntArray
from ...events.parts.history import NOTHING
from ...events.until_next import UNTIL_NEXT
from ...music.units import NUM_PITCHES


@dataclass(slots=True)
class State:
    """The pieces so far.

    Attributes:
        onset: (B,) the onset of the last event, later by what was waited since; 0 before the first.
        part, value: (B,) of the last event at `onset`; `NOTHING` where none stands there.
        end: (B, P) where the last note of each part ends, as far as it is known: a note that lasts until the next of
            its part ends where that begins.
        sounding: (B, P, 128) where the last note of each part and pitch ends.
        last: (B, P) the value of the last event of each part, -1 before the first.
        before: (B, P) the value of its last event at an earlier onset than that; -1 where there is none.
        begun: (B, P) the onset of its last event; -1 before the first.
        in_bar: (B, P) new events of each part in its bar; `bar` (B,) is the number of that bar.
        at_onset: (B, P) new events of each part at `onset`.
        count: (B, P) new events of each part.
    """

    onset: IntArray
    part: IntArray
    value: IntArray
    end: IntArray
    sounding: IntArray
    last: IntArray
    before: IntArray
    begun: IntArray
    in_bar: IntArray
    bar: IntArray
    at_onset: IntArray
    count: IntArray

    @classmethod
    def empty(cls, size: int, num_parts: int) -> State:
        """Return the state of `size` pieces without events."""
        each, many = np.zeros(size, dtype=np.int64), np.zeros((size, num_parts), dtype=np.int64)
        sounding = np.zeros((size, num_parts, NUM_PITCHES), dtype=np.int64)
        nothing = each + NOTHING
        return cls(each, nothing, nothing, many, sounding, many - 1, many - 1, many - 1, many, each, many, many)

    def take(
        self, onset: IntArray, part: IntArray, value: IntArray, end: IntArray, is_new: Bools, bar: int, is_taken: Bools
    ) -> None:
        """Append an event (B,) to every piece where `is_taken`; `is_new` is whether it was drawn."""
        rows = np.flatnonzero(is_taken)
        part_, value_, end_, onset_ = part[rows], value[rows], end[rows], onset[rows]
        later = is_taken & (onset > self.onset)
        number = onset // bar
        at_onset = np.where((later | (self.part == NOTHING))[:, None], 0, self.at_onset)
        in_bar = np.where((is_taken & (number > self.bar))[:, None], 0, self.in_bar)
        self.bar = np.where(is_taken, number, self.bar)
        count, new = self.count.copy(), is_new[rows]
        for table in (at_onset, in_bar, count):
            table[rows, part_] += new
        self.at_onset, self.in_bar, self.count = at_onset, in_bar, count
        self.end, self.last, self.sounding = self.end.copy(), self.last.copy(), self.sounding
        self.before, self.begun = self.before.copy(), self.begun.copy()
        is_later = onset_ > self.begun[rows, part_]
        self.before[rows, part_] = np.where(is_later, self.last[rows, part_], self.before[rows, part_])
        self.begun[rows, part_] = onset_
        self.end[rows, part_] = np.where(end_ == UNTIL_NEXT, onset_ + 1, end_)
        self.last[rows, part_] = value_
        own = value_ < NUM_PITCHES
        self.sounding[rows[own], part_[own], value_[own]] = self.end[rows, part_][own]
        self.onset = np.where(is_taken, onset, self.onset)
        self.part, self.value = np.where(is_taken, part, self.part), np.where(is_taken, value, self.value)

    def wait(self, steps: IntArray) -> None:
        """Let time pass without an event, in steps (B,)."""
        self.onset = self.onset + steps
        self.part = np.where(steps > 0, NOTHING, self.part)
