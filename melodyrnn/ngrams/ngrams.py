"""N-gram experts beside a network: what followed the last notes in the training pieces, and in the piece so far.

Each view (views.py) of a field gives two distributions: that of the training pieces, and that of the piece so far, for
which the former is the distribution of the shortest context (table.py, memory.py, blend.py). They and the network's are
mixed as a weighted product,

    p(value) ∝ network(value)^w_0 · Π_e expert_e(value)^w_e

(a logarithmic opinion pool; cf. products of experts, Hinton 2002, and the combination of long- and short-term models by
Pearce 2005). The weights are fitted on the validation split (fit.py).

Shapes: B scores, N notes, F fields, V values of a field, E experts of a field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..arrays import AnyFloats, Float64s, IntArray
from .blend import blend
from .memory import Memory
from .table import Table
from .views import MAX_INDEX, VIEWS, View, views_of

FLOOR = 1e-9  # added to a probability of the network before its logarithm is taken


@dataclass(frozen=True, eq=False)
class Ngrams:
    """The experts of a model; without weights they change nothing.

    Attributes:
        fields: the fields of a note, in the order of its indices.
        weights: for each field with experts w_0 and the weight of each expert, see `names_of`.
        tables: the n-grams of the training pieces, by view.
    """

    fields: tuple[str, ...] = ()
    weights: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)

    def begin(self, batch: int, max_notes: int) -> Reader:
        """Return the experts before the first note of `batch` scores of at most `max_notes` notes."""
        return Reader(self, [view for view in VIEWS if view.field in self.weights], batch, max_notes)

    def over(self, name: str, p: AnyFloats, targets: Sequence[IntArray]) -> AnyFloats:
        """Return the distributions of a field over finished scores, mixed with the experts.

        Args:
            p: the network's for every row of all targets, (N, V).
            targets: for each score indices (number of rows, F).
        """
        if name not in self.weights:
            return p
        return mixed(p, self.experts_over(name, targets, p.shape[1]), self.weights[name])

    def experts_over(self, name: str, targets: Sequence[IntArray], size: int) -> Float64s:
        """Return the distributions of the experts of a field over finished scores, (E, N, V), see `over`."""
        lengths = [len(target) for target in targets]
        rows = np.zeros((len(targets), max(lengths), len(self.fields)), dtype=np.int64)
        for row, target in zip(rows, targets, strict=True):
            row[: len(target)] = target
        first = np.cumsum([0, *lengths[:-1]])
        reader = Reader(self, views_of(name), len(targets), rows.shape[1])
        out = np.zeros((2 * len(views_of(name)), sum(lengths), size))
        for n in range(rows.shape[1]):
            chosen = np.flatnonzero(np.array(lengths) > n)
            out[:, first[chosen] + n] = reader.experts(name, chosen, rows[chosen, n], size)
            reader.append(rows[:, n])
        return out


class Reader:
    """The experts on the way through a batch of scores."""

    def __init__(self, ngrams: Ngrams, views: Sequence[View], batch: int, max_notes: int) -> None:
        self._ngrams = ngrams
        self._memories = {view.name: Memory(view, ngrams.fields, batch, max_notes) for view in views}

    def mix(self, name: str, p: AnyFloats, chosen: IntArray, rows: IntArray) -> AnyFloats:
        """Return the distributions of a field of the next note of chosen scores, mixed with the experts.

        Args:
            p: the network's, (number chosen, V).
            chosen: scores by index.
            rows: their next notes, of which the earlier fields are known, (number chosen, F).
        """
        weights = self._ngrams.weights.get(name)
        if weights is None:
            return p
        return mixed(p, self.experts(name, chosen, rows, p.shape[1]), weights)

    def experts(self, name: str, chosen: IntArray, rows: IntArray, size: int) -> Float64s:
        """Return the distributions of the experts of a field, (E, number chosen, V), see `mix`."""
        views = views_of(name)
        out = np.empty((2 * len(views), len(chosen), size))
        for n, view in enumerate(views):
            memory, table = self._memories[view.name], self._ngrams.tables[view.name]
            agreeing = memory.agreeing(rows)
            counts = table.counted(memory.context(chosen, agreeing), memory.offset[chosen], size)
            out[2 * n] = blend(counts, 1 / size)
            out[2 * n + 1] = blend(memory.counted(chosen, agreeing, size), out[2 * n])
        return out

    def append(self, rows: IntArray) -> None:
        """Append the next note of every score, indices (B, F)."""
        for memory in self._memories.values():
            memory.append(rows)


def mixed(p: AnyFloats, experts: Float64s, weights: Sequence[float]) -> AnyFloats:
    """Return the weighted product of distributions (N, V) and those of experts (E, N, V), normalised, like `p`."""
    product = weights[0] * np.log(p + FLOOR, dtype=np.float64)
    for weight, expert in zip(weights[1:], experts, strict=True):
        product += weight * np.log(expert)
    product -= np.maximum.reduce(product, axis=-1, keepdims=True)
    np.exp(product, out=product)
    product /= np.add.reduce(product, axis=-1, keepdims=True)
    return product.astype(p.dtype)


def can_count(sizes: Mapping[str, int]) -> bool:
    """Return whether n-grams can be counted in a vocabulary of plain melodies with these numbers of values."""
    needed = {name for view in VIEWS for name in (view.field, *view.given)}
    return needed <= set(sizes) and all(sizes[name] <= MAX_INDEX + 1 for name in needed)
