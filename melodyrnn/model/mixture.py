"""The distribution of a field: the network's own, mixed with the candidates of the look-backs by its copy gates.

    p(value) = g_0 · softmax(logits)[value] + Σ_k g_k · [value = candidate of look-back k]

Shapes: B sequences, T notes, V values of the field, K look-backs. Logits are (B, T, V), gates (B, T, 1 + K), candidates
(B, T, K): index + 1, 0 for none.
"""

from __future__ import annotations

from keras import ops

from ..network.head import MISSING
from ..network.network import EPSILON
from .types import Tensor


def agreement_of(candidates: Tensor) -> Tensor:
    """Return for each look-back the share of look-backs with the same candidate, (B, T, K); 0 without a candidate."""
    same = ops.equal(candidates[..., :, None], candidates[..., None, :])
    present = ops.cast(ops.not_equal(candidates, 0), "float32")
    return present * ops.mean(ops.cast(same, "float32"), axis=-1)


def log_gates(scores: Tensor, candidates: Tensor) -> Tensor:
    """Return the logarithms of the gates from their scores; a look-back without a candidate gets none."""
    missing = ops.cast(ops.equal(candidates, 0), scores.dtype) * MISSING
    return ops.log_softmax(scores + ops.pad(missing, [[0, 0], [0, 0], [1, 0]]))


def log_probability(logits: Tensor, gates: Tensor, candidates: Tensor, value: Tensor) -> Tensor:
    """Return the log of the mixture at `value` (B, T) without computing it for all values; `gates` are logarithms."""
    value = ops.cast(value, "int32")
    network = ops.take_along_axis(ops.log_softmax(logits), value[..., None], axis=-1)[..., 0]
    proposed = ops.cast(ops.equal(candidates, value[..., None] + 1), logits.dtype)
    copied = ops.sum(ops.exp(gates[..., 1:]) * proposed, axis=-1)
    return ops.log(ops.exp(gates[..., 0] + network) + copied + EPSILON)


def probabilities(logits: Tensor, gates: Tensor, candidates: Tensor, num_values: int) -> Tensor:
    """Return the probabilities of all values, (B, T, V); `gates` are logarithms."""
    proposed = ops.one_hot(candidates - 1, num_values, dtype=logits.dtype)  # (B, T, K, V); all 0 without a candidate
    weight = ops.exp(gates)
    return weight[..., :1] * ops.softmax(logits) + ops.sum(weight[..., 1:, None] * proposed, axis=-2)
