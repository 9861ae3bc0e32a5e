"""The recurrent layers in Keras by the name of their cell, and an LSTM that trains faster on a CPU.

Each step of the usual loop needs only one matrix product, h_{t-1} R, but most of its time is spent on the input product
of single steps and on summing the gradient of the recurrent kernel step by step. `LSTM` moves both out of the loop:

    forward     z = x W + b for all steps at once; the loop only adds h_{t-1} R and stores slopes
    backward    the loop computes only the gradient of the state; those of W and R are one product after it

It is a subclass of `keras.layers.LSTM` with the same weights, so each can load the weights of the other.
Shapes: B sequences, T steps, U units, I inputs. Inside, time is the first axis, so that a step is one slice.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers, ops

from ..json_types import JsonObject
from ..network.cells import RecurrentConfig
from .distribution import by_rows, is_spread
from .dropout import dropped
from .types import Tensor


def recurrent_layer(core: RecurrentConfig, n: int, recurrent_dropout: float = 0.0) -> layers.Layer:
    """Return layer n of a stack, (B, T, I) -> (B, T, U), named "core_n" like its weights in the file.

    `recurrent_dropout` is the share of the weights of an LSTM's recurrent kernel that are dropped while training.
    """
    name = f"core_{n}"
    if core.cell == "lstm":
        return LSTM(core.units, recurrent_dropout, return_sequences=True, name=name)
    return _LAYERS[core.cell](core, n, name)


def _simple(core: RecurrentConfig, n: int, name: str) -> layers.Layer:
    return layers.SimpleRNN(core.units, core.activation, return_sequences=True, name=name)


def _identity(core: RecurrentConfig, n: int, name: str) -> layers.Layer:
    """Return layer n of an IRNN: R = identity, bias 0, small input weights in layer 0 (Le et al. 2015, section 3)."""
    return layers.SimpleRNN(
        core.units,
        "relu",
        return_sequences=True,
        recurrent_initializer="identity",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.001) if n == 0 else "glorot_uniform",
        name=name,
    )


def _feedforward(core: RecurrentConfig, n: int, name: str) -> layers.Layer:
    if n:
        return layers.Dense(core.units, "relu", name=name)
    return layers.Conv1D(core.units, core.window, padding="causal", activation="relu", name=name)


_LAYERS: dict[str, Callable[[RecurrentConfig, int, str], layers.Layer]] = {
    "gru": lambda core, n, name: layers.GRU(core.units, return_sequences=True, name=name),
    "rnn": _simple,
    "irnn": _identity,
    "feedforward": _feedforward,
}


@keras.saving.register_keras_serializable("melodyrnn")
class LSTM(layers.LSTM):  # type: ignore[misc]
    """An LSTM that trains faster on a CPU; on other devices, or with a state or mask, the code of Keras runs.

    Attributes:
        compiled: whether its loops will be compiled. Only then are their writes done in place; otherwise every step
            would copy the whole buffer, and the code of Keras is faster.
    """

    compiled = True

    def __init__(self, units: int, kernel_dropout: float = 0.0, **kwargs: object) -> None:
        """Make a layer of `units`; `kernel_dropout` is the share of the recurrent kernel dropped while training."""
        super().__init__(units, **kwargs)
        if self.compute_dtype != "float32" and keras.backend.backend() != "torch":
            self.use_cudnn = False  # jax would take other numbers for float32, TensorFlow has no kernel for bfloat16
        self.kernel_dropout = kernel_dropout
        self.drop_seeds = keras.random.SeedGenerator() if kernel_dropout else None

    def get_config(self) -> JsonObject:
        return {**super().get_config(), "kernel_dropout": self.kernel_dropout}

    def call(
        self, sequences: Tensor, initial_state: Tensor = None, mask: Tensor = None, training: bool = False
    ) -> Tensor:
        """Return the outputs of all steps, (B, T, I) -> (B, T, U)."""
        special = initial_state is not None or mask is not None or not self.return_sequences
        plain = not self.kernel_dropout and not is_spread() and (not self.compiled or _slow_loops())
        if special or not training or plain:
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)
        # Converted to tensors, because custom gradients of tensorflow treat variables differently.
        weights = [ops.multiply(w, 1.0) for w in (self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias)]
        if self.drop_seeds is not None:  # as in Merity et al. 2018
            weights[1] = dropped(weights[1], self.kernel_dropout, self.drop_seeds)
        # cuDNN needs what Keras' layer has here: tanh and sigmoid, a bias, no mask, no dropout of its own, float32
        by_cudnn = bool(gpus()) and bool(self.use_cudnn)
        return by_rows(self._by_keras if by_cudnn else _run_rows)(sequences, *weights)

    def _by_keras(self, sequences: Tensor, *weights: Tensor) -> Tensor:
        """Return the outputs with other weights than the layer's, by the code of Keras."""
        own = (self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias)
        with keras.StatelessScope(list(zip(own, weights, strict=True))):
            return super().call(sequences, training=True)


def gpus() -> list[str]:
    """Return the names of the GPUs that Keras computes on; an empty list where it computes on the CPU."""
    if keras.backend.backend() == "torch":  # Keras lists no devices for torch
        device = str(ops.zeros(()).device)
        return [] if device == "cpu" else [device]
    # jax raises where there is no GPU and only GPUs are asked for
    return [name for name in keras.distribution.list_devices() if name.startswith("gpu")]


def _slow_loops() -> bool:
    """Return whether the layer of Keras is faster: on a GPU through cuDNN; with torch, whose loops run in Python."""
    return keras.backend.backend() == "torch" or bool(gpus())


def _run_rows(sequences: Tensor, *weights: Tensor) -> Tensor:
    """Return the outputs of `_run` in the order of Keras, (B, T, U) for (B, T, I)."""
    return ops.transpose(_run(ops.transpose(sequences, (1, 0, 2)), *weights), (1, 0, 2))


@ops.custom_gradient  # type: ignore[untyped-decorator]
def _run(x: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor) -> Tensor:
    """Return h of all steps from a zero state, (T, B, U), for inputs `x` (T, B, I).

    `kernel` is W (I, 4U), `recurrent` is R (U, 4U), `bias` is b (4U,), each for the gates i, f, g, o.
    """
    num_inputs, units = kernel.shape[0], recurrent.shape[0]
    h, slopes, decays = _forward(ops.matmul(x, kernel) + bias, recurrent)

    def gradient(*args: Tensor, upstream: Tensor = None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        upstream = args[0] if upstream is None else upstream
        dz = ops.reshape(_backward(upstream, slopes, decays, ops.transpose(recurrent)), (-1, 4 * units))
        dx = ops.reshape(ops.matmul(dz, ops.transpose(kernel)), ops.shape(x))
        read = ops.reshape(ops.concatenate([x, h[:-1]], axis=-1), (-1, num_inputs + units))
        kernels = ops.matmul(ops.transpose(read), dz)  # one product for both
        return dx, kernels[:num_inputs], kernels[num_inputs:], ops.sum(dz, axis=0)

    return h[1:], gradient


def _forward(z: Tensor, recurrent: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return h of all steps and what the gradients need, for z = x W + b (T, B, 4U).

    It is a `while_loop` because each result of a step can then be written in place into its own buffer. `scan` on
    tensorflow accepts only outputs in the shape of the carry, so every step would concatenate all results.

    Returns:
        h (T + 1, B, U), zeros first; the slopes dc/dz of i, f, g and dh/dz of o (T, B, 4U), written over z, which a
        step reads once; and side by side the slopes dc_t/dc_{t-1} = f and dh/dc (T, B, 2U).
    """
    steps, units = ops.shape(z)[0], recurrent.shape[0]
    # sigmoid(x) = tanh(x / 2) / 2 + 1 / 2, so that one tanh computes all four gates
    half = ops.ones((1, units), z.dtype) / 2
    scale = ops.concatenate([half, half, 2 * half, half], axis=-1)
    shift = ops.concatenate([half, half, 0 * half, half], axis=-1)

    def step(t: Tensor, h: Tensor, c: Tensor, z: Tensor, hs: Tensor, decays: Tensor) -> tuple[Tensor, ...]:
        i, f, g, o = _split(ops.tanh(scale * (_read(z, t) + ops.matmul(h, recurrent))) * scale + shift)
        slopes = ops.concatenate([g * i * (1 - i), c * f * (1 - f), i * (1 - g * g)], axis=-1)
        c = f * c + i * g
        squashed = ops.tanh(c)
        h = o * squashed
        slopes = ops.concatenate([slopes, h * (1 - o)], axis=-1)
        kept = ops.concatenate([f, o * (1 - squashed * squashed)], axis=-1)
        return t + 1, h, c, _write(z, t, slopes), _write(hs, t + 1, h), _write(decays, t, kept)

    zeros = ops.zeros_like(z[0, :, :units])
    hs = ops.zeros((steps + 1, *ops.shape(zeros)), z.dtype)
    start = (0, zeros, zeros, z, hs, ops.zeros_like(z[..., : 2 * units]))
    _, _, _, slopes, hs, decays = ops.while_loop(lambda t, *_: t < steps, step, start)
    return hs, slopes, decays


def _backward(upstream: Tensor, slopes: Tensor, decays: Tensor, transposed: Tensor) -> Tensor:
    """Return dz (T, B, 4U), written over the slopes of `_forward`.

    `upstream` is the gradient of h (T, B, U), `transposed` is R transposed (4U, U).
    """
    steps, units = ops.shape(slopes)[0], transposed.shape[-1]

    def step(t: Tensor, dz: Tensor, dc: Tensor, out: Tensor) -> tuple[Tensor, ...]:
        dh = _read(upstream, t) + ops.matmul(dz, transposed)
        kept = _read(decays, t)
        dc = dc + dh * kept[:, units:]
        dz = _read(out, t) * ops.concatenate([dc, dc, dc, dh], axis=-1)
        return t - 1, dz, dc * kept[:, :units], _write(out, t, dz)

    start = (steps - 1, ops.zeros_like(slopes[0]), ops.zeros_like(upstream[0]), slopes)
    return ops.while_loop(lambda t, *_: t >= 0, step, start)[-1]


def _read(steps: Tensor, t: Tensor) -> Tensor:
    """Return step t, (B, N), of (T, B, N)."""
    return ops.slice(steps, (t, 0, 0), (1, *ops.shape(steps)[1:]))[0]


def _write(steps: Tensor, t: Tensor, now: Tensor) -> Tensor:
    """Return (T, B, N) with step t replaced by (B, N)."""
    return ops.slice_update(steps, (t, 0, 0), now[None])


def _split(gates: Tensor) -> list[Tensor]:
    """Return i, f, g, o, each (B, U), of (B, 4U)."""
    units = gates.shape[-1] // 4
    return [gates[:, k * units : (k + 1) * units] for k in range(4)]
