"""Fits the weights of n-gram experts on pieces that neither the network nor the experts have learned.

The weights of a field maximise the probability of its values; a normal prior around usual weights keeps those of a few
notes near these. The logarithm of the probability is concave in the weights, so Newton's method finds the maximum.

Shapes: N notes, V values, E experts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..arrays import AnyFloats, Float64s, IntArray
from .ngrams import FLOOR

# What fits small corpora; those of pitch are the mean of what was fitted to three of them (docs/decisions.md).
USUAL: Mapping[str, tuple[float, ...]] = {
    "duration": (0.85, 0.05, 0.10),
    "pitch": (0.40, 0.09, 0.20, 0.21, 0.07),
}
_PRECISION = 50.0  # of the prior: as much as some dozens of notes
_ROUNDS = 25
_CLOSE = 1e-6  # a step that changes no weight by more is the last


def fit_weights(p: AnyFloats, experts: Float64s, values: IntArray, usual: tuple[float, ...]) -> tuple[float, ...]:
    """Return the weights of the network and of each expert.

    Args:
        p: the network's distributions, (N, V).
        experts: those of the experts, (E, N, V).
        values: the values that occurred, (N,).
        usual: the mean of the prior, (1 + E,).
    """
    logs = np.log(np.concatenate([p[None].astype(np.float64) + FLOOR, experts]))
    found = logs[:, np.arange(len(values)), values].sum(axis=1)
    prior = np.array(usual)
    weights = prior.copy()
    for _ in range(_ROUNDS):
        mixture = _softmax(np.tensordot(weights, logs, axes=1))
        expected = np.einsum("nv,env->en", mixture, logs)
        gradient = found - expected.sum(axis=1) - _PRECISION * (weights - prior)
        spread = np.einsum("nv,env,fnv->ef", mixture, logs, logs, optimize=True) - expected @ expected.T
        step = np.linalg.solve(spread + _PRECISION * np.eye(len(weights)), gradient)
        weights += step
        if np.abs(step).max() < _CLOSE:
            break
    return tuple(weights.tolist())


def _softmax(logits: Float64s) -> Float64s:
    product: Float64s = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return product / product.sum(axis=-1, keepdims=True)
