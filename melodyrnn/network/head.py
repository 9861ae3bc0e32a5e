"""The head of one field in NumPy: from the output of the recurrent layers to a `Distribution`, see model/network.py.

The first layers of a head read the output of the recurrent layers, rows of embedding tables, and for each look-back the
share of look-backs that agree with it, which takes K + 1 values and so is a row of a table too. They are one product
and a sum of folded rows (folding.py). The scores by pitch class are folded into the logits, to which they are added.

Shapes: N notes, U units, C context columns, F fields, V values, K look-backs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..arrays import AnyInts, Float32s, IntArray
from ..events.columns import MAX_INTERVAL, NUM_INTERVALS
from ..events.fields import FIELD
from ..events.inputs import Inputs
from ..events.parts.inputs import EXTREMES
from ..music.units import NUM_PITCH_CLASSES
from .distribution import Distribution, softmax
from .folding import FoldedTables, fold
from .products import Product, ProductOf

MISSING = -1e9  # the logit of the gate of a look-back without a candidate

WeightOf = Callable[[str], Float32s]  # by name


class _Dense(NamedTuple):
    """A layer x · kernel + bias; kernel (inputs, outputs), bias (outputs,)."""

    kernel: Float32s
    bias: Float32s

    @classmethod
    def of(cls, layer: str, weight: WeightOf) -> _Dense:
        return cls(weight(f"{layer}/kernel"), weight(f"{layer}/bias"))

    def beside(self, other: _Dense) -> _Dense:
        """Return both as one layer: the outputs of this one, then those of the other."""
        kernel = np.concatenate([self.kernel, other.kernel], axis=1)
        return _Dense(kernel, np.concatenate([self.bias, other.bias]))

    def with_inputs(self, number: int) -> _Dense:
        """Return the layer with further inputs at the end, which it does not read, so that it has `number`."""
        return _Dense(np.pad(self.kernel, ((0, number - len(self.kernel)), (0, 0))), self.bias)

    def product(self, product_of: ProductOf) -> Product:
        """Return the layer as a function of its input."""
        multiply, bias = product_of(self.kernel), self.bias
        return lambda x: multiply(x) + bias


class Head:
    """The head of one field with its weights."""

    def __init__(self, name: str, inputs: Inputs, weight: WeightOf, product_of: ProductOf) -> None:
        """Fold the embedding tables of the head of field `name`; `product_of` multiplies its kernels."""
        field, scores = FIELD[name], _scores(name, inputs, weight)
        has_hidden_layer = inputs.has_hidden_layer(name)
        first = _Dense.of(f"head_{name}_hidden", weight) if has_hidden_layer else scores
        self._num_first = len(first.bias)
        self._scores = scores.product(product_of) if has_hidden_layer else None
        self._gates = _Dense.of(f"head_{name}_gates", weight).product(product_of)
        self._candidates = inputs.candidates(name)
        self._previous = inputs.place(inputs.own_last)
        self._places = _interval_places(inputs.values[name]) if field.is_melodic else None
        is_chordal = field.is_melodic and inputs.parts is not None
        self._extremes = [inputs.place(column) for column in EXTREMES] if is_chordal else []
        self._over = [_over_places(inputs.values[name], n) for n in range(len(self._extremes))]
        gate_hidden = _Dense.of(f"head_{name}_gate_hidden", weight)
        self._read(first.with_inputs(len(gate_hidden.kernel)).beside(gate_hidden), name, inputs, weight, product_of)

    def _read(self, first: _Dense, name: str, inputs: Inputs, weight: WeightOf, product_of: ProductOf) -> None:
        """Set up what the first layers read; the columns count from the left of values, agreement and context."""
        num_fields, num_lookbacks = len(inputs.fields), len(inputs.lookbacks)
        lookups = inputs.head(name)
        columns = [
            inputs.fields.index(lookup.source)
            if lookup.source in inputs.fields
            else num_fields + num_lookbacks + inputs.place(lookup.source)
            for lookup in lookups
        ]
        self._columns = np.array([*columns, *range(num_fields, num_fields + num_lookbacks)])
        share = np.linspace(0, 1, num_lookbacks + 1, dtype=np.float32)[:, None]  # by the number that agree
        tables = [weight(f"embed_{lookup.table}/embeddings") for lookup in lookups] + [share] * num_lookbacks
        num_units = len(first.kernel) - sum(table.shape[1] for table in tables)
        self._product = product_of(first.kernel[:num_units])
        folded = fold(tables, first.kernel[num_units:], product_of)
        self._tables = FoldedTables([folded[0] + first.bias, *folded[1:]])

    def __call__(self, output: Float32s, context: AnyInts, values: AnyInts) -> Distribution:
        """Return the distribution for N notes, see `Network.head`."""
        candidates = context[:, self._candidates].astype(np.int64)
        every = np.concatenate([values, _agreement(candidates), context], axis=1)
        first = self._tables.sums(every.take(self._columns, axis=1))
        first += self._product(output)
        scores, gate_hidden = first[:, : self._num_first], first[:, self._num_first :]
        if self._scores is not None:
            scores = self._scores(np.maximum(scores, 0))
        gates = self._gates(np.maximum(gate_hidden, 0))
        gates[:, 1:][candidates == 0] = MISSING
        return Distribution(self._logits(scores, context), softmax(gates), candidates)

    def _logits(self, scores: Float32s, context: AnyInts) -> Float32s:
        """Return the logits, (N, V); to those of pitches the scores of their intervals are added."""
        if self._places is None:
            return scores
        rows = np.arange(len(scores))[:, None]
        logits = scores[:, : self._places.shape[1]] + scores[rows, self._places[context[:, self._previous]]]
        for column, places in zip(self._extremes, self._over, strict=True):
            logits += scores[rows, places[context[:, column]]]
        return logits


def _scores(name: str, inputs: Inputs, weight: WeightOf) -> _Dense:
    """Return the last layer: logits; of pitches with their class's score added, then scores of intervals, then 0.

    With several parts, scores of the intervals from the lowest and from the highest pitch that sound follow.
    """
    logits = _Dense.of(f"head_{name}_logits", weight)
    if not FIELD[name].is_melodic:
        return logits
    of_class = np.arange(inputs.values[name]) % NUM_PITCH_CLASSES
    classes = _Dense.of(f"head_{name}_classes", weight)
    whole = _Dense(logits.kernel + classes.kernel[:, of_class], logits.bias + classes.bias[of_class])
    nothing = _Dense(np.zeros((len(whole.kernel), 1), dtype=np.float32), np.zeros(1, dtype=np.float32))
    scores = whole.beside(_Dense.of(f"head_{name}_intervals", weight)).beside(nothing)
    return scores.beside(_Dense.of(f"head_{name}_chords", weight)) if inputs.parts else scores


def _interval_places(num_pitches: int) -> IntArray:
    """Return for each previous pitch (index + 1; 0 for none) the places of all pitches' intervals among the scores."""
    pitch = np.arange(num_pitches)
    interval = np.clip(pitch - pitch[:, None], -MAX_INTERVAL, MAX_INTERVAL) + MAX_INTERVAL
    return num_pitches + np.concatenate([np.full((1, num_pitches), NUM_INTERVALS), interval])


def _over_places(num_pitches: int, number: int) -> IntArray:
    """Return for each pitch that sounds (index + 1; 0 for none) the places of all pitches' intervals from it.

    `number` is 0 for the lowest pitch and 1 for the highest; places are among the scores, see `_scores`.
    """
    pitch = np.arange(num_pitches)
    nothing = num_pitches + NUM_INTERVALS
    over = nothing + 1 + number * NUM_PITCH_CLASSES + (pitch - pitch[:, None]) % NUM_PITCH_CLASSES
    return np.concatenate([np.full((1, num_pitches), nothing), over])


def _agreement(candidates: IntArray) -> IntArray:
    """Return for each look-back how many look-backs have its candidate, (N, K); 0 without a candidate."""
    same = candidates[:, :, None] == candidates[:, None, :]
    return np.add.reduce(same, axis=-1, dtype=np.int64) * (candidates > 0)
