"""Drums: how much of their rhythm is on a simple grid, and how much a bar repeats the one before.

References:
    Dong et al. (2018), MuseGAN, AAAI: drum patterns. Dong et al. (2020), MusPy, ISMIR: drum pattern consistency. Wu and
    Yang (2020), The Jazz Transformer on the front line, ISMIR: groove, here of neighbouring bars, as in MusPy.
"""

from __future__ import annotations

import numpy as np

from ..arrays import IntArray
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score

_GRIDS = tuple(STEPS_PER_QUARTER // notes for notes in (4, 3))  # sixteenths, and triplets of eighths


def drum_pattern(score: Score) -> float | None:
    """Return the share of drum hits on sixteenths or on triplets of eighths, whichever are more; None without drums."""
    onset = _onsets(score)
    return max(float((onset % step == 0).mean()) for step in _GRIDS) if len(onset) else None


def drum_groove(score: Score) -> float | None:
    """Return 1 − the share of positions at which exactly one of two neighbouring bars has a drum hit, 0..1.

    Positions are grid steps, from the first bar with drums to the last; None for less than two such bars.
    """
    onset = _onsets(score)
    if not len(onset):
        return None
    bar = onset // score.bar
    first, bars = int(bar.min()), int(np.ptp(bar)) + 1
    if bars < 2:
        return None
    hits = np.zeros((bars, score.bar), bool)
    hits[bar - first, onset % score.bar] = True
    return float(1 - (hits[1:] != hits[:-1]).mean())


def _onsets(score: Score) -> IntArray:
    """Return the onsets of all drum hits, shape (num_hits,)."""
    is_drums = np.array([part.kind == "drums" for part in score.parts])
    return score.onset[is_drums[score.part]]
