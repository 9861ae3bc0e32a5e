"""Scores as event rows and back, exact both ways: one row for each note.

Columns of a row: shift (steps since the onset of the note before, or since step 0), duration (steps), pitch (transposed
to a tonic of C), velocity, and, where the score has several parts, part (an index into `Score.parts`).
"""

from __future__ import annotations

import numpy as np

from ..arrays import IntArray
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import DEFAULT_TEMPO
from ..score.score import MELODY, Part, Score

SHIFT, DURATION, PITCH, VELOCITY, PART = range(5)
NUM_COLUMNS = 4  # of a score of one part


def encode(score: Score) -> IntArray:
    """Return event rows, shape (num_notes, 4), or (num_notes, 5) where there are several parts."""
    rows = np.empty((len(score), NUM_COLUMNS + (len(score.parts) > 1)), dtype=np.int64)
    rows[:1, SHIFT] = score.onset[:1]
    rows[1:, SHIFT] = score.onset[1:] - score.onset[:-1]
    rows[:, DURATION] = score.duration
    rows[:, PITCH] = score.pitch - tonic_offset(score.key)
    rows[:, VELOCITY] = score.velocity
    rows[:, PART:] = score.part[:, None]
    return rows


def decode(
    rows: IntArray,
    meter: Meter,
    key: Key,
    microseconds_per_quarter: int = DEFAULT_TEMPO,
    name: str = "",
    parts: tuple[Part, ...] = (MELODY,),
) -> Score:
    """Return the score of event rows; those of a single part need no column for the part."""
    part = rows[:, PART] if len(parts) > 1 else np.zeros(len(rows), dtype=np.int64)
    return Score(
        np.cumsum(rows[:, SHIFT]),
        rows[:, DURATION],
        rows[:, PITCH] + tonic_offset(key),
        rows[:, VELOCITY],
        part,
        meter,
        key,
        microseconds_per_quarter,
        name,
        parts,
    )
