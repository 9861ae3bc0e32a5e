"""Dissonance: the share of simultaneous intervals that are seconds, sevenths or tritones.

The intervals are those between any two pitches that sound together, octaves taken away, each weighted by the time for
which it lasts. Source: the dissonant intervals of tonal counterpoint, as in Huron (1994), Interval-class content in
equally tempered pitch-class sets, Music Perception 11, whose interval classes 1, 2 and 6 are the dissonant ones.
"""

from __future__ import annotations

import numpy as np

from ..music.units import NUM_PITCH_CLASSES
from ..score.score import Score
from .sounding import per_class, sounding

_TRITONE = NUM_PITCH_CLASSES // 2
_CLASSES = (1, 2, _TRITONE)  # seconds and sevenths are 1 or 2 semitones from an octave


def dissonance(score: Score) -> float | None:
    """Return the share of dissonant intervals, 0..1; None where no two pitches sound together."""
    found = sounding(score)
    count = per_class(found.on)
    size = count.sum(axis=1)
    pairs = found.length * size * (size - 1) / 2
    if not pairs.sum():
        return None
    dissonant = sum(
        (count * np.roll(count, interval, axis=1)).sum(axis=1) / (2 if interval == _TRITONE else 1)
        for interval in _CLASSES
    )
    return float((found.length * dissonant).sum() / pairs.sum())
