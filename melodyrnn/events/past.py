"""The past of a batch of scores, and the context columns that are computed from it.

`Past` advances all scores by one note at a time. `before()` returns the columns that are known before the shift of the
next note, `at(shift)` those that are known after it. Generation calls them note by note; events/context.py runs the
same code over finished scores. The columns are those of events/inputs.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Columns, IntArray
from ..conditions.base import FeatureAt
from ..conditions.outline import Outline
from ..conditions.table import CONDITIONS
from ..music.units import NUM_PITCH_CLASSES
from .columns import MAX_INTERVAL, MAX_RUN
from .history import History
from .inputs import Inputs
from .lookbacks.table import begin
from .vocabulary import Vocabulary

_MAX_PITCH = 127


class Past:
    """The notes so far of a batch of B scores."""

    def __init__(self, vocabulary: Vocabulary, outlines: Sequence[Outline], max_notes: int) -> None:
        """Start without notes; each score can hold `max_notes` notes."""
        self.vocabulary = vocabulary
        self.inputs = Inputs.of(vocabulary)
        bar = np.array([outline.bar for outline in outlines], dtype=np.int64)
        self._history = self._begin_history(bar, max_notes)
        self._lookbacks = begin(vocabulary.lookbacks, self._history)
        self._lowest = np.full(len(bar), _MAX_PITCH, dtype=np.int64)
        self._highest = np.zeros(len(bar), dtype=np.int64)
        self._place_columns(_features(vocabulary, outlines, self._history))

    def _begin_history(self, bar: IntArray, max_notes: int) -> History:
        return History(bar, self.inputs.fields, max_notes)

    @property
    def _fields_at(self) -> tuple[str, ...]:
        """The fields whose candidates are known once the shift is."""
        return self.inputs.fields[1:]

    def _place_columns(self, features: dict[str, FeatureAt]) -> None:
        """Look up the index of each column once."""
        inputs, place = self.inputs, self.inputs.place
        start = len(inputs.before)
        self._now: list[tuple[int, FeatureAt]] = []  # also before the first note
        self._after_first: list[tuple[int, FeatureAt]] = []
        self._ahead: list[tuple[int, FeatureAt]] = []
        self._at_onset: list[tuple[int, FeatureAt]] = []
        for feature in inputs.features():
            compute = features[feature.name]
            (self._after_first if feature.starts_unknown else self._now).append((place(feature.name), compute))
            if feature.is_seen_ahead:
                self._ahead.append((place(f"next_{feature.name}"), compute))
            if feature.is_read_by_heads:
                self._at_onset.append((place(f"onset_{feature.name}") - start, compute))
        self._interval, self._pitch_class = place("interval"), place("pitch_class")
        self._lowest_at, self._highest_at = place("lowest"), place("highest")
        self._shift_candidates = inputs.candidates("shift")
        self._candidates = {
            name: slice(inputs.candidates(name).start - start, inputs.candidates(name).stop - start)
            for name in self._fields_at
        }

    def __len__(self) -> int:
        """Return the number of notes that each score has so far."""
        return self._history.length

    @property
    def last_onset(self) -> IntArray:
        """The onset of the last note in steps, shape (B,); 0 before the first."""
        return self._history.last_onset

    def before(self) -> Columns:
        """Return the columns that are known before the shift, shape (B, len(inputs.before))."""
        history, index = self._history, self.vocabulary.index
        onset = history.last_onset
        out = np.zeros((len(onset), len(self.inputs.before)), dtype=np.uint8)
        for column, compute in self._now:
            out[:, column] = compute(onset)
        for column, compute in self._ahead:
            out[:, column] = compute(onset + history.bar)
        if not history.length:
            return out
        for column, compute in self._after_first:
            out[:, column] = compute(onset)
        self._add_last_note(out, history.length - 1)
        runs = np.concatenate([lookback.run for lookback in self._lookbacks])
        out[:, self.inputs.runs] = np.minimum(runs, MAX_RUN).T
        shifts = np.concatenate([lookback.next_shift() for lookback in self._lookbacks])
        out[:, self._shift_candidates] = index("shift", shifts).T + 1
        out[:, self._lowest_at] = index("pitch", self._lowest) + 1
        out[:, self._highest_at] = index("pitch", self._highest) + 1
        return out

    def _add_last_note(self, out: Columns, last: int) -> None:
        """Fill the columns that describe the last note: its fields, its interval, its pitch class."""
        history, index = self._history, self.vocabulary.index
        for place, name in enumerate(self.inputs.fields):
            out[:, place] = index(name, history.values[:, last, place]) + 1
        pitch = history.pitch[:, last]
        out[:, self._pitch_class] = pitch % NUM_PITCH_CLASSES + 1
        if last:
            interval = pitch - history.pitch[:, last - 1]
            out[:, self._interval] = np.minimum(np.maximum(interval, -MAX_INTERVAL), MAX_INTERVAL) + MAX_INTERVAL + 1

    def at(self, shift: IntArray) -> Columns:
        """Return the columns that are known after the shift (steps, shape (B,)), shape (B, len(inputs.at))."""
        history = self._history
        onset = history.last_onset + shift
        out = np.zeros((len(onset), len(self.inputs.at)), dtype=np.uint8)
        for column, compute in self._at_onset:
            out[:, column] = compute(onset)
        if not history.length:
            return out
        sources = [lookback.source(onset) for lookback in self._lookbacks]
        found = [history.values[history.rows, source] for source in sources]  # (look-backs of a state, B, F)
        known = np.concatenate(sources) >= 0
        for place, name in enumerate(self._fields_at, start=1):
            pairs = zip(self._lookbacks, found, strict=True)
            adapted = np.concatenate([lookback.adapt(name, values[..., place]) for lookback, values in pairs])
            index = self.vocabulary.index(name, adapted)
            out[:, self._candidates[name]] = np.where(known, index, -1).T + 1
        return out

    def append(self, values: IntArray) -> None:
        """Append the next note of every score: values and not indices, shape (B, F)."""
        self._history.append(values)
        self._update_extremes()
        for lookback in self._lookbacks:
            lookback.append()

    def _update_extremes(self) -> None:
        pitch = self._history.pitch[:, self._history.length - 1]
        self._lowest = np.minimum(self._lowest, pitch)
        self._highest = np.maximum(self._highest, pitch)

    def within(self, shift: IntArray, part: IntArray) -> Columns:
        """Return the columns that are known after the part; none without parts, shape (B, 0)."""
        return np.zeros((len(shift), 0), dtype=np.uint8)

    def wait(self, steps: IntArray) -> None:
        """Let time pass without a note, in steps (B,): the next shift counts from that much later."""
        self._history.wait(steps)


def _features(vocabulary: Vocabulary, outlines: Sequence[Outline], notes: History) -> dict[str, FeatureAt]:
    """Return the functions that compute the features of all conditions of a vocabulary."""
    found: dict[str, FeatureAt] = {}
    for name in vocabulary.conditions:
        found.update(CONDITIONS[name].follow(outlines, vocabulary, notes))
    return found
