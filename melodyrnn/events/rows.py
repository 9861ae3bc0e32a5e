"""Scores as event rows and back, exact both ways: one row for each note.

Columns of a row: shift (steps since the onset of the note before, or since step 0), duration (steps), pitch (what it
is depends on the kind of the part; pitches and the roots of chord symbols are transposed to a tonic of C), velocity,
and, where the score has several parts, part (a slot, see score/slots.py). Simultaneous notes are sorted by slot, then
by pitch.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import IntArray
from ..music.chords import transpose_codes
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import DEFAULT_TEMPO
from ..score.score import MELODY, Part, Score
from ..score.slots import slots_of

SHIFT, DURATION, PITCH, VELOCITY, PART = range(5)
NUM_COLUMNS = 4  # of a score of one part


def encode(score: Score, with_parts: bool = False) -> IntArray:
    """Return event rows, shape (num_notes, 4), or (num_notes, 5) where there are several parts or `with_parts`."""
    has_parts = with_parts or len(score.parts) > 1
    pitch = _transposed(score.pitch, score.part, score.parts, -tonic_offset(score.key))
    columns = (score.onset, score.duration, pitch, score.velocity)
    if not has_parts:
        return _rows(score, *columns)
    slot = np.array(slots_of(score.parts), dtype=np.int64)[score.part]
    order = np.lexsort((score.pitch, slot, score.onset))
    return _rows(score, *(column[order] for column in columns), slot[order])


def _rows(score: Score, onset: IntArray, *others: IntArray) -> IntArray:
    rows = np.empty((len(onset), 1 + len(others)), dtype=np.int64)
    rows[:1, SHIFT] = onset[:1]
    rows[1:, SHIFT] = onset[1:] - onset[:-1]
    for place, column in enumerate(others, start=1):
        rows[:, place] = column
    return rows


def _transposed(pitch: IntArray, part: IntArray, parts: Sequence[Part], semitones: int) -> IntArray:
    """Return pitches moved by semitones; the roots of chord symbols move, drums do not."""
    kinds = {own.kind for own in parts}
    if kinds == {"melodic"}:
        return pitch + semitones
    kind = np.array([own.kind for own in parts])[part]
    return np.where(
        kind == "melodic", pitch + semitones, np.where(kind == "chords", transpose_codes(pitch, semitones), pitch)
    )


def decode(
    rows: IntArray,
    meter: Meter,
    key: Key,
    microseconds_per_quarter: int = DEFAULT_TEMPO,
    name: str = "",
    parts: tuple[Part, ...] = (MELODY,),
) -> Score:
    """Return the score of event rows, whose slots are those of `parts`; rows without slots are of a single part."""
    part = np.zeros(len(rows), dtype=np.int64)
    if rows.shape[1] > PART:
        slots = slots_of(parts)
        by_slot = np.full(1 + max(slots), -1, dtype=np.int64)
        by_slot[list(slots)] = np.arange(len(parts))
        part = by_slot[rows[:, PART]]
    return Score(
        np.cumsum(rows[:, SHIFT]),
        rows[:, DURATION],
        _transposed(rows[:, PITCH], part, parts, tonic_offset(key)),
        rows[:, VELOCITY],
        part,
        meter,
        key,
        microseconds_per_quarter,
        name,
        parts,
    )
