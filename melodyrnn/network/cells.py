"""The recurrence h_t = f(h_{t-1}, x_t) in NumPy: one class for each cell, with weights in the shapes of Keras.

    lstm         gates i, f, g, o; c = f·c + i·g, h = o·tanh(c) (Hochreiter and Schmidhuber 1997)
    gru          gates z, r; h = z·h + (1 - z)·tanh(x + r·(R h + b)) (Cho et al. 2014, with the reset after the product)
    rnn          h = activation(x + R h) (Elman 1990)
    irnn         rnn with relu; R starts as the identity and the bias at 0 (Le, Jaitly and Hinton 2015)
    feedforward  no recurrence: the first layer reads the last `window` notes (Bengio et al. 2003), the others one note

Shapes: B scores, U units, G columns of a layer's input product. A cell takes that product, x (B, G), without
the bias, and its state, a tuple of arrays whose first axis is B; it returns its output (B, U) and the new state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..arrays import Float32s
from ..errors import CheckpointError
from ..json_types import JsonObject
from .products import ProductOf

State = tuple[Float32s, ...]

ACTIVATIONS: dict[str, Callable[[Float32s], Float32s]] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, np.float32(0)),
    "sigmoid": lambda x: np.asarray(0.5 * (1 + np.tanh(0.5 * x)), dtype=np.float32),
}
_sigmoid = ACTIVATIONS["sigmoid"]


@dataclass(frozen=True, slots=True)
class RecurrentConfig:
    """The recurrent layers of a network.

    Attributes:
        units: U, the width of each layer.
        num_layers: number of layers.
        cell: one of `CELLS`.
        activation: the activation of the cell "rnn".
        window: notes that the cell "feedforward" reads, the last one included.
    """

    units: int
    num_layers: int
    cell: str = "lstm"
    activation: str = "tanh"
    window: int = 16

    @classmethod
    def of(cls, settings: JsonObject) -> RecurrentConfig:
        """Return the settings in a model's metadata. Older files lack some. Raises CheckpointError for a bad value."""
        core = cls(**{name: settings[name] for name in cls.__slots__ if name in settings})
        if core.cell not in CELLS:
            raise CheckpointError(f"a cell must be one of {', '.join(CELLS)}. Received: {core.cell!r}")
        if core.activation not in ACTIVATIONS:
            raise CheckpointError(
                f"an activation must be one of {', '.join(ACTIVATIONS)}. Received: {core.activation!r}"
            )
        if not (isinstance(core.window, int) and core.window >= 1):
            raise CheckpointError(f"window must be an integer >= 1. Received: {core.window!r}")
        return core

    def shapes(self, n: int, inputs: int) -> dict[str, tuple[int, ...]]:
        """Return the shape of each weight of layer n by name, in the order of Keras; its input is `inputs` wide."""
        u = self.units
        if self.cell == "feedforward":
            return {"kernel": (self.window, inputs, u) if n == 0 else (inputs, u), "bias": (u,)}
        gates = {"lstm": 4, "gru": 3}.get(self.cell, 1)
        bias = (2, gates * u) if self.cell == "gru" else (gates * u,)
        return {"kernel": (inputs, gates * u), "recurrent_kernel": (u, gates * u), "bias": bias}

    def input_kernel(self, kernel: Float32s) -> Float32s:
        """Return a layer's kernel as a matrix (inputs, G)."""
        return np.concatenate(list(kernel), axis=1) if kernel.ndim == 3 else kernel

    def cell_of(self, weights: dict[str, Float32s], product_of: ProductOf) -> Cell:
        """Return the cell of one layer; `product_of` multiplies its matrices."""
        return _CELLS[self.cell](self, weights, product_of)


class Cell(Protocol):
    """One recurrent layer with its weights."""

    def initial(self, batch: int) -> State:
        """Return the state before the first note, all zero."""

    def step(self, x: Float32s, state: State) -> tuple[Float32s, State]:
        """Return the output (B, U) and the new state for the input product (B, G) of one note and the state."""


class _LSTM:
    def __init__(self, weights: dict[str, Float32s], product_of: ProductOf) -> None:
        self._units, self._bias = len(weights["recurrent_kernel"]), weights["bias"]
        self._product = product_of(weights["recurrent_kernel"])
        # sigmoid(x) = tanh(x / 2) / 2 + 1/2: of the gates i, f and o that, and of g the tanh, in one call
        self._half = np.repeat(np.array([0.5, 0.5, 1, 0.5], dtype=np.float32), self._units)

    def initial(self, batch: int) -> State:
        zero = np.zeros((batch, self._units), dtype=np.float32)
        return zero, zero.copy()

    def step(self, x: Float32s, state: State) -> tuple[Float32s, State]:
        h, c = state
        gates = x + self._bias
        gates += self._product(h)
        gates *= self._half
        np.tanh(gates, out=gates)
        u = self._units
        g = gates[:, 2 * u : 3 * u].copy()
        gates += np.float32(1)
        gates *= np.float32(0.5)
        c = gates[:, u : 2 * u] * c + gates[:, :u] * g
        h = gates[:, 3 * u :] * np.tanh(c)
        return h, (h, c)


class _GRU:
    def __init__(self, weights: dict[str, Float32s], product_of: ProductOf) -> None:
        self._units, self._bias = len(weights["recurrent_kernel"]), weights["bias"]
        self._product = product_of(weights["recurrent_kernel"])

    def initial(self, batch: int) -> State:
        return (np.zeros((batch, self._units), dtype=np.float32),)

    def step(self, x: Float32s, state: State) -> tuple[Float32s, State]:
        (h,) = state
        xz, xr, xh = np.split(x + self._bias[0], 3, axis=-1)
        hz, hr, hh = np.split(self._product(h) + self._bias[1], 3, axis=-1)
        z = _sigmoid(xz + hz)
        h = z * h + (1 - z) * np.tanh(xh + _sigmoid(xr + hr) * hh)
        return h, (h,)


class _Simple:
    def __init__(
        self, weights: dict[str, Float32s], product_of: ProductOf, activation: Callable[[Float32s], Float32s]
    ) -> None:
        self._units, self._bias = len(weights["recurrent_kernel"]), weights["bias"]
        self._product = product_of(weights["recurrent_kernel"])
        self._activation = activation

    def initial(self, batch: int) -> State:
        return (np.zeros((batch, self._units), dtype=np.float32),)

    def step(self, x: Float32s, state: State) -> tuple[Float32s, State]:
        h = self._activation(x + self._bias + self._product(state[0]))
        return h, (h,)


class _Window:
    """A causal convolution. The state holds the contributions of past notes to the sums of this and later notes."""

    def __init__(self, weights: dict[str, Float32s]) -> None:
        self._bias = weights["bias"]
        self._window = len(weights["kernel"]) if weights["kernel"].ndim == 3 else 1

    def initial(self, batch: int) -> State:
        return (np.zeros((batch, self._window, len(self._bias)), dtype=np.float32),)

    def step(self, x: Float32s, state: State) -> tuple[Float32s, State]:
        taps = x.reshape(len(x), self._window, -1)[:, ::-1]  # the last tap of a kernel applies to the current note
        sums = state[0] + taps
        rest = np.concatenate([sums[:, 1:], np.zeros_like(sums[:, :1])], axis=1)
        return np.maximum(sums[:, 0] + self._bias, np.float32(0)), (rest,)


_CELLS: dict[str, Callable[[RecurrentConfig, dict[str, Float32s], ProductOf], Cell]] = {
    "lstm": lambda config, weights, product_of: _LSTM(weights, product_of),
    "gru": lambda config, weights, product_of: _GRU(weights, product_of),
    "rnn": lambda config, weights, product_of: _Simple(weights, product_of, ACTIVATIONS[config.activation]),
    "irnn": lambda config, weights, product_of: _Simple(weights, product_of, ACTIVATIONS["relu"]),
    "feedforward": lambda config, weights, product_of: _Window(weights),
}
CELLS = tuple(_CELLS)
