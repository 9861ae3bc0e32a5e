"""Samples: of a stream, each element as likely as any other (Vitter 1985, algorithm R), and of things spread evenly."""

from __future__ import annotations

import numpy as np

from ..arrays import IntArray


class Sample:
    """Decides which elements of a stream take which of `size` places; the same stream gives the same sample."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen = 0
        self._rng = np.random.default_rng(0)

    def places(self, num: int) -> IntArray:
        """Return the place of each of the next `num` elements, which a later one may take; -1 for none, (num,)."""
        number = self._seen + np.arange(num)
        self._seen += num
        drawn = (self._rng.random(num) * (number + 1)).astype(np.int64)
        place = np.where(number < self._size, number, drawn)
        return np.where(place < self._size, place, -1)


def step_of(total: int, most: int) -> int:
    """Return the step of a slice that takes at most `most` of `total` things, spread evenly; 1 takes them all."""
    return max(1, -(-total // most))
