"""The new notes of a batch of melodies as drawn values, and the scores that they make.

Shapes: B melodies, F fields of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..arrays import IntArray
from ..events.rows import NUM_COLUMNS, SHIFT, VELOCITY
from ..events.vocabulary import Vocabulary
from ..score.score import Score
from .accents import accents
from .plan import Plan


class DrawnRows:
    """Collects the values of new notes, and makes scores of them."""

    def __init__(self, vocabulary: Vocabulary, plan: Plan) -> None:
        self._vocabulary, self._plan = vocabulary, plan
        self._rows: list[IntArray] = []

    def __len__(self) -> int:
        """Return the number of notes of the longest melody."""
        return len(self._rows)

    def append(self, values: IntArray) -> None:
        """Append the next note of every melody, values (B, F), with its exact shift."""
        self._rows.append(values)

    def melody(self, i: int, num_notes: int) -> Score:
        """Return melody i, of this many new notes, as a score that begins with the primer."""
        plan = self._plan
        rows = self._event_rows([values[i] for values in self._rows[:num_notes]])
        first = 0 if plan.primer is None else int(plan.primer.onset[-1])
        rows[:, VELOCITY] = self._velocity(rows, first + np.cumsum(rows[:, SHIFT]))
        if plan.primer is not None:
            rows = np.concatenate([self._vocabulary.events.encode(replace(plan.primer, key=plan.key)), rows])
        return self._score(rows)

    def last_note(self, i: int, onset: int) -> Score:
        """Return the last note of melody i, at an onset, as a score of its own."""
        rows = self._event_rows([self._rows[-1][i]])
        rows[:, SHIFT] = onset
        rows[:, VELOCITY] = self._velocity(rows, rows[:, SHIFT])
        return self._score(rows)

    def _event_rows(self, values: Sequence[IntArray]) -> IntArray:
        """Return the values (F,) of notes as event rows."""
        rows = np.zeros((len(values), NUM_COLUMNS), dtype=np.int64)
        for place, field in enumerate(self._vocabulary.fields):
            rows[:, field.column] = [own[place] for own in values]
        return rows

    def _velocity(self, rows: IntArray, onset: IntArray) -> IntArray:
        """Return the velocities of event rows at some onsets: drawn ones, else accents that go on at the dynamics."""
        if "velocity" in self._vocabulary.values:
            return rows[:, VELOCITY]
        velocity: IntArray = np.clip(accents(onset, self._plan.meter) + _louder(self._plan), 1, 127)
        return velocity

    def _score(self, rows: IntArray) -> Score:
        plan = self._plan
        return self._vocabulary.events.decode(rows, plan.meter, plan.key, plan.microseconds_per_quarter)


def _louder(plan: Plan) -> int:
    """Return by how much the primer is louder than `accents`: new notes go on at its dynamics."""
    if plan.source is None or plan.view is None or not plan.source.has_dynamics or not len(plan.view.score):
        return 0
    notes = plan.view.score
    return round(float(np.mean(notes.velocity - accents(notes.onset, notes.meter))))
