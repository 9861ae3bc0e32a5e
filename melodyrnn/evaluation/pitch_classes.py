"""The pitch classes of all melodic parts of a score.

Reference: Wu and Yang (2020), The Jazz Transformer on the front line, ISMIR.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Float64s
from ..music.units import NUM_PITCH_CLASSES
from ..score.score import Score
from ..score.statistics import pitch_class_entropy
from .sounding import melodic


def pitch_class_histogram(score: Score) -> Float64s:
    """Return the share of each pitch class among the notes of the melodic parts, C first; shape (12,)."""
    counts = np.bincount(melodic(score).pitch % NUM_PITCH_CLASSES, minlength=NUM_PITCH_CLASSES)
    return counts / max(1, counts.sum())


def entropy_of_all_parts(score: Score) -> float | None:
    """Return the entropy of the pitch classes of the melodic parts, in bits; None without notes."""
    notes = melodic(score)
    return pitch_class_entropy(notes) if len(notes) else None
