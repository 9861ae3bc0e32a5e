"""The n-grams of the training pieces in one view: how often each value followed each context of 0..ORDER symbols.

An entry is a number: the length of the context, what agrees, its symbols and the value that followed; sorted, the
values of a context are neighbours. Counts use update exclusion (Moffat 1990): in a context that is shorter than ORDER a
value counts once for each different symbol before the context.

Shapes: B scores, N notes, V values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arrays import Float64s, IntArray
from .views import View

ORDER = 4
_SYMBOL_BITS, _AGREEING_BITS, _VALUE_BITS = 8, 14, 9
_VALUE_OFFSET = 128  # so that an interval is no negative number
_MAX_COUNT = 65535
_ORDERS = np.arange(ORDER + 1)
_MASKS = np.array([(1 << (k * _SYMBOL_BITS)) - 1 for k in range(ORDER + 1)])


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """The entries of a view, sorted, (num_entries,), and their counts."""

    entries: IntArray
    counts: npt.NDArray[np.uint16]

    @classmethod
    def of(cls, view: View, pieces: Sequence[IntArray], fields: Sequence[str]) -> Table:
        """Count in pieces, each the indices of its notes (N, F)."""
        place = fields.index(view.field)
        found = [_contexts_of(view, rows, fields, place) for rows in pieces if len(rows)]
        context = np.concatenate([one[0] for one in found])
        value = np.concatenate([one[1] for one in found])
        entries, counts = _distinct(_entries(context, ORDER, value))
        every = [(entries, counts)]
        for order in range(ORDER - 1, -1, -1):
            longer = _distinct(_entries(context, order + 1, value))[0]
            every.append(_distinct(_shortened(longer, order)))
        entries = np.concatenate([one[0] for one in every])
        counts = np.minimum(np.concatenate([one[1] for one in every]), _MAX_COUNT)
        order_of = np.argsort(entries, kind="stable")
        return cls(entries[order_of], counts[order_of].astype(np.uint16))

    def counted(self, context: IntArray, offset: IntArray, size: int) -> Float64s:
        """Return the counts of all values after contexts of each length, (B, ORDER + 1, size).

        Args:
            context: see `context_number`, (B,).
            offset: what is added to a value to give an index, (B,).
            size: V.
        """
        starts = _entries(context[:, None], _ORDERS, -_VALUE_OFFSET).ravel()
        first = self.entries.searchsorted(starts)
        number = self.entries.searchsorted(starts + (1 << _VALUE_BITS)) - first
        row = np.arange(len(starts)).repeat(number)
        entry = np.arange(len(row)) + (first - number.cumsum() + number)[row]
        index = (self.entries[entry] & ((1 << _VALUE_BITS) - 1)) - _VALUE_OFFSET
        index += offset.repeat(ORDER + 1)[row]
        inside = (index >= 0) & (index < size)
        index += row * size
        counts = np.bincount(index[inside], self.counts[entry[inside]], len(starts) * size)
        out: Float64s = counts.reshape(len(context), ORDER + 1, size).astype(np.float64, copy=False)  # int for none
        return out


def with_symbol(recent: IntArray, symbol: IntArray) -> IntArray:
    """Return the last ORDER symbols as one number (...,), the nearest in its lowest bits, after one more symbol."""
    return ((recent << _SYMBOL_BITS) | symbol) & _MASKS[ORDER]


def context_number(agreeing: IntArray, recent: IntArray) -> IntArray:
    """Return what agrees (...,) and the last symbols (...,), see `with_symbol`, as one number (...,)."""
    return (agreeing << (ORDER * _SYMBOL_BITS)) + recent


def _contexts_of(view: View, rows: IntArray, fields: Sequence[str], place: int) -> tuple[IntArray, IntArray]:
    """Return the numbers of the contexts of a piece's notes and the values that followed them."""
    first = int(view.is_interval)  # the first note has no interval
    values = view.values(rows[first:], rows[: len(rows) - first], place)
    symbols = np.concatenate([np.zeros(ORDER + first, dtype=np.int64), view.symbols(values)])
    recent = np.zeros(len(values), dtype=np.int64)
    for k in range(ORDER, 0, -1):
        recent = with_symbol(recent, symbols[ORDER - k + first : len(symbols) - k])
    return context_number(view.agreeing(rows[first:], fields), recent), values


def _entries(context: IntArray, order: int | IntArray, value: int | IntArray) -> IntArray:
    """Return the entries of values after contexts that are cut to `order` symbols."""
    agreeing, symbols = context >> (ORDER * _SYMBOL_BITS), context & _MASKS[order]
    key = (((order << _AGREEING_BITS) + agreeing) << (ORDER * _SYMBOL_BITS)) + symbols
    entry: IntArray = (key << _VALUE_BITS) + value + _VALUE_OFFSET
    return entry


def _shortened(entries: IntArray, order: int) -> IntArray:
    """Return entries of length `order` + 1 as those of length `order`."""
    value, key = entries & ((1 << _VALUE_BITS) - 1), entries >> _VALUE_BITS
    context = key & ((1 << (_AGREEING_BITS + ORDER * _SYMBOL_BITS)) - 1)
    return _entries(context, order, value - _VALUE_OFFSET)


def _distinct(entries: IntArray) -> tuple[IntArray, IntArray]:
    found, counts = np.unique(entries, return_counts=True)
    return found, counts.astype(np.int64)
