"""What is given ahead: the columns of a context that depend on given events of the score (events/parts/inputs.py).

An event is given where it is not drawn: the notes of a part to accompany, or all notes outside the bars to fill. Given
events stand in the stream like any others; before they come, the network sees them through these columns. Shapes: G
given events of a score, N positions of which the columns are computed, P parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import AnyInts, Bools, IntArray
from ...music.units import NUM_PITCH_CLASSES
from ..fields import FIELD_OF_KIND
from ..inputs import Inputs
from ..until_next import UNTIL_NEXT
from ..vocabulary import Vocabulary
from .history import ORDERS, order_of
from .inputs import MAX_STEPS


@dataclass(frozen=True)
class Events:
    """The events of a score as columns, (num_events,), sorted by onset and order.

    Attributes:
        onset, end: in steps.
        part: index of the part.
        value: pitch, drum or chord symbol.
        index: the value's index in its field.
    """

    onset: IntArray
    end: IntArray
    part: IntArray
    value: IntArray
    index: IntArray

    @classmethod
    def of(cls, indices: IntArray, vocabulary: Vocabulary) -> Events:
        """Return the events of the indices (num_events, F) of a score, END left out."""
        known, fields = vocabulary.sorted_values, list(vocabulary.values)
        onset = np.cumsum(known["shift"][indices[:, 0]])
        part = indices[:, 1].astype(np.int64)
        of_kind = np.array([fields.index(FIELD_OF_KIND[kind]) for kind in vocabulary.kinds])[part]
        index = indices[np.arange(len(indices)), of_kind].astype(np.int64)
        value = np.zeros_like(index)
        for place in np.unique(of_kind):
            value = np.where(of_kind == place, known[fields[place]].take(index, mode="clip"), value)
        duration = known["duration"][indices[:, fields.index("duration")]]
        end = np.where(duration == UNTIL_NEXT, _next_onsets(onset, part), onset + duration)
        return cls(onset, end, part, value, index)

    @property
    def order(self) -> IntArray:
        """The order of each event at its onset."""
        return order_of(self.part, self.value)

    def __getitem__(self, mask: Bools) -> Events:
        return Events(self.onset[mask], self.end[mask], self.part[mask], self.value[mask], self.index[mask])


def _next_onsets(onset: IntArray, part: IntArray) -> IntArray:
    """Return for each event the next later onset of its part; a step after every other where there is none."""
    out = np.full(len(onset), np.int64(1) << 40)
    for number in np.unique(part):
        own = np.flatnonzero(part == number)
        times = onset[own]
        out[own] = np.append(times, np.int64(1) << 40)[np.searchsorted(times, times, side="right")]
    return out


class Ahead:
    """Computes the columns of what is given for one score."""

    def __init__(self, given: Events, inputs: Inputs, is_melodic: Bools) -> None:
        """Use the given events; `is_melodic` says which parts hold pitches."""
        self._num_parts = len(is_melodic)
        self._of_part = [given[given.part == part] for part in range(self._num_parts)]
        self._keys = [own.onset * ORDERS + own.order for own in self._of_part]
        self._is_melodic = is_melodic
        self._place = inputs.place

    def before(self, onset: IntArray, order: IntArray, out: AnyInts) -> None:
        """Fill the columns that are known before the shift, of positions after the events at (onset, order), (N,).

        `out` is the context, (N, at least the columns before the shift).
        """
        gap, ahead = self._place("gap_0"), self._place("ahead_0")
        for part, own in enumerate(self._of_part):
            if not len(own.onset):
                continue
            following = np.searchsorted(self._keys[part], onset * ORDERS + order, side="right")
            is_there = following < len(own.onset)
            following = np.minimum(following, len(own.onset) - 1)
            steps = np.minimum(own.onset[following] - onset, MAX_STEPS) + 1
            out[:, gap + part] = np.where(is_there, steps, 0)
            out[:, ahead + part] = np.where(is_there, own.index[following] + 1, 0)

    def at(self, onset: IntArray, out: AnyInts) -> None:
        """Fill the columns that are known once the onset (N,) is; `out` is the context, (N, num_columns)."""
        classes = np.zeros((len(onset), NUM_PITCH_CLASSES), dtype=bool)
        given, sounds, gap, after = (self._place(f"{name}_0") for name in ("given", "with", "gap_after", "after"))
        for part, own in enumerate(self._of_part):
            if not len(own.onset):
                continue
            stop = np.searchsorted(own.onset, onset, side="right")
            last = np.maximum(stop - 1, 0)
            is_sounding = (stop > 0) & (own.end[last] > onset)
            out[:, sounds + part] = np.where(is_sounding, own.index[last] + 1, 0)
            is_there = stop < len(own.onset)
            following = np.minimum(stop, len(own.onset) - 1)
            steps = np.minimum(own.onset[following] - onset, MAX_STEPS) + 1
            out[:, gap + part] = np.where(is_there, steps, 0)
            out[:, after + part] = np.where(is_there, own.index[following] + 1, 0)
            if self._is_melodic[part]:
                _add_classes(classes, own, onset, stop)
        if any(len(own.onset) for own in self._of_part):
            out[:, given : given + NUM_PITCH_CLASSES] = classes + 1


_REACH = 8  # of the last events of a part, those that may still sound


def _add_classes(classes: Bools, own: Events, onset: IntArray, stop: IntArray) -> None:
    """Mark the pitch classes, (N, 12), that the part sounds at the onsets; `stop` is the first event after each."""
    for back in range(1, _REACH + 1):
        place = np.maximum(stop - back, 0)
        rows = np.flatnonzero((stop >= back) & (own.end[place] > onset))
        classes[rows, own.value[place[rows]] % NUM_PITCH_CLASSES] = True


def add_given(
    context: AnyInts, events: Events, is_given: Bools, vocabulary: Vocabulary, inputs: Inputs, first: int = 0
) -> None:
    """Fill the columns of what is given in rows of the context of a finished score.

    Args:
        context: (num_rows, num_columns), from row `first` of the score's context on; the row after the last event is
            that of END.
        events: all events of the score.
        is_given: which of them are given, (num_events,).
    """
    ahead = Ahead(events[is_given], inputs, np.array([kind == "melodic" for kind in vocabulary.kinds]))
    rows = np.arange(first, first + len(context))
    before = np.maximum(rows - 1, 0)
    onset = np.where(rows > 0, events.onset[before], 0)
    ahead.before(onset, np.where(rows > 0, events.order[before], -1), context)
    num_events = np.count_nonzero(rows < len(events.onset))
    ahead.at(events.onset[rows[:num_events]], context[:num_events])
