"""Adam (Kingma and Ba 2015) that clips gradients, averages the weights and records the norms of the gradients.

A gradient whose norm over all weights exceeds a limit is scaled down, against explosion (Pascanu et al. 2013).
Weights are averaged over about the last twelfth of the steps so far, whatever the length of the run: polynomial decay
(Shamir and Zhang 2013, section 4), average_t = average_{t-1} + (weights_t - average_{t-1}) 12 / (t + 11).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from ..arrays import Float32s
from .types import Tensor


@dataclass(frozen=True, slots=True)
class Norms:
    """Norms of the gradient over some steps, before clipping and after, and the share of steps that were clipped."""

    mean: float
    largest: float
    mean_clipped: float
    clipped: float


AVERAGED = 12  # weights are averaged over about the last 1 / 12 of the steps


@keras.saving.register_keras_serializable("melodyrnn")
class Adam(keras.optimizers.Adam):  # type: ignore[misc]
    """The Adam of Keras that also averages the weights and records norms.

    It computes on all weights as one vector, because a network has dozens of small ones: for XLA each would be half a
    dozen kernels to compile and to run. Weights are in the order in which `build` received them.

    Attributes:
        clip_norm: largest norm of a gradient over all weights; 0 does not clip.
        averages: a variable with the averaged weights, (N,).
    """

    def __init__(self, clip_norm: float = 1.0, **kwargs: object) -> None:
        super().__init__(learning_rate=1e-3, **kwargs)  # the schedule sets it before every round
        self.clip_norm = clip_norm

    def build(self, variables: Sequence[keras.Variable]) -> None:
        if self.built:
            return
        keras.optimizers.Optimizer.build(self, variables)  # that of Adam adds moments for each variable
        ends = np.cumsum([math.prod(v.shape) for v in variables])
        self._places = [slice(int(e) - math.prod(v.shape), int(e)) for v, e in zip(variables, ends, strict=True)]
        self._moment, self._square, self.averages = (
            self.add_variable((int(ends[-1]),), "zeros", dtype="float32", name=name)
            for name in ("moment", "square", "average")
        )
        self._sum, self._largest, self._sum_clipped, self._num_clipped, self._num_steps = (
            self.add_variable((), "zeros", dtype="float32", name=name)
            for name in ("norm_sum", "norm_largest", "clipped_norm_sum", "num_clipped", "num_steps")
        )

    def apply(self, grads: Sequence[Tensor], trainable_variables: Sequence[keras.Variable] | None = None) -> None:
        """Make one step. `trainable_variables` are those of `build`, in that order."""
        gradient = _vector(grads)
        norm = ops.sqrt(ops.sum(ops.square(gradient)))
        self._record(norm)
        if self.clip_norm:
            gradient = gradient * (self.clip_norm / ops.maximum(norm, self.clip_norm))
        step = ops.cast(self.iterations + 1, "float32")
        moment = self._moment + (gradient - self._moment) * (1 - self.beta_1)
        square = self._square + (ops.square(gradient) - self._square) * (1 - self.beta_2)
        rate = self.learning_rate * ops.sqrt(1 - ops.power(self.beta_2, step)) / (1 - ops.power(self.beta_1, step))
        weights = _vector(self._trainable_variables) - moment * rate / (ops.sqrt(square) + self.epsilon)
        share = AVERAGED / (step + AVERAGED - 1)  # 1 at the first step
        self.averages.assign(self.averages + (weights - self.averages) * share)
        self._moment.assign(moment)
        self._square.assign(square)
        for variable, place in zip(self._trainable_variables, self._places, strict=True):
            variable.assign(ops.reshape(weights[place], variable.shape))
        self.iterations.assign_add(1)

    def _record(self, norm: Tensor) -> None:
        self._sum.assign(self._sum + norm)
        self._largest.assign(ops.maximum(self._largest, norm))
        limit = self.clip_norm or float("inf")
        self._sum_clipped.assign(self._sum_clipped + ops.minimum(norm, limit))
        self._num_clipped.assign(self._num_clipped + ops.cast(norm > limit, "float32"))
        self._num_steps.assign(self._num_steps + 1.0)

    def take_norms(self) -> Norms:
        """Return the norms since the last call, and reset them."""
        taken = (self._sum, self._largest, self._sum_clipped, self._num_clipped, self._num_steps)
        total, largest, after, clipped, steps = (float(ops.convert_to_numpy(v)) for v in taken)
        for variable in taken:
            variable.assign(0.0)
        steps = max(1.0, steps)
        return Norms(total / steps, largest, after / steps, clipped / steps)

    def averaged(self, variables: Iterable[keras.Variable]) -> list[Float32s]:
        """Return the averaged values of trainable variables."""
        averages = np.asarray(ops.convert_to_numpy(self.averages))
        return [averages[self._places[self._get_variable_index(v)]].reshape(v.shape) for v in variables]


def _vector(tensors: Sequence[Tensor]) -> Tensor:
    """Return the values of all tensors, (N,); the gradient of an embedding becomes an array of all its rows first."""
    return ops.concatenate([ops.reshape(ops.convert_to_tensor(tensor), (-1,)) for tensor in tensors])
