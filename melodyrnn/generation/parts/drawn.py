"""The new events of a batch of pieces, and the scores that they make."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...arrays import Bools, IntArray
from ...events.fields import FIELD_OF_KIND
from ...events.until_next import UNTIL_NEXT
from ...events.vocabulary import Vocabulary
from ...music.chords import transpose_codes
from ...score.score import Score
from ..accents import accents
from .plan import PartsPlan
from .rules import Rules

_CHORD_VELOCITY = 80

OnNewNotes = Callable[[int, Score], None]  # index of a piece in the batch, and new notes of it


class DrawnEvents:
    """Collects new events, and makes scores of them."""

    def __init__(self, vocabulary: Vocabulary, plan: PartsPlan, size: int) -> None:
        self._vocabulary, self._plan = vocabulary, plan
        self._rows: list[list[tuple[int, int, int, int, int]]] = [[] for _ in range(size)]
        self._seen = [0] * size  # of the rows of each piece, how many `tell` has seen,
        self._waiting: list[list[int]] = [[] for _ in range(size)]  # and which of them it has not told yet
        self._fields = list(vocabulary.values)
        self._value_at = [self._fields.index(FIELD_OF_KIND[kind]) for kind in vocabulary.kinds]

    def append(self, onset: IntArray, part: IntArray, values: IntArray, is_new: Bools) -> None:
        """Append an event to the pieces where `is_new`, (B,): onsets, parts and values (B, F)."""
        duration_at = self._fields.index("duration")
        velocity_at = self._fields.index("velocity") if "velocity" in self._fields else None
        for i in np.flatnonzero(is_new).tolist():
            number = int(part[i])
            velocity = 0 if velocity_at is None else int(values[i, velocity_at])
            value = int(values[i, self._value_at[number]])
            self._rows[i].append((int(onset[i]), int(values[i, duration_at]), value, velocity, number))

    def score(self, i: int, rules: Rules) -> Score:
        """Return the new notes of piece i, with all durations in steps, in the parts of the vocabulary that are drawn.

        A note that lasts until the next of its part lasts until that, new or given, or to the end of the new notes.
        """
        rows = np.array(self._rows[i], dtype=np.int64).reshape(-1, 5)
        return self._score(rows, self._ends(rows, rules))

    def tell(self, on_new: OnNewNotes, is_told: Bools, until: IntArray, rules: Rules) -> None:
        """Call `on_new` with pieces where `is_told`, (B,), and new notes whose end is known since the last call.

        Args:
            until: (B,) the steps before which no further event begins.
        """
        for i in np.flatnonzero(is_told).tolist():
            notes = self._untold(i, int(until[i]), rules)
            if notes is not None:
                on_new(i, notes)

    def _untold(self, i: int, until: int, rules: Rules) -> Score | None:
        waiting = [*self._waiting[i], *range(self._seen[i], len(self._rows[i]))]
        self._seen[i] = len(self._rows[i])
        if not waiting:
            return None
        rows = np.array(self._rows[i][waiting[0] :], dtype=np.int64)
        own = np.array(waiting) - waiting[0]
        ends = self._ends(rows, rules)[own]
        is_known = (rows[own, 1] != UNTIL_NEXT) | (ends <= until)
        self._waiting[i] = [number for number, known in zip(waiting, is_known.tolist(), strict=True) if not known]
        return self._score(rows[own[is_known]], ends[is_known]) if is_known.any() else None

    def _ends(self, rows: IntArray, rules: Rules) -> IntArray:
        """Return the ends of the notes of rows (N, 5), which hold all notes after the first of them."""
        onset, duration, _, _, part = rows.T
        end: IntArray = onset + duration
        for number in np.unique(part).tolist():
            own = np.flatnonzero(part == number)
            times = onset[own]
            later = np.append(times, self._plan.stop)[np.searchsorted(times, times, side="right")]
            later = np.minimum(later, rules.next_given(number, times))
            end[own] = np.where(duration[own] == UNTIL_NEXT, later, end[own])
        return end

    def _score(self, rows: IntArray, end: IntArray) -> Score:
        """Return notes as a score, rows (N, 5) and ends (N,)."""
        plan = self._plan
        onset, _, value, velocity, part = rows.T
        kinds = np.array(self._vocabulary.kinds)[part]
        offset = self._vocabulary.events.transposition(plan.key)
        chords = transpose_codes(value, offset)
        pitch = np.where(kinds == "melodic", value + offset, np.where(kinds == "chords", chords, value))
        if "velocity" not in self._fields:
            velocity = accents(onset, plan.meter)
        velocity = np.where(kinds == "chords", _CHORD_VELOCITY, velocity)
        drawn = sorted(plan.drawn)
        place = np.searchsorted(drawn, part)
        parts = tuple(self._vocabulary.parts[number] for number in drawn)
        tempo = plan.microseconds_per_quarter
        return Score(onset, end - onset, pitch, velocity, place, plan.meter, plan.key, tempo, "", parts)
