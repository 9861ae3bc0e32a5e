"""An order-2 Markov chain for each field, the baseline of training and evaluation.

The context of a field is its values in the two notes before and the earlier fields of its own note. Orders are blended
from the uniform distribution upwards by method C of Witten and Bell (1991): with n observations of d distinct values
in a context, p = (count + d · p of the next shorter context) / (n + d).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from ..arrays import AnyInts, Float64s, IntArray

ORDER = 2


class MarkovModel:
    """The chain fitted on training pieces."""

    def __init__(self, targets: Sequence[AnyInts], sizes: Sequence[int]) -> None:
        """Count the values of the training pieces.

        Args:
            targets: for each piece (num_notes + 1, num_fields), as `context_of` returns them.
            sizes: number of values of each field.
        """
        self._sizes = list(sizes)
        self._counts: list[defaultdict[tuple[int, ...], Counter[int]]] = [
            defaultdict(Counter) for _ in range(len(sizes) * (ORDER + 1))
        ]
        for target in targets:
            for place in range(len(sizes)):
                rows = target[:-1] if place else target  # END has only a shift
                for value, contexts in _observations(rows, place):
                    for order, context in enumerate(contexts):
                        self._counts[place * (ORDER + 1) + order][context][value] += 1

    def bits(self, targets: Sequence[IntArray]) -> list[Float64s]:
        """Return the bits of every note by field without END, (num_notes, num_fields) for each piece."""
        out = []
        for target in targets:
            columns = [
                [-np.log2(self._probability(place, value, contexts)) for value, contexts in _observations(notes, place)]
                for notes in [target[:-1]]
                for place in range(len(self._sizes))
            ]
            out.append(np.array(columns, dtype=np.float64).T.reshape(-1, len(self._sizes)))
        return out

    def bits_per_note(self, targets: Sequence[IntArray]) -> float:
        """Return the bits per note over all pieces: all fields, without END."""
        tables = self.bits(targets)
        return float(sum(table.sum() for table in tables) / max(1, sum(map(len, tables))))

    def _probability(self, place: int, value: int, contexts: list[tuple[int, ...]]) -> float:
        p = 1 / self._sizes[place]
        for order, context in enumerate(contexts):
            counts = self._counts[place * (ORDER + 1) + order].get(context)
            if counts:
                p = (counts[value] + len(counts) * p) / (counts.total() + len(counts))
        return p


def _observations(rows: AnyInts, place: int) -> list[tuple[int, list[tuple[int, ...]]]]:
    """Return for each note the value of the field at index `place`, and its contexts of order 0, 1 and 2."""
    notes = rows.tolist()
    out = []
    for n, note in enumerate(notes):
        own = tuple(note[:place])
        before = [notes[n - k][place] if n >= k else -1 for k in (1, 2)]
        out.append((note[place], [own, (*own, before[0]), (*own, before[0], before[1])]))
    return out
