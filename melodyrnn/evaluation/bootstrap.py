"""Confidence intervals by resampling pieces: how much a figure would change with other pieces of the same kind.

Notes of one piece are not independent, so whole pieces are drawn, not notes (Efron and Tibshirani 1993, ch. 8).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Float64s

RESAMPLES = 2000
LEVEL = 0.95
_BLOCK = 200  # resamples per block, to limit the memory for a large corpus


def ratio_interval(
    amounts: Sequence[float] | Float64s, counts: Sequence[int], rng: np.random.Generator, level: float = LEVEL
) -> tuple[float, float]:
    """Return the percentile interval (low, high) of sum(amounts) / sum(counts) over resampled sets of pieces.

    Args:
        amounts, counts: one value for each piece, shape (num_pieces,).
        rng: source of the resampled pieces.
        level: share of the resampled figures inside the interval.
    """
    amount, count = np.asarray(amounts, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    ratios = []
    for _ in range(RESAMPLES // _BLOCK):
        drawn = rng.integers(0, len(amount), (_BLOCK, len(amount)))
        ratios.append(amount[drawn].sum(axis=1) / count[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(ratios), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
