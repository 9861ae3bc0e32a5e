"""PPM*: prediction by partial matching with contexts of unlimited length, as used for music.

After Cleary and Teahan (1997) and Pearce (2005, ch. 6). A context is the symbols before an event, nearest first.
The distribution starts uniform and is blended with the counts of each longer context that has occurred, up to the
shortest one that was always followed by the same value: with n observations of d distinct values,
p = (count + d · p of the next shorter context) / (n + d), method C of Witten and Bell (1991), interpolated.

Counts use update exclusion (Moffat 1990): in a context, a value counts once for each different symbol that preceded the
context when the value followed, not once for each occurrence. With `raw_longest` the longest context counts every
occurrence, which gave fewer bits for a model of one piece but more for a model of many pieces.

Contexts are stored in a tree. A context that was always followed by the same value is a leaf with a list of its
occurrences; it is split by the preceding symbols when another value follows. So the tree stores no context longer
than prediction needs, and a tune that is repeated a hundred times needs only a list.

`benchmarks/ppm_reference.py` compares it with published figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Float64s

START = -1  # the symbol before the first note of every piece
BIAS = 2.0  # of a combination, b in Pearce (2005)


class Text:
    """The symbols before every event: its head, then the notes before it, back to the start of the piece.

    Attributes:
        notes: one symbol for each note, piece after piece, with a `START` before each piece.
        heads: for each entry of `notes` the symbols that are nearer than the earlier notes; () for a `START`.
    """

    def __init__(self, notes: list[int], heads: list[tuple[int, ...]]) -> None:
        self.notes = notes
        self.heads = heads

    def symbol(self, event: int, depth: int) -> int | None:
        """Return the symbol at index `depth` of the context of an event; None beyond the start of its piece."""
        head = self.heads[event]
        if depth < len(head):
            return head[depth]
        place = event - 1 - depth + len(head)
        if place < event - 1 and self.notes[place + 1] == START:
            return None
        return self.notes[place]


class _Context:
    """A node of the tree: the values that followed one context.

    Attributes:
        counts: occurrences by value.
        children: of an inner node, the longer contexts by the symbol before this one; None in a leaf.
        events: of a leaf, (event, value) of every occurrence.
        excluded: of an inner node, the counts with update exclusion.
        before: of a leaf, the set of symbols before the context; None until it is first needed.
    """

    __slots__ = ("before", "children", "counts", "events", "excluded")

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.children: dict[int, _Context] | None = None
        self.events: list[tuple[int, int]] = []
        self.excluded: dict[int, int] = {}
        self.before: set[int | None] | None = None

    def child(self, symbol: int | None, value: int) -> _Context | None:
        """Return the child for a symbol, in which a value is counted next; None beyond the start of a piece."""
        if self.children is None or symbol is None:
            self.excluded.setdefault(value, 1)
            return None
        child = self.children.setdefault(symbol, _Context())
        if value not in child.counts:
            self.excluded[value] = self.excluded.get(value, 0) + 1
        return child


class ContextTree:
    """The tree of contexts that have occurred so far."""

    def __init__(self, text: Text, size: int, raw_longest: bool = False, max_order: int | None = None) -> None:
        """Make an empty tree.

        Args:
            size: number of values.
            raw_longest: whether the longest context counts every occurrence, see above.
            max_order: the length of the longest context; None for no limit.
        """
        self._text = text
        self._size = size
        self._raw_longest = raw_longest
        self._max_order = max_order
        self._root = _Context()

    def add(self, event: int, value: int) -> None:
        """Count a value, 0..size − 1, that occurred at an event of the text."""
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

    def predict(self, event: int) -> Float64s:
        """Return the distribution over values at an event, (size,)."""
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
        """Return the contexts of an event that have occurred, the empty one first."""
        node, path = self._root, [self._root]
        while node.children is not None:
            symbol = self._symbol(event, len(path) - 1)
            child = None if symbol is None else node.children.get(symbol)
            if child is None:
                break
            node = child
            path.append(node)
        return path

    def _symbol(self, event: int, depth: int) -> int | None:
        if self._max_order is not None and depth >= self._max_order:
            return None
        return self._text.symbol(event, depth)

    def _divide(self, node: _Context, depth: int) -> None:
        """Convert a leaf into an inner node."""
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
        """Return the counts of a context with update exclusion; one of length `max_order` counts every occurrence."""
        if depth == self._max_order:
            return node.counts
        if node.children is None:
            if node.before is None:
                node.before = {self._text.symbol(event, depth) for event, _ in node.events}
            return dict.fromkeys(node.counts, len(node.before))
        return node.excluded


def combine(distributions: Sequence[Float64s], bias: float = BIAS) -> Float64s:
    """Return the weighted geometric mean of distributions over the same values, (size,).

    The weight of a distribution is its relative entropy to the power −bias (Pearce 2005, ch. 6): a more certain model
    has more weight.
    """
    weights = [max(relative_entropy(p), 1e-9) ** -bias for p in distributions]
    logs = [weight / sum(weights) * np.log(p) for weight, p in zip(weights, distributions, strict=True)]
    mixed = np.exp(np.sum(logs, axis=0))
    out: Float64s = mixed / mixed.sum()
    return out


def relative_entropy(p: Float64s) -> float:
    """Return the entropy of a distribution divided by that of the uniform one, 0..1; 0 for a single value."""
    return float(-(p * np.log(p)).sum() / np.log(len(p))) if len(p) > 1 else 0.0
