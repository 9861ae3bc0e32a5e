"""The views of a melody: the sequences in which n-grams are counted (cf. the viewpoints of Conklin and Witten 1995).

A view predicts a field of the next note from the same field, or its intervals, in the notes before, where notes agree
in the fields of the note that are known already. It describes a note by a symbol, 1..255; symbol 0 stands before the
first note. A value is an index of the field, in a view of intervals the difference of two indices.

Shapes: rows are indices of the fields of notes, (..., F), in the order of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import IntArray

MAX_INDEX = 127  # of a value that n-grams are counted for, and of the fields that must agree
_NUM_INDICES = MAX_INDEX + 1


@dataclass(frozen=True, slots=True)
class View:
    """One view.

    Attributes:
        name: the name of the view, which is part of the format of model files.
        field: what it predicts.
        given: the fields of the same note that must agree, at most two.
        is_interval: whether it describes a note by the interval from the note before.
    """

    name: str
    field: str
    given: tuple[str, ...]
    is_interval: bool = False

    def values(self, rows: IntArray, before: IntArray, place: int) -> IntArray:
        """Return the values of notes (...,), given the notes before them; `place` is that of the field in a row."""
        return rows[..., place] - before[..., place] if self.is_interval else rows[..., place]

    def symbols(self, values: IntArray) -> IntArray:
        """Return the symbols of notes with these values."""
        return values + 1 + MAX_INDEX if self.is_interval else values + 1

    def agreeing(self, rows: IntArray, fields: Sequence[str]) -> IntArray:
        """Return a number for each note (...,), equal for those that agree in the given fields; 0..2^14 - 1."""
        number = np.zeros(rows.shape[:-1], dtype=np.int64)
        for name in self.given:
            number = number * _NUM_INDICES + rows[..., fields.index(name)]
        return number


VIEWS = (
    View("duration", "duration", ("shift",)),
    View("pitch", "pitch", ("shift", "duration")),
    View("interval", "pitch", (), is_interval=True),
)
FIELDS = tuple(dict.fromkeys(view.field for view in VIEWS))


def views_of(field: str) -> tuple[View, ...]:
    """Return the views that predict a field."""
    return tuple(view for view in VIEWS if view.field == field)
