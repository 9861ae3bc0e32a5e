"""Which pieces a network knows least, and which of their bars surprise it most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..score.score import Score
from .bits import Evaluation

_BARS = 3  # named per piece


def by_piece(evaluation: Evaluation, melodies: Sequence[Score], num_bars: int = _BARS) -> list[dict[str, Any]]:
    """A row a piece, the most surprising first: name, notes, bars, bits per note (key and length included), bars.

    `surprising_bars` are those with the most bits; bars count from 1, a pick-up is bar 0.
    """
    rows = []
    for melody, bits, given in zip(melodies, evaluation.bits, evaluation.given_bits, strict=True):
        rows.append(
            {
                "name": melody.name,
                "notes": len(melody),
                "bars": melody.num_bars - melody.pickup_bars,
                "bits_per_note": float((bits.sum() + given) / len(melody)),
                "fields": dict(zip(evaluation.fields, bits.mean(axis=0).tolist(), strict=True)),
                "surprising_bars": _bars(melody, bits.sum(axis=1), num_bars),
            }
        )
    return sorted(rows, key=lambda row: -row["bits_per_note"])


def _bars(melody: Score, bits: Any, num_bars: int) -> list[dict[str, Any]]:
    bar = melody.onset // melody.bar
    total = np.bincount(bar, weights=bits)
    worst = np.argsort(-total, kind="stable")[:num_bars]
    first = 1 - melody.pickup_bars
    return [
        {"bar": int(b) + first, "bits": float(total[b]), "notes": int((bar == b).sum())} for b in worst if total[b] > 0
    ]
