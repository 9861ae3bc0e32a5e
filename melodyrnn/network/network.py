"""The trained network in NumPy, with the equations of model/network.py but without Keras: its recurrent layers.

The cells are in cells.py, the heads in head.py. Shapes: B scores, U units, C context columns, N notes. One call of
`step` processes one note of every score. Every input of the first layer is a row of an embedding table, so the tables
are multiplied by the input kernel once, and `step` only adds rows.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ..arrays import AnyInts, Float32s, IntArray
from ..checkpoint import Metadata, Weights
from ..errors import CheckpointError
from ..events.columns import NUM_INTERVALS
from ..events.fields import FIELD
from ..events.inputs import Inputs
from ..music.units import NUM_PITCH_CLASSES
from . import products
from .cells import Cell, RecurrentConfig, State
from .distribution import Distribution
from .folding import FoldedTables, fold
from .head import Head
from .products import Product

EPSILON = 1e-9  # added to a probability before its logarithm is taken, which stays finite


class Network:
    """A network with its weights.

    Attributes:
        inputs: the columns and embedding tables that it reads.
        recurrent: the settings of its recurrent layers.
        units: U, the width of each recurrent layer.
        ngrams: the n-gram experts that its distributions are mixed with.
    """

    def __init__(self, metadata: Metadata, weights: Weights, batch_invariant: bool = False) -> None:
        """Check the weights. Raises CheckpointError where one is missing, has another shape or is not finite.

        Args:
            batch_invariant: whether the results for a score are bit for bit the same whatever else is in the batch, see
                products.py. With many scores this takes longer.
        """
        self._product_of = products.batch_invariant if batch_invariant else products.direct
        self.inputs = Inputs.of(metadata.vocabulary)
        self.recurrent = RecurrentConfig.of(metadata.network)
        self.units = self.recurrent.units
        self.ngrams = metadata.ngrams
        self._reads_lookbacks = bool(metadata.network.get("lookbacks", True))
        self._weights = weights
        self._check()

    def initial_state(self, batch: int) -> list[State]:
        """Return the state of each layer before the first note, all zero; the first axis of its arrays is B."""
        return [cell.initial(batch) for cell in self._cells]

    def step(self, before: AnyInts, state: list[State]) -> tuple[Float32s, list[State]]:
        """Process one note of every score.

        Args:
            before: the columns that are known before the shift, (B, C).
            state: the state of each layer.

        Returns:
            The output of the last layer (B, U), and the new state.
        """
        columns = self._visible(before).take(self._columns, axis=1)
        x, moved = self._cells[0].step(self._tables.sums(columns), state[0])
        new = [moved]
        for product, cell, old in zip(self._kernels, self._cells[1:], state[1:], strict=True):
            x, moved = cell.step(product(x), old)
            new.append(moved)
        return x, new

    def head(self, name: str, output: Float32s, context: AnyInts, values: AnyInts) -> Distribution:
        """Return the distribution of a field for N notes.

        Args:
            name: the name of the field.
            output: of `step`, (N, U).
            context: columns, (N, C); the first field needs only those that are known before the shift.
            values: indices of fields, (N, F); only those of earlier fields are read.
        """
        return self._heads[name](output, self._visible(context), values)

    def _visible(self, context: AnyInts) -> AnyInts:
        """Return the context, (..., C), with 0 in the columns that the network was trained without."""
        if self._reads_lookbacks:
            return context
        return np.where(self.inputs.lookback_columns[: context.shape[-1]], np.zeros_like(context), context)

    @cached_property
    def _columns(self) -> IntArray:
        """The columns that the first layer reads."""
        return np.array([self.inputs.place(lookup.source) for lookup in self.inputs.trunk])

    @cached_property
    def _tables(self) -> FoldedTables:
        """The embedding tables of the first layer, times its kernel."""
        kernel = self.recurrent.input_kernel(self._weights["core_0/kernel"])
        tables = [self._weights[f"embed_{lookup.table}/embeddings"] for lookup in self.inputs.trunk]
        return FoldedTables(fold(tables, kernel, self._product_of))

    @cached_property
    def _kernels(self) -> list[Product]:
        """The products of the kernels of all layers but the first."""
        return [self._product_of(self._weights[f"core_{n}/kernel"]) for n in range(1, self.recurrent.num_layers)]

    @cached_property
    def _cells(self) -> list[Cell]:
        return [
            self.recurrent.cell_of(
                {name: self._weights[f"core_{n}/{name}"] for name in self.recurrent.shapes(n, 0)}, self._product_of
            )
            for n in range(self.recurrent.num_layers)
        ]

    @cached_property
    def _heads(self) -> dict[str, Head]:
        weight = self._weights.__getitem__
        return {name: Head(name, self.inputs, weight, self._product_of) for name in self.inputs.fields}

    def _check(self) -> None:
        """Raise CheckpointError unless every weight is there, finite and of its shape."""
        for name, shape in expected_shapes(self.inputs, self.recurrent).items():
            found = self._weights.get(name)
            if found is None or found.shape != shape:
                got = "nothing" if found is None else f"shape {found.shape}"
                raise CheckpointError(f"the weights must hold {name} of shape {shape}. Received: {got}")
            if not np.isfinite(found).all():
                raise CheckpointError(f"the weights must be finite. Received NaN or infinity in {name}")


def expected_shapes(inputs: Inputs, recurrent: RecurrentConfig) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight, by name."""
    shapes: dict[str, tuple[int, ...]] = {f"embed_{name}/embeddings": size for name, size in inputs.tables.items()}
    width = sum(inputs.tables[lookup.table][1] for lookup in inputs.trunk)
    units, num_lookbacks = recurrent.units, len(inputs.lookbacks)
    for n in range(recurrent.num_layers):
        for name, shape in recurrent.shapes(n, width if n == 0 else units).items():
            shapes[f"core_{n}/{name}"] = shape
    for name, size in inputs.values.items():
        width = units + sum(inputs.tables[lookup.table][1] for lookup in inputs.head(name))
        dense = {f"head_{name}_logits": (width, size)}
        if inputs.has_hidden_layer(name):
            dense = {f"head_{name}_hidden": (width, units), f"head_{name}_logits": (units, size)}
        if FIELD[name].is_melodic:
            dense[f"head_{name}_intervals"] = (dense[f"head_{name}_logits"][0], NUM_INTERVALS)
            dense[f"head_{name}_classes"] = (dense[f"head_{name}_logits"][0], NUM_PITCH_CLASSES)
            if inputs.parts:
                dense[f"head_{name}_chords"] = (dense[f"head_{name}_logits"][0], 2 * NUM_PITCH_CLASSES)
        dense[f"head_{name}_gate_hidden"] = (width + num_lookbacks, 64)
        dense[f"head_{name}_gates"] = (64, 1 + num_lookbacks)
        for layer, shape in dense.items():
            shapes[f"{layer}/kernel"] = shape
            shapes[f"{layer}/bias"] = shape[1:]
    return shapes
