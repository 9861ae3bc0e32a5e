"""Embedding tables folded into the kernel that reads them.

Rows of several tables, side by side, times a kernel are a sum of rows, one of each table times its own rows of the
kernel. The tables are multiplied once, when a network is loaded. Shapes: N notes, L tables, O outputs of the kernel.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import AnyInts, Float32s
from .products import ProductOf

_AT_ONCE = 8  # notes whose rows are gathered at once: few enough for the cache of a core


class FoldedTables:
    """Tables times their rows of a kernel; `fold` makes them."""

    def __init__(self, tables: Sequence[Float32s]) -> None:
        """Join L tables, each (number of values, O)."""
        self._rows = np.concatenate(tables)
        self._starts = np.cumsum([0, *(len(table) for table in tables[:-1])])

    def sums(self, indices: AnyInts) -> Float32s:
        """Return for each note the sum of the rows at `indices` (N, L), one of each table, (N, O)."""
        places = indices + self._starts
        out = np.empty((len(places), self._rows.shape[1]), dtype=np.float32)
        for start in range(0, len(places), _AT_ONCE):
            rows = self._rows.take(places[start : start + _AT_ONCE], axis=0)
            np.add.reduce(rows, axis=1, out=out[start : start + _AT_ONCE])
        return out


def fold(tables: Sequence[Float32s], kernel: Float32s, product_of: ProductOf) -> list[Float32s]:
    """Return each table, (number of values, width), times its rows of the kernel (sum of the widths, O)."""
    stops = np.cumsum([table.shape[1] for table in tables])[:-1]
    return [product_of(rows)(table) for rows, table in zip(np.split(kernel, stops), tables, strict=True)]
