"""Features that have a value for each full bar of a layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..arrays import AnyInts, Columns, IntArray
from .base import FeatureAt
from .layout import Layout
from .outline import Outline


def at_bars(outlines: Sequence[Outline], values: Callable[[Layout], Sequence[int]]) -> FeatureAt:
    """Return the feature whose values for the full bars of each layout `values` returns, at most 255.

    It is 0, unknown, in the bar of a pick-up, after the last bar, and without a layout.
    """
    own = [[0] * outline.pickup_bars + [*values(outline.layout)] if outline.layout else [] for outline in outlines]
    table = np.zeros((len(own), 1 + max(map(len, own), default=0)), dtype=np.uint8)
    for row, of_bars in enumerate(own):
        table[row, : len(of_bars)] = of_bars
    return _at(table, outlines)


def _at(table: Columns, outlines: Sequence[Outline]) -> FeatureAt:
    rows = np.arange(len(outlines))
    bar = np.array([outline.bar for outline in outlines], dtype=np.int64)
    last = table.shape[1] - 1

    def value(onset: IntArray) -> AnyInts:
        found: AnyInts = table[rows, np.minimum(onset // bar, last)]
        return found

    return value


def throughout(outlines: Sequence[Outline], value: Callable[[Layout], int]) -> FeatureAt:
    """Return the feature that has one value for each whole piece, 0 without a layout."""
    values = np.array([value(outline.layout) if outline.layout else 0 for outline in outlines], dtype=np.uint8)
    return lambda onset: values
