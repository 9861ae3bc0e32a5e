"""The recurrence h_t = f(h_{t-1}, x_t) in NumPy, one class a cell, with the weights as Keras keeps them.

    lstm         gates i, f, g, o; c = f·c + i·g, h = o·tanh(c) (Hochreiter and Schmidhuber 1997)
    gru          gates z, r; h = z·h + (1 - z)·tanh(x + r·(R h + b)) (Cho et al. 2014, with the reset after the product)
    rnn          h = activation(x + R h) (Elman 1990)
    irnn         the same with relu; R starts as the identity and the bias at 0 (Le, Jaitly and Hinton 2015)
    feedforward  no recurrence: the first layer sees the last `window` notes, as in Bengio et al. (2003), the others one

Shapes: B melodies, U units, G the columns of a layer's input product. A cell takes that product, x (B, G), without its
bias, and its state, a tuple of arrays with B first; it returns its output (B, U) and the new state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import CheckpointError

Floats = npt.NDArray[np.float32]
State = tuple[Floats, ...]
Product = Callable[[Floats, Floats], Floats]

CELLS = ("lstm", "gru", "rnn", "irnn", "feedforward")
ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, np.float32(0)),
    "sigmoid": lambda x: np.asarray(0.5 * (1 + np.tanh(0.5 * x)), dtype=np.float32),
}
_sigmoid = ACTIVATIONS["sigmoid"]


@dataclass(frozen=True, slots=True)
class RecurrentConfig:
    """What the recurrent part of a network is made of.

    Attributes:
        units: U, the width of each layer.
        num_layers: how many layers.
        cell: one of `CELLS`.
        activation: of the cell "rnn".
        window: notes that the cell "feedforward" sees, the last one included.
    """

    units: int
    num_layers: int
    cell: str = "lstm"
    activation: str = "tanh"
    window: int = 16

    @classmethod
    def of(cls, settings: dict[str, Any]) -> RecurrentConfig:
        """Out of a model's metadata, which may be older than some settings. Raises CheckpointError."""
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
        """The shape of each weight of layer n by name, in Keras' order."""
        u = self.units
        if self.cell == "feedforward":
            return {"kernel": (self.window, inputs, u) if n == 0 else (inputs, u), "bias": (u,)}
        gates = {"lstm": 4, "gru": 3}.get(self.cell, 1)
        bias = (2, gates * u) if self.cell == "gru" else (gates * u,)
        return {"kernel": (inputs, gates * u), "recurrent_kernel": (u, gates * u), "bias": bias}

    def input_kernel(self, kernel: Floats) -> Floats:
        """A layer's kernel as a matrix (inputs, G)."""
        return np.concatenate(list(kernel), axis=1) if kernel.ndim == 3 else kernel

    def cell_of(self, weights: dict[str, Floats], product: Product) -> Cell:
        """The cell of one layer, which multiplies by `product`."""
        if self.cell == "lstm":
            return _LSTM(weights, product)
        if self.cell == "gru":
            return _GRU(weights, product)
        if self.cell == "feedforward":
            return _Window(weights)
        return _Simple(weights, product, ACTIVATIONS["relu" if self.cell == "irnn" else self.activation])


class Cell(Protocol):
    def initial(self, batch: int) -> State: ...

    def step(self, x: Floats, state: State) -> tuple[Floats, State]: ...


class _LSTM:
    def __init__(self, weights: dict[str, Floats], product: Product) -> None:
        self._recurrent, self._bias, self._product = weights["recurrent_kernel"], weights["bias"], product

    def initial(self, batch: int) -> State:
        zero = np.zeros((batch, len(self._recurrent)), dtype=np.float32)
        return zero, zero.copy()

    def step(self, x: Floats, state: State) -> tuple[Floats, State]:
        h, c = state
        i, f, g, o = np.split(x + self._bias + self._product(h, self._recurrent), 4, axis=-1)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
        return h, (h, c)


class _GRU:
    def __init__(self, weights: dict[str, Floats], product: Product) -> None:
        self._recurrent, self._bias, self._product = weights["recurrent_kernel"], weights["bias"], product

    def initial(self, batch: int) -> State:
        return (np.zeros((batch, len(self._recurrent)), dtype=np.float32),)

    def step(self, x: Floats, state: State) -> tuple[Floats, State]:
        (h,) = state
        xz, xr, xh = np.split(x + self._bias[0], 3, axis=-1)
        hz, hr, hh = np.split(self._product(h, self._recurrent) + self._bias[1], 3, axis=-1)
        z = _sigmoid(xz + hz)
        h = z * h + (1 - z) * np.tanh(xh + _sigmoid(xr + hr) * hh)
        return h, (h,)


class _Simple:
    def __init__(self, weights: dict[str, Floats], product: Product, activation: Callable[[Floats], Floats]) -> None:
        self._recurrent, self._bias, self._product = weights["recurrent_kernel"], weights["bias"], product
        self._activation = activation

    def initial(self, batch: int) -> State:
        return (np.zeros((batch, len(self._recurrent)), dtype=np.float32),)

    def step(self, x: Floats, state: State) -> tuple[Floats, State]:
        h = self._activation(x + self._bias + self._product(state[0], self._recurrent))
        return h, (h,)


class _Window:
    """A causal convolution: the state holds what the past notes add to this note and to those after it."""

    def __init__(self, weights: dict[str, Floats]) -> None:
        self._bias = weights["bias"]
        self._window = len(weights["kernel"]) if weights["kernel"].ndim == 3 else 1

    def initial(self, batch: int) -> State:
        return (np.zeros((batch, self._window, len(self._bias)), dtype=np.float32),)

    def step(self, x: Floats, state: State) -> tuple[Floats, State]:
        taps = x.reshape(len(x), self._window, -1)[:, ::-1]  # a kernel's last tap meets the note itself
        sums = state[0] + taps
        rest = np.concatenate([sums[:, 1:], np.zeros_like(sums[:, :1])], axis=1)
        return np.maximum(sums[:, 0] + self._bias, np.float32(0)), (rest,)
