"""Counts of contexts of several lengths → one distribution: prediction by partial matching, method C, interpolated.

With n observations of d distinct values in a context, p = (count + d · p of the next shorter context) / (n + d) (Witten
and Bell 1991; evaluation/ppm.py). Shapes: B scores, K + 1 lengths of contexts, shortest first, V values.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Float64s


def blend(counts: Float64s, base: Float64s | float) -> Float64s:
    """Return the distribution (B, V) of counts (B, K + 1, V).

    Args:
        base: the distribution next shorter than the shortest context, (B, V), or one number for a uniform one.
    """
    distinct = np.add.reduce(counts > 0, axis=-1)
    total = np.add.reduce(counts, axis=-1)
    total += distinct
    never = distinct == 0
    total += never
    passed_on = (distinct + never) / total  # the share left to shorter contexts; 1 where nothing was counted
    left = np.multiply.accumulate(passed_on[:, ::-1], axis=1)[:, ::-1]  # by a context and all longer ones
    share = np.ones_like(total)
    share[:, :-1] = left[:, 1:]
    share /= total
    own: Float64s = np.matmul(share[:, None], counts)[:, 0]
    own += left[:, :1] * base
    return own
