"""Scales the numbers of notes of bars to a sum; bars that belong together keep equal ones as far as it allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import IntArray


def scaled(
    counts: Sequence[int], total: int, low: Sequence[int], high: Sequence[int], groups: Sequence[Sequence[int]]
) -> list[int] | None:
    """Return numbers proportional to `counts`, as near as whole ones can be, within limits, that sum to `total`.

    Args:
        counts: at least 0, one of them above; of each bar, as the limits `low` and `high`.
        groups: the bars that keep equal numbers as far as the sum allows; every bar is in one of them.

    Returns:
        the numbers; None where the limits do not allow the sum.
    """
    if not sum(low) <= total <= sum(high):
        return None
    least, most = np.array(low), np.array(high)
    wanted = np.array(counts) * (total / sum(counts))
    out: IntArray = np.clip(np.rint(wanted).astype(np.int64), least, most)
    every = [np.array(group) for group in groups]
    alone = [np.array([bar]) for bar in range(len(counts))]
    while left := total - int(out.sum()):
        step = 1 if left > 0 else -1
        for choice in (every, alone):
            changed = out + step
            inside = (least <= changed) & (changed <= most)
            able = [bars for bars in choice if len(bars) <= abs(left) and inside[bars].all()]
            if able:
                gain = [float((step * (wanted - out))[bars].mean()) for bars in able]
                out[able[int(np.argmax(gain))]] += step
                break
    found: list[int] = out.tolist()
    return found
