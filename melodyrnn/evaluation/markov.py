"""The baseline that figures are read against: each field by an order-2 Markov chain.

A field's context is the values of that field in the two notes before, and the fields of its own note before it in
the chain. Orders are blended from uniform upwards as in Witten and Bell (1991), method C: with n observations of d
distinct values in a context, p = (count + d · p of the next shorter context) / (n + d).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

ORDER = 2
IntArray = npt.NDArray[np.int64]


class MarkovModel:
    """Fitted on targets (num_notes + 1, num_fields) of `context_of`; sizes are the number of indices by field."""

    def __init__(self, targets: Sequence[npt.NDArray[np.signedinteger]], sizes: Sequence[int]) -> None:
        self._sizes = list(sizes)
        self._counts: list[defaultdict[tuple[int, ...], Counter[int]]] = [
            defaultdict(Counter) for _ in range(len(sizes) * (ORDER + 1))
        ]
        for target in targets:
            for place in range(len(sizes)):
                rows = target[:-1] if place else target  # END has a shift only
                for value, contexts in _observations(rows, place):
                    for order, context in enumerate(contexts):
                        self._counts[place * (ORDER + 1) + order][context][value] += 1

    def bits(self, targets: Sequence[IntArray]) -> list[npt.NDArray[np.float64]]:
        """Bits of every note of melodies by field, END left out: per piece (num_notes, num_fields)."""
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
        """Bits per note of melodies: all fields of their notes, END left out."""
        found = self.bits(targets)
        return float(sum(table.sum() for table in found) / max(1, sum(map(len, found))))

    def _probability(self, place: int, value: int, contexts: list[tuple[int, ...]]) -> float:
        p = 1 / self._sizes[place]
        for order, context in enumerate(contexts):
            counts = self._counts[place * (ORDER + 1) + order].get(context)
            if counts:
                p = (counts[value] + len(counts) * p) / (counts.total() + len(counts))
        return p


def _observations(rows: npt.NDArray[np.signedinteger], place: int) -> list[tuple[int, list[tuple[int, ...]]]]:
    """Per note its value of a field and the contexts of order 0, 1 and 2, the shortest first."""
    notes = rows.tolist()
    out = []
    for n, note in enumerate(notes):
        own = tuple(note[:place])
        before = [notes[n - k][place] if n >= k else -1 for k in (1, 2)]
        out.append((note[place], [own, (*own, before[0]), (*own, before[0], before[1])]))
    return out
