"""The events so far of a batch of scores with several parts: a search by onset and order, and the line of each part.

Simultaneous events are in an order: by part, then by value. A position in a score is an onset with the order of the
last event placed there, or -1 where nothing is placed there yet. Shapes: B scores, P parts, F fields of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import IntArray
from ..fields import FIELD_OF_KIND
from ..history import History

NOTHING = -1  # the order at an onset where no event is placed yet
_VALUES = 1 << 15  # more than the values of a field
ORDERS = 1 << 20  # more than the orders of all parts
_NEVER = np.int64(2) ** 26  # an onset after every other, in steps


def order_of(part: IntArray, value: IntArray) -> IntArray:
    """Return the order of events at their onset, from the index of the part and the value; arrays of any shape."""
    return part * _VALUES + value


class PartHistory(History):
    """A `History` of events in parts.

    Attributes:
        kinds: the kind of each part, by index.
        part: (B, max_notes) index of the part of each event.
        value: (B, max_notes) its pitch, drum or chord symbol.
        time: (B, max_notes) its onset in steps.
        previous, following: (B, max_notes) index of the event before and after it in its part; -1 where there is none.
        last: (B, P) index of the last event of each part; -1 where there is none.
        order: (B,) the order of the last event, `NOTHING` where time has passed since.
        order_before: (B,) the order of the event before the last, if it has the onset of the last, else `NOTHING`.
    """

    def __init__(
        self, bar: IntArray, fields: tuple[str, ...], max_notes: int, slots: IntArray, kinds: Sequence[str]
    ) -> None:
        super().__init__(bar, fields, max_notes)
        size = len(bar)
        self.kinds = tuple(kinds)
        self._slots, self._part_at = slots, fields.index("part")
        self._value_at = np.array([fields.index(FIELD_OF_KIND[kind]) for kind in kinds])
        self.part, self.value, self.time = (np.zeros((size, max_notes), dtype=np.int64) for _ in range(3))
        self.previous, self.following = (np.full((size, max_notes), -1) for _ in range(2))
        self.last = np.full((size, len(kinds)), -1)
        self.order = np.full(size, NOTHING)
        self.order_before = np.full(size, NOTHING)
        self._row = self.rows * 2 * _NEVER * ORDERS
        self._keys = np.full((size, max_notes + 1), _NEVER * ORDERS) + self._row[:, None]
        self._all_keys = self._keys.reshape(-1)  # a view
        self._start = self.rows * self._keys.shape[1]

    def append(self, values: IntArray) -> None:
        now, rows = self.length, self.rows
        super().append(values)
        part = np.searchsorted(self._slots, values[:, self._part_at])
        value = values[rows, self._value_at[part]]
        self.order_before = np.where(self.shift[:, now] == 0, self.order, NOTHING)
        self.order = order_of(part, value)
        self.part[:, now], self.value[:, now], self.time[:, now] = part, value, self.last_onset
        self._keys[:, now] = self.last_onset * ORDERS + self.order + self._row
        before = self.last[rows, part]
        self.previous[:, now] = before
        has_before = np.flatnonzero(before >= 0)
        self.following[has_before, before[has_before]] = now
        self.last[rows, part] = now

    def wait(self, steps: IntArray) -> None:
        super().wait(steps)
        self.order = np.where(steps > 0, NOTHING, self.order)

    def order_at(self, onset: IntArray) -> IntArray:
        """Return the order of the last event placed at `onset` (B,), which is not before the last event."""
        return np.where(onset == self.last_onset, self.order, NOTHING)

    def first_after_position(self, spot: IntArray, order: IntArray) -> IntArray:
        """Return the index of the first event after a position, `spot` (..., B) steps and `order`; else `length`."""
        # nothing stands before step 0, and a key must not reach the row before
        key = np.maximum(spot, -1) * ORDERS + order + self._row
        return self._all_keys.searchsorted(key, side="right") - self._start

    def stands_at(self, index: IntArray, spot: IntArray) -> IntArray:
        """Return `index` (..., B) where that event exists and has the onset `spot`, else -1."""
        known = np.minimum(index, max(0, self.length - 1))
        at = (index < self.length) & (self.time[self.rows, known] == spot)
        return np.where(at, index, -1)
