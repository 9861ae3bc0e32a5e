"""How far a figure would move with other pieces: confidence intervals by resampling pieces.

Notes of one piece resemble each other, so pieces are drawn, not notes (Efron and Tibshirani 1993, ch. 8).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RESAMPLES = 2000
LEVEL = 0.95
_BLOCK = 200  # resamples at a time, so that a large corpus needs little memory


def ratio_interval(
    amounts: Sequence[float] | npt.NDArray[np.float64],
    counts: Sequence[int],
    rng: np.random.Generator,
    level: float = LEVEL,
) -> tuple[float, float]:
    """Percentile interval of sum(amounts) / sum(counts), both one a piece, over resampled sets of pieces."""
    amount, count = np.asarray(amounts, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    ratios = []
    for _ in range(RESAMPLES // _BLOCK):
        drawn = rng.integers(0, len(amount), (_BLOCK, len(amount)))
        ratios.append(amount[drawn].sum(axis=1) / count[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(ratios), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
