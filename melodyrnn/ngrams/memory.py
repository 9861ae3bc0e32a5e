"""The n-grams of the piece so far in one view, for a batch of scores: how often each value followed each context.

For each earlier note it is known how many of the symbols before it equal the last symbols, so contexts of all lengths
are counted at once. Shapes: B scores, V values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Float64s, IntArray
from .table import context_number, with_symbol
from .views import View

MAX_MATCH = 8  # symbols of the longest context
_NOWHERE = np.int64(2) ** 32  # the first note has no interval: values this much higher are no index


class Memory:
    """The notes so far of a batch of scores in one view.

    Attributes:
        offset: what is added to a value of the next note to give an index, (B,).
    """

    def __init__(self, view: View, fields: Sequence[str], batch: int, max_notes: int) -> None:
        """Start without notes; each score can hold `max_notes` notes."""
        self._view, self._fields, self._place = view, fields, fields.index(view.field)
        self._length = 0
        self._last = np.zeros((batch, len(fields)), dtype=np.int64)
        self._recent = np.zeros(batch, dtype=np.int64)  # the last symbols as one number, see table.py
        self._value, self._symbol, self._agreeing, self._match = (
            np.zeros((batch, max_notes), dtype=np.int64) for _ in range(4)
        )
        self.offset = np.full(batch, _NOWHERE if view.is_interval else 0)

    def append(self, rows: IntArray) -> None:
        """Append the next note of every score, indices (B, F)."""
        n, view = self._length, self._view
        has_value = n > 0 or not view.is_interval
        value = view.values(rows, self._last, self._place)
        symbol = view.symbols(value) if has_value else np.zeros_like(value)
        self._value[:, n], self._symbol[:, n] = value, symbol
        self._agreeing[:, n] = view.agreeing(rows, self._fields) if has_value else -1
        match = (self._match[:, :n] + 1) * (self._symbol[:, :n] == symbol[:, None])
        self._match[:, 1 : n + 1] = np.minimum(match, MAX_MATCH)
        self._recent = with_symbol(self._recent, symbol)
        self._last = rows.copy()
        if view.is_interval:
            self.offset = self._last[:, self._place]
        self._length += 1

    def context(self, chosen: IntArray, agreeing: IntArray) -> IntArray:
        """Return the number of the context (table.py) of the next note of chosen scores; see `counted`."""
        return context_number(agreeing, self._recent[chosen])

    def agreeing(self, rows: IntArray) -> IntArray:
        """Return what must agree with notes of which the earlier fields are known, (..., F), as a number (...,)."""
        return self._view.agreeing(rows, self._fields)

    def counted(self, chosen: IntArray, agreeing: IntArray, size: int) -> Float64s:
        """Return the counts of all values after contexts of each length, (number chosen, MAX_MATCH + 1, size).

        Args:
            chosen: scores by index.
            agreeing: what must agree with their next notes, (number chosen,).
            size: V.
        """
        n, lengths = self._length, MAX_MATCH + 1
        index = self._value[chosen, :n] + self.offset[chosen, None]
        counts = (self._agreeing[chosen, :n] == agreeing[:, None]) & (index >= 0) & (index < size)
        index += self._match[chosen, :n] * size
        index += (np.arange(len(chosen)) * (lengths * size))[:, None]
        exact = np.bincount(index[counts], minlength=len(chosen) * lengths * size).reshape(-1, lengths, size)
        out: Float64s = np.add.accumulate(exact[:, ::-1], axis=1, dtype=np.float64)[:, ::-1]
        return out
