"""Families of tunes that share a passage, which stay in one fold, so that no tune is recognised by its variant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import IntArray
from .tune import Tune

PASSAGE = 20  # notes: intervals and times between onsets are the same


def families(tunes: Sequence[Tune], passage: int = PASSAGE) -> IntArray:
    """Return a number for each tune, shape (num_tunes,): those that share a passage, also by way of others, have one.

    Args:
        passage: notes from which two tunes are of one family, in any key.
    """
    parent = list(range(len(tunes)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    seen: dict[bytes, int] = {}
    for k, tune in enumerate(tunes):
        events = np.stack([tune.interval, np.diff(tune.onset)], axis=1).astype(np.int32)
        for first in range(len(events) - passage + 2):
            other = seen.setdefault(events[first : first + passage - 1].tobytes(), k)
            if other != k:
                parent[root(k)] = root(other)
    return np.array([root(k) for k in range(len(tunes))], dtype=np.int64)
