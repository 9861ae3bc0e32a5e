"""Adam (Kingma and Ba 2015) that clips gradients, averages the weights and records the norms of the gradients.

A gradient whose norm over all weights exceeds a limit is scaled down, against explosion (Pascanu et al. 2013).
Weights are averaged over about the last twelfth of the steps so far, whatever the length of the run: polynomial decay
(Shamir and Zhang 2013, section 4), average_t = average_{t-1} + (weights_t - average_{t-1}) 12 / (t + 11).
"""

from __future__ import annotations

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

    Attributes:
        clip_norm: largest norm of a gradient over all weights; 0 does not clip.
        averages: variables that hold the averaged weights, in the order in which `build` received the weights.
    """

    def __init__(self, clip_norm: float = 1.0, **kwargs: object) -> None:
        super().__init__(
            learning_rate=1e-3,  # the schedule sets it before every round
            global_clipnorm=clip_norm or None,
            **kwargs,
        )
        self.clip_norm = clip_norm

    def build(self, variables: Sequence[keras.Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self.averages = [self.add_variable_from_reference(v, name="average") for v in variables]
        self._sum, self._largest, self._sum_clipped, self._num_clipped, self._num_steps = (
            self.add_variable((), "zeros", dtype="float32", name=name)
            for name in ("norm_sum", "norm_largest", "clipped_norm_sum", "num_clipped", "num_steps")
        )

    def apply(self, grads: Sequence[Tensor], trainable_variables: Sequence[keras.Variable] | None = None) -> None:
        norm = ops.sqrt(sum(ops.sum(ops.square(ops.convert_to_tensor(g))) for g in grads if g is not None))
        self._sum.assign(self._sum + norm)
        self._largest.assign(ops.maximum(self._largest, norm))
        limit = self.clip_norm or float("inf")
        self._sum_clipped.assign(self._sum_clipped + ops.minimum(norm, limit))
        self._num_clipped.assign(self._num_clipped + ops.cast(norm > limit, "float32"))
        self._num_steps.assign(self._num_steps + 1.0)
        super().apply(grads, trainable_variables)
        share = AVERAGED / (ops.cast(self.iterations, "float32") + AVERAGED - 1)  # 1 at the first step
        for average, variable in zip(self.averages, self._trainable_variables, strict=True):
            average.assign(average + (variable - average) * ops.cast(share, average.dtype))

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
        return [np.asarray(ops.convert_to_numpy(self.averages[self._get_variable_index(v)])) for v in variables]
