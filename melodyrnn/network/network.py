"""The trained network in NumPy, with the equations of model/network.py but without Keras. The cells are in cells.py.

Shapes: B scores, U units, C context columns, V values, K look-backs. One call of `step` processes one note of every
score; `head` takes any number of leading dimensions. Every input of the first layer is a row of an embedding table, so
the tables are multiplied by the input kernel once, when the network is loaded, and `step` only adds rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import AnyInts, Float32s
from ..checkpoint import Metadata, Weights
from ..errors import CheckpointError
from ..events.fields import FIELD
from ..events.inputs import MAX_INTERVAL, NUM_INTERVALS, Inputs, Lookup
from ..music.units import NUM_PITCH_CLASSES
from .cells import Cell, RecurrentConfig, State

MISSING = -1e9  # the logit of the gate of a look-back without a candidate
EPSILON = 1e-9  # added to a probability before its logarithm is taken, which stays finite
_BLOCK = 8  # rows per matrix product, see Network


@dataclass(frozen=True, slots=True)
class Distribution:
    """A field's distribution: logits (..., V), gates (..., 1 + K) that sum to 1, candidates (..., K) as index + 1."""

    logits: Float32s
    gates: Float32s
    candidates: AnyInts

    def probabilities(self) -> Float32s:
        """Return the probabilities of all values, (..., V): logits and candidates, mixed by the gates."""
        p = self.gates[..., :1] * softmax(self.logits)
        num_lookbacks = self.candidates.shape[-1]
        flat, candidates = p.reshape(-1, p.shape[-1]), self.candidates.reshape(-1, num_lookbacks)
        gates = self.gates.reshape(-1, 1 + num_lookbacks)
        rows = np.arange(len(flat))
        for k in range(num_lookbacks):
            there = candidates[:, k] > 0
            flat[rows[there], candidates[there, k] - 1] += gates[there, 1 + k]
        return flat.reshape(p.shape)


class Network:
    """A network with its weights.

    Attributes:
        inputs: the columns and embedding tables that it reads.
        recurrent: the settings of its recurrent layers.
        units: U, the width of each recurrent layer.
    """

    def __init__(self, metadata: Metadata, weights: Weights, batch_invariant: bool = False) -> None:
        """Check the weights. Raises CheckpointError where one is missing, has another shape or is not finite.

        Args:
            batch_invariant: whether the results for a score are bit for bit the same whatever else is in the batch.
                The matrix product of a library rounds a row differently depending on the number of rows; products of
                always eight rows do not (measured on OpenBLAS; true of blocks of 4 and 8, not of 16). This takes up to
                1.7 times as long.
        """
        self._batch_invariant = batch_invariant
        self.inputs = Inputs.of(metadata.vocabulary)
        self.recurrent = RecurrentConfig.of(metadata.network)
        self.units = self.recurrent.units
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
        x, new = self._input_product(self._visible(before)), []
        for n, (cell, old) in enumerate(zip(self._cells, state, strict=True)):
            if n:
                x = self._product(x, self._weight(f"core_{n}/kernel"))
            x, moved = cell.step(x, old)
            new.append(moved)
        return x, new

    def head(self, name: str, output: Float32s, context: AnyInts, values: AnyInts) -> Distribution:
        """Return the distribution of a field.

        Args:
            name: the name of the field.
            output: of `step`, (..., U).
            context: columns, (..., C); the first field needs only those that are known before the shift.
            values: indices of fields, (..., F); only those of earlier fields are read.
        """
        context = self._visible(context)
        x = np.concatenate([output, *self._lookups(self.inputs.head(name), context, values)], axis=-1)
        candidates = context[..., self.inputs.candidates(name)].astype(np.int64)
        hidden = np.maximum(self._dense(f"head_{name}_hidden", x), 0) if FIELD[name].has_hidden_layer else x
        logits = self._dense(f"head_{name}_logits", hidden)
        if FIELD[name].is_melodic:
            logits += self._melodic_logits(name, hidden, context)
        gated = np.concatenate([x, _agreement(candidates)], axis=-1)
        gates = self._dense(f"head_{name}_gates", np.maximum(self._dense(f"head_{name}_gate_hidden", gated), 0))
        gates[..., 1:] += np.where(candidates == 0, np.float32(MISSING), np.float32(0))
        return Distribution(logits, softmax(gates), candidates)

    def _melodic_logits(self, name: str, hidden: Float32s, context: AnyInts) -> Float32s:
        """Return scores of each pitch by interval and pitch class, see model/network.py."""
        pitches = np.arange(self.inputs.values[name])
        before = context[..., self.inputs.place(f"previous_{name}"), None].astype(np.int64)
        step = np.clip(pitches + 1 - before, -MAX_INTERVAL, MAX_INTERVAL) + MAX_INTERVAL
        by_interval = np.take_along_axis(self._dense(f"head_{name}_intervals", hidden), step, axis=-1)
        by_class = self._dense(f"head_{name}_classes", hidden)[..., pitches % NUM_PITCH_CLASSES]
        return np.where(before > 0, by_interval, np.float32(0)) + by_class

    def _visible(self, context: AnyInts) -> AnyInts:
        """Return the context, (..., C), with 0 in the columns that the network was trained without."""
        if self._reads_lookbacks:
            return context
        return np.where(self.inputs.lookback_columns[: context.shape[-1]], np.zeros_like(context), context)

    @cached_property
    def _cells(self) -> list[Cell]:
        return [
            self.recurrent.cell_of(
                {name: self._weight(f"core_{n}/{name}") for name in self.recurrent.shapes(n, 0)}, self._product
            )
            for n in range(self.recurrent.num_layers)
        ]

    @cached_property
    def _input_tables(self) -> list[tuple[int, Float32s]]:
        """The column of each input of the first layer, and its embedding table times its rows of the kernel."""
        kernel, start, tables = self.recurrent.input_kernel(self._weight("core_0/kernel")), 0, []
        for lookup in self.inputs.trunk:
            table = self._weight(f"embed_{lookup.table}/embeddings")
            stop = start + table.shape[1]
            tables.append((self.inputs.place(lookup.source), table @ kernel[start:stop]))
            start = stop
        return tables

    def _input_product(self, before: AnyInts) -> Float32s:
        """Return the first layer's input times its kernel, (B, G)."""
        (column, table), *rest = self._input_tables
        product: Float32s = table[before[:, column]]
        for column, table in rest:
            product += table[before[:, column]]
        return product

    def _lookups(self, lookups: tuple[Lookup, ...], context: AnyInts, values: AnyInts) -> list[Float32s]:
        names = list(self.inputs.values)
        out = []
        for lookup in lookups:
            if lookup.source in self.inputs.values:
                index = values[..., names.index(lookup.source)]
            else:
                index = context[..., self.inputs.place(lookup.source)]
            out.append(self._weight(f"embed_{lookup.table}/embeddings")[index])
        return out

    def _dense(self, name: str, x: Float32s) -> Float32s:
        out: Float32s = self._product(x, self._weight(f"{name}/kernel")) + self._weight(f"{name}/bias")
        return out

    def _product(self, x: Float32s, kernel: Float32s) -> Float32s:
        """Return x (..., inputs) times the kernel (inputs, outputs)."""
        if not self._batch_invariant:
            return x @ kernel
        rows = x.reshape(-1, x.shape[-1])
        padded = np.zeros((-(-len(rows) // _BLOCK) * _BLOCK, x.shape[-1]), dtype=np.float32)
        padded[: len(rows)] = rows
        out = (padded.reshape(-1, _BLOCK, x.shape[-1]) @ kernel).reshape(len(padded), -1)
        return out[: len(rows)].reshape(*x.shape[:-1], -1)

    def _weight(self, name: str) -> Float32s:
        return self._weights[name]

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
        if FIELD[name].has_hidden_layer:
            dense = {f"head_{name}_hidden": (width, units), f"head_{name}_logits": (units, size)}
        if FIELD[name].is_melodic:
            dense[f"head_{name}_intervals"] = (dense[f"head_{name}_logits"][0], NUM_INTERVALS)
            dense[f"head_{name}_classes"] = (dense[f"head_{name}_logits"][0], NUM_PITCH_CLASSES)
        dense[f"head_{name}_gate_hidden"] = (width + num_lookbacks, 64)
        dense[f"head_{name}_gates"] = (64, 1 + num_lookbacks)
        for layer, shape in dense.items():
            shapes[f"{layer}/kernel"] = shape
            shapes[f"{layer}/bias"] = shape[1:]
    return shapes


def softmax(x: Float32s) -> Float32s:
    """Return the softmax of logits over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    out: Float32s = e / e.sum(axis=-1, keepdims=True)
    return out


def _agreement(candidates: AnyInts) -> Float32s:
    """Return for each look-back the share of look-backs with the same candidate, see model/network.py."""
    same = candidates[..., :, None] == candidates[..., None, :]
    return np.where(candidates > 0, same.mean(axis=-1, dtype=np.float32), np.float32(0)).astype(np.float32)
