"""Cuts melodies after their first bars, so that melodies of different lengths are comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..score.score import Score


def is_shorter(melody: Score, bars: int) -> bool:
    """Return whether a melody has fewer than `bars` full bars, a pick-up not counted."""
    return melody.num_bars < bars + melody.pickup_bars


def first_bars(melodies: Sequence[Score], bars: int) -> list[Score]:
    """Return the melodies cut after `bars` full bars, a pick-up not counted; shorter melodies are left out."""
    out = []
    for melody in melodies:
        end = (bars + melody.pickup_bars) * melody.bar
        if is_shorter(melody, bars):
            continue
        kept = melody[melody.onset < end]
        out.append(replace(kept, duration=np.minimum(kept.duration, end - kept.onset)))
    return out
