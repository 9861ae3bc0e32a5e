"""The recurrent layers in Keras, by the name of their cell, and an LSTM that trains at the speed of the machine.

Training through a loop loses most of its time to what the loop does beside its one product a step: the input product
one step at a time, and the gradient of the recurrent kernel added up step by step. `LSTM` takes both out of the loop:

    forward     z = x W + b for all steps at once; the loop only adds h_{t-1} R and keeps the gates
    backward    the loop carries the state's gradient alone; that of R is one product after it

Its weights are those of `keras.layers.LSTM`, which it is (a subclass), so either loads the other's.
Shapes: B sequences, T steps, U units; time first inside, because a step is then one slice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops

from ..inference.cells import Core


def recurrent_layer(core: Core, n: int) -> Any:
    """Layer n of a stack, (B, T, inputs) -> (B, T, U), named "core_n" as its weights are in the file."""
    return _LAYERS[core.cell](core, n, f"core_{n}")


def _simple(core: Core, n: int, name: str) -> Any:
    return layers.SimpleRNN(core.units, core.activation, return_sequences=True, name=name)


def _identity(core: Core, n: int, name: str) -> Any:
    """Le, Jaitly and Hinton (2015), section 3: the identity, no bias, and inputs that barely disturb it."""
    return layers.SimpleRNN(
        core.units,
        "relu",
        return_sequences=True,
        recurrent_initializer="identity",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.001) if n == 0 else "glorot_uniform",
        name=name,
    )


def _feedforward(core: Core, n: int, name: str) -> Any:
    if n:
        return layers.Dense(core.units, "relu", name=name)
    return layers.Conv1D(core.units, core.window, padding="causal", activation="relu", name=name)


_LAYERS: dict[str, Callable[[Core, int, str], Any]] = {
    "lstm": lambda core, n, name: LSTM(core.units, return_sequences=True, name=name),
    "gru": lambda core, n, name: layers.GRU(core.units, return_sequences=True, name=name),
    "rnn": _simple,
    "irnn": _identity,
    "feedforward": _feedforward,
}


@keras.saving.register_keras_serializable("melodyrnn")
class LSTM(layers.LSTM):  # type: ignore[misc]
    """`keras.layers.LSTM`, trained faster on a CPU; otherwise, or with a state or mask given, Keras' own code runs."""

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """(B, T, inputs) -> (B, T, U)."""
        special = initial_state is not None or mask is not None or not self.return_sequences
        if special or not training or _slow_loops():
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)
        z = ops.matmul(ops.transpose(sequences, (1, 0, 2)), self.cell.kernel) + self.cell.bias
        # A value and not the variable itself, which tensorflow's custom gradients would ask for by another way.
        recurrent = ops.multiply(self.cell.recurrent_kernel, 1.0)
        return ops.transpose(_run(z, recurrent), (1, 0, 2))


def _slow_loops() -> bool:
    """Where Keras' own layer is the better: cuDNN on a GPU; torch, whose loops are Python's."""
    return keras.backend.backend() == "torch" or bool(keras.distribution.list_devices("gpu"))


@ops.custom_gradient  # type: ignore[untyped-decorator]
def _run(z: Any, recurrent: Any) -> Any:
    """All steps from a zero state: z (T, B, 4U), gates i, f, g, o before h R; recurrent (U, 4U) -> h (T, B, U)."""
    units = recurrent.shape[0]
    nothing = ops.zeros_like(z[0, :, :units])
    # `scan` wants outputs of the carry's shape on tensorflow, so the gates travel with the state.
    start = ops.concatenate([nothing] * 6, axis=-1)

    def forward(carry: Any, z_t: Any) -> tuple[Any, Any]:
        h, c = carry[:, :units], carry[:, units : 2 * units]
        gates = z_t + ops.matmul(h, recurrent)
        i, f = ops.sigmoid(gates[:, :units]), ops.sigmoid(gates[:, units : 2 * units])
        g, o = ops.tanh(gates[:, 2 * units : 3 * units]), ops.sigmoid(gates[:, 3 * units :])
        c = f * c + i * g
        out = ops.concatenate([o * ops.tanh(c), c, i, f, g, o], axis=-1)
        return out, out

    _, kept = ops.scan(forward, start, z)  # (T, B, 6U): h, c, i, f, g, o
    h = kept[..., :units]

    def gradient(*args: Any, upstream: Any = None) -> tuple[Any, Any]:
        upstream = args[0] if upstream is None else upstream
        before = ops.concatenate([ops.zeros_like(kept[:1]), kept[:-1]], axis=0)
        parts = ops.concatenate([upstream, before[..., units : 2 * units], kept[..., units:]], axis=-1)
        _, out = ops.scan(_backward_step(ops.transpose(recurrent), units), start, parts, reverse=True)
        dz = out[..., 2 * units :]
        h_before = ops.reshape(before[..., :units], (-1, units))
        return dz, ops.matmul(ops.transpose(h_before), ops.reshape(dz, (-1, 4 * units)))

    return h, gradient


def _backward_step(transposed: Any, units: int) -> Callable[[Any, Any], tuple[Any, Any]]:
    """One step back. Carry (B, 6U): unused, dc, dz of the step after; parts (B, 7U): dh, c before, c, i, f, g, o."""

    def step(carry: Any, parts: Any) -> tuple[Any, Any]:
        dh, c_before, c, i, f, g, o = (parts[:, k * units : (k + 1) * units] for k in range(7))
        dh = dh + ops.matmul(carry[:, 2 * units :], transposed)
        bent = ops.tanh(c)
        dc = carry[:, units : 2 * units] + dh * o * (1 - bent * bent)
        di, df = dc * g * i * (1 - i), dc * c_before * f * (1 - f)
        dg, do = dc * i * (1 - g * g), dh * bent * o * (1 - o)
        out = ops.concatenate([dh, dc * f, di, df, dg, do], axis=-1)
        return out, out

    return step
