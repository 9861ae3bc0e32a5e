"""Finds the pieces, and the bars of each, that the network predicts worst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from ..arrays import Float64s
from ..score.score import Score
from .bits import Evaluation

_BARS = 3  # listed per piece


class BarFigures(TypedDict):
    """The sum of the bits of all notes in a bar. Bars count from 1, a pick-up is bar 0."""

    bar: int
    bits: float
    notes: int


class PieceFigures(TypedDict):
    """Figures of one piece: bits per note with key and length, bits per note by field, the bars with the most bits."""

    name: str
    notes: int
    bars: int
    bits_per_note: float
    fields: dict[str, float]
    surprising_bars: list[BarFigures]


def by_piece(evaluation: Evaluation, melodies: Sequence[Score], num_bars: int = _BARS) -> list[PieceFigures]:
    """Return the figures of every piece, the one with the most bits per note first.

    Args:
        melodies: the melodies of the evaluation, in the same order.
        num_bars: largest number of bars listed for each piece.
    """
    rows: list[PieceFigures] = []
    for melody, bits, per_note in zip(melodies, evaluation.bits, evaluation.bits_of_pieces, strict=True):
        rows.append(
            {
                "name": melody.name,
                "notes": len(melody),
                "bars": melody.num_bars - melody.pickup_bars,
                "bits_per_note": per_note,
                "fields": dict(zip(evaluation.fields, bits.mean(axis=0).tolist(), strict=True)),
                "surprising_bars": _bars(melody, bits.sum(axis=1), num_bars),
            }
        )
    return sorted(rows, key=lambda row: -row["bits_per_note"])


def _bars(melody: Score, bits: Float64s, num_bars: int) -> list[BarFigures]:
    """Return the bars with the most bits, the worst first; `bits` are the bits of each note, (num_notes,)."""
    bar = melody.onset // melody.bar
    total = np.bincount(bar, weights=bits)
    worst = np.argsort(-total, kind="stable")[:num_bars]
    first = 1 - melody.pickup_bars
    return [
        {"bar": int(b) + first, "bits": float(total[b]), "notes": int((bar == b).sum())} for b in worst if total[b] > 0
    ]
