"""The past of a batch of scores with several parts, and the context columns that are computed from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Columns, IntArray
from ...conditions.outline import Outline
from ...music.units import NUM_PITCH_CLASSES
from ..fields import FIELD_OF_KIND
from ..history import History
from ..inputs import MAX_INTERVAL
from ..past import Past
from ..vocabulary import Vocabulary
from .history import PartHistory
from .inputs import MAX_PLACED, MAX_STEPS
from .sounding import Sounding


class PartsPast(Past):
    """The events so far of a batch of B scores with P parts. Columns of what is given are left 0 (ahead.py)."""

    _history: PartHistory

    def __init__(self, vocabulary: Vocabulary, outlines: Sequence[Outline], max_notes: int) -> None:
        super().__init__(vocabulary, outlines, max_notes)
        self._sounding = Sounding(self._history, self.inputs.fields)
        place, start = self.inputs.place, len(self.inputs.before)
        self._sounded = place("sounded_0")
        names = ("class", "sounding", "lasting")
        self._class, self._top, self._lasting = (place(f"{name}_0") - start for name in names)
        self._bass = place("lowest_sounding") - start
        start += len(self.inputs.at)
        self._own = place("own_last") - start
        self._is_melodic = np.array([kind == "melodic" for kind in vocabulary.kinds])
        self._field_of_part = [FIELD_OF_KIND[kind] for kind in vocabulary.kinds]
        self._placed = np.zeros(self._history.last.shape, dtype=np.int64)  # events of each part at the last onset
        self._within = {
            name: slice(self.inputs.candidates(name).start - start, self.inputs.candidates(name).stop - start)
            for name in self.inputs.fields[2:]
        }

    def _begin_history(self, bar: IntArray, max_notes: int) -> History:
        slots = self.vocabulary.sorted_values["part"]
        return PartHistory(bar, self.inputs.fields, max_notes, slots, self.vocabulary.kinds)

    @property
    def _fields_at(self) -> tuple[str, ...]:
        return self.inputs.fields[1:2]

    def before(self) -> Columns:
        out = super().before()
        out[:, self._sounded : self._sounded + NUM_PITCH_CLASSES] = 1
        if len(self):
            sounds = self._sounding.classes(self._history.last_onset) > 0
            out[:, self._sounded : self._sounded + NUM_PITCH_CLASSES] += sounds
        return out

    def _add_last_note(self, out: Columns, last: int) -> None:
        """Fill the columns that describe the last event: its fields, its interval within the part, its pitch class."""
        history, index, rows = self._history, self.vocabulary.index, self._history.rows
        part = history.part[:, last]
        applies = self.inputs.applies[part]
        for place, name in enumerate(self.inputs.fields):
            out[:, place] = np.where(applies[:, place], index(name, history.values[:, last, place]) + 1, 0)
        value, before = history.value[:, last], history.previous[:, last]
        interval = np.clip(value - history.value[rows, before], -MAX_INTERVAL, MAX_INTERVAL) + MAX_INTERVAL + 1
        is_melodic = self._is_melodic[part]
        out[:, self._interval] = np.where(is_melodic & (before >= 0), interval, 0)
        out[:, self._pitch_class] = np.where(is_melodic, value % NUM_PITCH_CLASSES + 1, 0)

    def at(self, shift: IntArray) -> Columns:
        out = super().at(shift)
        onset = self._history.last_onset + shift
        classes = self._sounding.classes(onset)
        out[:, self._class : self._class + NUM_PITCH_CLASSES] = classes + 1
        highest, lasting = self._sounding.of_parts(onset)
        num_parts = highest.shape[1]
        out[:, self._top : self._top + num_parts] = self._indices(highest)
        out[:, self._lasting : self._lasting + num_parts] = lasting
        out[:, self._bass] = self.vocabulary.index("pitch", self._sounding.lowest(onset)) + 1
        return out

    def within(self, shift: IntArray, part: IntArray) -> Columns:
        """Return the columns that are known after the shift and the part (an index, (B,)), (B, len(inputs.within))."""
        history, rows = self._history, self._history.rows
        onset = history.last_onset + shift
        out = np.zeros((len(onset), len(self.inputs.within)), dtype=np.uint8)
        last = history.last[rows, part]
        now = onset == history.last_onset
        if history.length:
            self._add_candidates(out, onset, part)
            before = history.previous[rows, last]
            for place, source in ((0, last), (1, np.where(last >= 0, before, -1))):
                value = np.where((source >= 0) & self._is_melodic[part], history.value[rows, source], -1)
                out[:, self._own + place] = self.vocabulary.index("pitch", value) + 1
            gap = np.minimum(onset - history.time[rows, last], MAX_STEPS) + 1
            out[:, self._own + 2] = np.where(last >= 0, gap, 0)
        placed = np.where(now, self._placed[rows, part], 0)
        out[:, self._own + 3] = np.minimum(placed, MAX_PLACED) + 1
        return out

    def _add_candidates(self, out: Columns, onset: IntArray, part: IntArray) -> None:
        history, applies = self._history, self.inputs.applies[part]
        sources = [lookback.source_in(onset, part) for lookback in self._lookbacks]
        found = [history.values[history.rows, source] for source in sources]
        known = np.concatenate(sources) >= 0
        for place, name in enumerate(self.inputs.fields[2:], start=2):
            pairs = zip(self._lookbacks, found, strict=True)
            adapted = np.concatenate([lookback.adapt(name, values[..., place]) for lookback, values in pairs])
            index = self.vocabulary.index(name, adapted)
            out[:, self._within[name]] = np.where(known & applies[:, place], index, -1).T + 1

    def append(self, values: IntArray) -> None:
        history = self._history
        super().append(values)
        self._sounding.append()
        self._placed[history.shift[:, history.length - 1] > 0] = 0
        self._placed[history.rows, history.part[:, history.length - 1]] += 1

    def wait(self, steps: IntArray) -> None:
        super().wait(steps)
        self._placed[steps > 0] = 0

    def _update_extremes(self) -> None:
        history, last = self._history, self._history.length - 1
        pitch, is_melodic = history.value[:, last], self._is_melodic[history.part[:, last]]
        self._lowest = np.where(is_melodic, np.minimum(self._lowest, pitch), self._lowest)
        self._highest = np.where(is_melodic, np.maximum(self._highest, pitch), self._highest)

    def _indices(self, value: IntArray) -> IntArray:
        """Return the index + 1 of the values (B, P) of all parts, 0 where a value is -1."""
        return np.stack(
            [self.vocabulary.index(name, value[:, n]) + 1 for n, name in enumerate(self._field_of_part)], axis=1
        )


def past_of(vocabulary: Vocabulary, outlines: Sequence[Outline], max_notes: int) -> Past:
    """Return the empty past of scores of a vocabulary: with several parts or of single ones."""
    kind = PartsPast if vocabulary.parts else Past
    return kind(vocabulary, outlines, max_notes)
