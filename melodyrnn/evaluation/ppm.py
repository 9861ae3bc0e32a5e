"""Prediction by partial matching with contexts of any length: PPM*, as models of music use it.

After Cleary and Teahan (1997) and Pearce (2005, ch. 6). A context is the symbols before an event, the nearest first.
The distribution starts uniform and is blended with the counts of each longer context that has been seen, up to the
shortest one that was always followed by one value: with n observations of d distinct values,
p = (count + d * p of the next shorter context) / (n + d), which is method C of Witten and Bell (1991), interpolated.

Counts are update-excluded (Moffat 1990): in a context, a value counts once for each symbol that ever stood before the
context when the value followed, not once an occurrence. `raw_longest` leaves the longest context found with all of
its occurrences, which measured better for a model of one piece and worse for one of many.

Contexts are kept in a tree that grows only where it must: one that was always followed by the same value is a leaf
with a list of its occurrences, and is divided by the symbols before it when another value comes. So no context longer
than what decides is ever stored, and a tune repeated a hundred times costs no more than a list.

`benchmarks/ppm_reference.py` holds this against published kinds of figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

START = -1  # stands before the first note of every piece
BIAS = 2.0  # of combinations, the b of Pearce (2005)

Floats = npt.NDArray[np.float64]


class Text:
    """What stands before events: of each its head, and behind it the notes before, back to the start of the piece.

    Attributes:
        notes: of all pieces after one another, one symbol a note, each piece after a `START`.
        heads: for each place of `notes` the symbols nearer than the notes before it; () for a `START`.
    """

    def __init__(self, notes: list[int], heads: list[tuple[int, ...]]) -> None:
        self.notes = notes
        self.heads = heads

    def symbol(self, event: int, depth: int) -> int | None:
        """The symbol `depth` places before an event; None past the start of its piece."""
        head = self.heads[event]
        if depth < len(head):
            return head[depth]
        place = event - 1 - depth + len(head)
        if place < event - 1 and self.notes[place + 1] == START:
            return None
        return self.notes[place]


class _Context:
    """What followed a context: counts by value, and its children by the symbol before it or, in a leaf, events.

    `excluded` are an inner node's update-excluded counts, `before` a leaf's set of symbols before it, kept once it has
    been asked for.
    """

    __slots__ = ("before", "children", "counts", "events", "excluded")

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.children: dict[int, _Context] | None = None
        self.events: list[tuple[int, int]] = []  # event, value
        self.excluded: dict[int, int] = {}
        self.before: set[int | None] | None = None

    def child(self, symbol: int | None, value: int) -> _Context | None:
        """Of an inner node, the one that a value is to be counted in next; None past the start of a piece."""
        if self.children is None or symbol is None:
            self.excluded.setdefault(value, 1)
            return None
        child = self.children.setdefault(symbol, _Context())
        if value not in child.counts:
            self.excluded[value] = self.excluded.get(value, 0) + 1
        return child


class ContextTree:
    """All contexts seen so far."""

    def __init__(self, text: Text, size: int, raw_longest: bool = False, max_order: int | None = None) -> None:
        """`size`: how many values there are; `max_order`: the longest context, None for any."""
        self._text = text
        self._size = size
        self._raw_longest = raw_longest
        self._max_order = max_order
        self._root = _Context()

    def add(self, event: int, value: int) -> None:
        """Count a value, an index, that came at an event."""
        node, depth = self._root, 0
        while True:
            node.counts[value] = node.counts.get(value, 0) + 1
            if node.children is None:
                node.events.append((event, value))
                if len(node.counts) > 1:
                    self._divide(node, depth)
                elif node.before is not None:
                    node.before.add(self._text.symbol(event, depth))
                return
            child = node.child(self._symbol(event, depth), value)
            if child is None:
                return
            node, depth = child, depth + 1

    def predict(self, event: int) -> Floats:
        """The distribution over values at an event, (size,)."""
        path = self._path(event)
        p = np.full(self._size, 1 / self._size)
        for depth, node in enumerate(path):
            raw = self._raw_longest and depth == len(path) - 1
            counts = node.counts if raw else self._excluded(node, depth)
            seen, distinct = sum(counts.values()), len(counts)
            if seen:
                p *= distinct / (seen + distinct)
                for value, count in counts.items():
                    p[value] += count / (seen + distinct)
        return p

    def _path(self, event: int) -> list[_Context]:
        """The contexts of an event that have been seen, the empty one first."""
        node, path = self._root, [self._root]
        while node.children is not None:
            symbol = self._symbol(event, len(path) - 1)
            found = None if symbol is None else node.children.get(symbol)
            if found is None:
                break
            node = found
            path.append(node)
        return path

    def _symbol(self, event: int, depth: int) -> int | None:
        if self._max_order is not None and depth >= self._max_order:
            return None
        return self._text.symbol(event, depth)

    def _divide(self, node: _Context, depth: int) -> None:
        """Make an inner node of a leaf."""
        node.children = {}
        for event, value in node.events:
            child = node.child(self._symbol(event, depth), value)
            if child is not None:
                child.counts[value] = child.counts.get(value, 0) + 1
                child.events.append((event, value))
        node.events, node.before = [], None
        for child in node.children.values():
            if len(child.counts) > 1:
                self._divide(child, depth + 1)

    def _excluded(self, node: _Context, depth: int) -> dict[int, int]:
        """Update-excluded counts of a context. The longest there can be keeps its own."""
        if depth == self._max_order:
            return node.counts
        if node.children is None:
            if node.before is None:
                node.before = {self._text.symbol(event, depth) for event, _ in node.events}
            return dict.fromkeys(node.counts, len(node.before))
        return node.excluded


def combine(distributions: Sequence[Floats], bias: float = BIAS) -> Floats:
    """Weighted geometric mean of distributions, each weighted by its relative entropy to the power -bias.

    Pearce (2005, ch. 6): the surer a model is, the more it counts.
    """
    weights = [max(relative_entropy(p), 1e-9) ** -bias for p in distributions]
    logs = [weight / sum(weights) * np.log(p) for weight, p in zip(weights, distributions, strict=True)]
    mixed = np.exp(np.sum(logs, axis=0))
    out: Floats = mixed / mixed.sum()
    return out


def relative_entropy(p: Floats) -> float:
    """Entropy of a distribution as a part of the largest there can be; 0 where there is one value only."""
    return float(-(p * np.log(p)).sum() / np.log(len(p))) if len(p) > 1 else 0.0
