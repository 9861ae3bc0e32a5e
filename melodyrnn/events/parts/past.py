"""The past of a batch of scores with several parts, and the context columns that are computed from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Columns, IntArray
from ...conditions.outline import Outline
from ...music.units import NUM_PITCH_CLASSES
from ..columns import MAX_INTERVAL
from ..fields import FIELD_OF_KIND
from ..history import History
from ..past import Past
from ..vocabulary import Vocabulary
from .history import PartHistory
from .inputs import MAX_PLACED, MAX_STEP, MAX_STEPS
from .sounding import Sounding

PLAYS = "plays"  # the value in an outline that says which parts play, bool (P,)


class PartsPast(Past):
    """The events so far of a batch of B scores with P parts. Columns of what is given are left 0 (ahead.py)."""

    _history: PartHistory

    def __init__(self, vocabulary: Vocabulary, outlines: Sequence[Outline], max_notes: int) -> None:
        super().__init__(vocabulary, outlines, max_notes)
        self._sounding = Sounding(self._history, self.inputs.fields)
        place, start = self.inputs.place, len(self.inputs.before)
        self._before = {column: place(column) for column in self.inputs.before}
        self._class, self._top, self._lasting, self._placed_at = (
            place(f"{name}_0") - start for name in ("class", "sounding", "lasting", "placed")
        )
        self._lowest_sounding = place("lowest_sounding") - start
        start += len(self.inputs.at)
        self._own = place("own_last") - start
        self._is_melodic = np.array([kind == "melodic" for kind in vocabulary.kinds])
        self._field_of_part = [FIELD_OF_KIND[kind] for kind in vocabulary.kinds]
        self._placed = np.zeros(self._history.last.shape, dtype=np.int64)  # events of each part at the last onset
        self._placed_before = self._placed.copy()  # and at the onset before that
        unknown = np.full(len(vocabulary.kinds), -1)
        plays = [outline.values.get(PLAYS, unknown) for outline in outlines]
        self._plays = np.array(plays, dtype=np.int64) + 1
        self._waited = np.zeros(len(outlines), dtype=np.int64)  # steps since the last onset that were waited
        self._gaps = np.zeros((2, len(outlines)), dtype=np.int64)
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

    @property
    def order(self) -> IntArray:
        """The order of the last event at its onset, (B,); `NOTHING` where time has passed since."""
        return self._history.order

    def before(self) -> Columns:
        out = super().before()
        history, num_parts = self._history, self._history.last.shape[1]
        onset = history.last_onset
        classes, state = self._before["sounded_0"], self._before["state_0"]
        out[:, classes : classes + NUM_PITCH_CLASSES] = 1
        out[:, self._before["plays_0"] : self._before["plays_0"] + num_parts] = self._plays
        if not history.length:
            return out
        out[:, classes : classes + NUM_PITCH_CLASSES] += self._sounding.classes(onset) > 0
        highest, _ = self._sounding.of_parts(onset)
        out[:, state : state + num_parts] = self._indices(highest)
        over = self._before["over_0"]
        out[:, over : over + num_parts] = self._over(highest, self._sounding.lowest(onset))
        latest = history.time[history.rows[:, None], history.last]
        since = np.where(history.last >= 0, np.minimum(onset[:, None] - latest, MAX_STEPS) + 1, 0)
        out[:, self._before["since_0"] : self._before["since_0"] + num_parts] = since
        self._add_lines(out)
        out[:, self._before["before_0"] : self._before["before_0"] + num_parts] = 1 + (self._placed_before > 0)
        out[:, self._before["onset_gap"]] = np.minimum(self._gaps[0], MAX_STEPS) + 1
        out[:, self._before["onset_gap_before"]] = np.minimum(self._gaps[1], MAX_STEPS) + 1
        return out

    def _add_lines(self, out: Columns) -> None:
        """Fill the columns of the last interval and inter-onset time of each part."""
        history, rows, num_parts = self._history, self._history.rows[:, None], self._history.last.shape[1]
        last = history.last
        before = np.where(last >= 0, history.previous[rows, last], -1)
        length = np.minimum(history.time[rows, last] - history.time[rows, before], MAX_STEPS) + 1
        step = np.clip(history.value[rows, last] - history.value[rows, before], -MAX_STEP, MAX_STEP) + MAX_STEP + 1
        for name, values in (("length_0", length), ("step_0", step)):
            out[:, self._before[name] : self._before[name] + num_parts] = np.where(before >= 0, values, 0)

    def _over(self, value: IntArray, lowest: IntArray) -> IntArray:
        """Return the semitones from the lowest pitch, (B,), to values (B, P), modulo 12, + 1; 0 for no pitch."""
        is_pitch = (value >= 0) & self._is_melodic & (lowest >= 0)[:, None]
        return np.where(is_pitch, (value - lowest[:, None]) % NUM_PITCH_CLASSES + 1, 0)

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
        is_last = (shift == 0) & (self._waited == 0)
        placed = is_last[:, None] & (self._placed > 0)
        out[:, self._placed_at : self._placed_at + num_parts] = 1 + placed
        for place, extreme in enumerate((self._sounding.lowest(onset), self._highest_of(highest))):
            out[:, self._lowest_sounding + place] = self.vocabulary.index("pitch", extreme) + 1
        return out

    def _highest_of(self, highest: IntArray) -> IntArray:
        """Return the highest pitch of those of the parts (B, P), (B,); -1 where none sounds."""
        return np.where(self._is_melodic, highest, -1).max(axis=1)

    def within(self, shift: IntArray, part: IntArray) -> Columns:
        """Return the columns that are known after the shift and the part (an index, (B,)), (B, len(inputs.within))."""
        history, rows = self._history, self._history.rows
        onset = history.last_onset + shift
        out = np.zeros((len(onset), len(self.inputs.within)), dtype=np.uint8)
        last = history.last[rows, part]
        if history.length:
            self._add_candidates(out, onset, part)
            before = history.previous[rows, last]
            for place, source in ((0, last), (1, np.where(last >= 0, before, -1))):
                value = np.where((source >= 0) & self._is_melodic[part], history.value[rows, source], -1)
                out[:, self._own + place] = self.vocabulary.index("pitch", value) + 1
            gap = np.minimum(onset - history.time[rows, last], MAX_STEPS) + 1
            out[:, self._own + 2] = np.where(last >= 0, gap, 0)
        is_last = (shift == 0) & (self._waited == 0)
        placed = np.where(is_last, self._placed[rows, part], 0)
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
        gap = history.last_onset
        super().append(values)
        self._sounding.append()
        gap = history.last_onset - gap + self._waited
        is_new = (gap > 0) & (history.length > 1)
        self._waited = np.zeros_like(gap)
        self._gaps = np.where(is_new, np.stack([gap, self._gaps[0]]), self._gaps)
        self._placed_before = np.where(is_new[:, None], self._placed, self._placed_before)
        self._placed = np.where(is_new[:, None], 0, self._placed)
        self._placed[history.rows, history.part[:, history.length - 1]] += 1

    def wait(self, steps: IntArray) -> None:
        super().wait(steps)
        self._waited = self._waited + steps

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
