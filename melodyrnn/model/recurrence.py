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

from ..network.cells import RecurrentConfig


def recurrent_layer(core: RecurrentConfig, n: int) -> Any:
    """Layer n of a stack, (B, T, inputs) -> (B, T, U), named "core_n" as its weights are in the file."""
    return _LAYERS[core.cell](core, n, f"core_{n}")


def _simple(core: RecurrentConfig, n: int, name: str) -> Any:
    return layers.SimpleRNN(core.units, core.activation, return_sequences=True, name=name)


def _identity(core: RecurrentConfig, n: int, name: str) -> Any:
    """Le, Jaitly and Hinton (2015), section 3: the identity, no bias, and inputs that barely disturb it."""
    return layers.SimpleRNN(
        core.units,
        "relu",
        return_sequences=True,
        recurrent_initializer="identity",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.001) if n == 0 else "glorot_uniform",
        name=name,
    )


def _feedforward(core: RecurrentConfig, n: int, name: str) -> Any:
    if n:
        return layers.Dense(core.units, "relu", name=name)
    return layers.Conv1D(core.units, core.window, padding="causal", activation="relu", name=name)


_LAYERS: dict[str, Callable[[RecurrentConfig, int, str], Any]] = {
    "lstm": lambda core, n, name: LSTM(core.units, return_sequences=True, name=name),
    "gru": lambda core, n, name: layers.GRU(core.units, return_sequences=True, name=name),
    "rnn": _simple,
    "irnn": _identity,
    "feedforward": _feedforward,
}


@keras.saving.register_keras_serializable("melodyrnn")
class LSTM(layers.LSTM):  # type: ignore[misc]
    """`keras.layers.LSTM`, trained faster on a CPU; otherwise, or with a state or mask given, Keras' own code runs.

    Attributes:
        compiled: whether its loops will be compiled. Only then do their writes happen in place; otherwise each step
            would copy all steps, and Keras' own code is the faster.
    """

    compiled = True

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """(B, T, inputs) -> (B, T, U)."""
        special = initial_state is not None or mask is not None or not self.return_sequences
        if special or not training or not self.compiled or _slow_loops():
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)
        z = ops.matmul(ops.transpose(sequences, (1, 0, 2)), self.cell.kernel) + self.cell.bias
        # A value and not the variable itself, which tensorflow's custom gradients would ask for by another way.
        recurrent = ops.multiply(self.cell.recurrent_kernel, 1.0)
        return ops.transpose(_run(z, recurrent), (1, 0, 2))


def gpus() -> list[str]:
    """The GPUs that Keras computes on, by name; none where it computes on the CPU."""
    if keras.backend.backend() == "torch":  # for which Keras lists none
        device = str(ops.zeros(()).device)
        return [] if device == "cpu" else [device]
    # asked for all devices: asked for GPUs, jax raises where there is none
    return [name for name in keras.distribution.list_devices() if name.startswith("gpu")]


def _slow_loops() -> bool:
    """Where Keras' own layer is the better: cuDNN on a GPU; torch, whose loops are Python's."""
    return keras.backend.backend() == "torch" or bool(gpus())


@ops.custom_gradient  # type: ignore[untyped-decorator]
def _run(z: Any, recurrent: Any) -> Any:
    """All steps from a zero state: z (T, B, 4U), gates i, f, g, o before h R; recurrent (U, 4U) -> h (T, B, U)."""
    gates, h, c = _forward(z, recurrent)

    def gradient(*args: Any, upstream: Any = None) -> tuple[Any, Any]:
        upstream = args[0] if upstream is None else upstream
        units = recurrent.shape[0]
        dz = _backward(upstream, gates, c, ops.transpose(recurrent))
        h_before = ops.reshape(h[:-1], (-1, units))  # that of the first step is zero
        return dz, ops.matmul(ops.transpose(h_before), ops.reshape(dz[1:], (-1, 4 * units)))

    return h, gradient


def _forward(z: Any, recurrent: Any) -> tuple[Any, Any, Any]:
    """The gates i, f, g, o of all steps (T, B, 4U), their h and c (T, B, U).

    `while_loop` and not `scan`: what a step leaves is written in place into buffers of its own shape, where `scan`
    on tensorflow wants outputs of the carry's shape and so one concatenation of everything a step.
    """
    steps, units = ops.shape(z)[0], recurrent.shape[0]
    # sigmoid(x) = tanh(x / 2) / 2 + 1 / 2, so that one tanh does all four gates
    half = ops.ones((1, units), z.dtype) / 2
    scale = ops.concatenate([half, half, 2 * half, half], axis=-1)
    shift = ops.concatenate([half, half, 0 * half, half], axis=-1)

    def step(t: Any, h: Any, c: Any, gates: Any, hs: Any, cs: Any) -> tuple[Any, ...]:
        now = ops.tanh(scale * (_read(z, t) + ops.matmul(h, recurrent))) * scale + shift
        i, f, g, o = _split(now)
        c = f * c + i * g
        h = o * ops.tanh(c)
        return t + 1, h, c, _write(gates, t, now), _write(hs, t, h), _write(cs, t, c)

    empty = ops.zeros_like(z[..., :units])
    start = (0, empty[0], empty[0], ops.zeros_like(z), empty, empty)
    _, _, _, gates, hs, cs = ops.while_loop(lambda t, *_: t < steps, step, start)
    return gates, hs, cs


def _backward(upstream: Any, gates: Any, cs: Any, transposed: Any) -> Any:
    """dz (T, B, 4U) from the gradient of h (T, B, U) and what `_forward` kept; transposed is R' (4U, U)."""
    steps = ops.shape(gates)[0]

    def step(t: Any, dz: Any, dc: Any, out: Any) -> tuple[Any, ...]:
        dh = _read(upstream, t) + ops.matmul(dz, transposed)
        i, f, g, o = _split(_read(gates, t))
        bent = ops.tanh(_read(cs, t))
        c_before = _read(cs, ops.maximum(t - 1, 0)) * ops.cast(t > 0, dz.dtype)
        dc = dc + dh * o * (1 - bent * bent)
        di, df = dc * g * i * (1 - i), dc * c_before * f * (1 - f)
        dg, do = dc * i * (1 - g * g), dh * bent * o * (1 - o)
        dz = ops.concatenate([di, df, dg, do], axis=-1)
        return t - 1, dz, dc * f, _write(out, t, dz)

    start = (steps - 1, ops.zeros_like(gates[0]), ops.zeros_like(cs[0]), ops.zeros_like(gates))
    return ops.while_loop(lambda t, *_: t >= 0, step, start)[-1]


def _read(steps: Any, t: Any) -> Any:
    """Step t of (T, B, N)."""
    return ops.slice(steps, (t, 0, 0), (1, *ops.shape(steps)[1:]))[0]


def _write(steps: Any, t: Any, now: Any) -> Any:
    """The same (T, B, N) but for step t, (B, N)."""
    return ops.slice_update(steps, (t, 0, 0), now[None])


def _split(gates: Any) -> list[Any]:
    """i, f, g, o, each (B, U), of (B, 4U)."""
    units = gates.shape[-1] // 4
    return [gates[:, k * units : (k + 1) * units] for k in range(4)]
