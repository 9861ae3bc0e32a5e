"""The distribution of a field: what the network itself predicts, and the candidates of the look-backs, mixed by gates.

Shapes: N notes, V values, K look-backs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import AnyInts, Float32s


@dataclass(frozen=True, slots=True)
class Distribution:
    """A field's distribution: logits (N, V), gates (N, 1 + K) that sum to 1, candidates (N, K) as index + 1."""

    logits: Float32s
    gates: Float32s
    candidates: AnyInts

    def probabilities(self) -> Float32s:
        """Return the probabilities of all values, (N, V): logits and candidates, mixed by the gates."""
        num_notes, num_values = self.logits.shape
        p = np.zeros((num_notes, 1 + num_values), dtype=np.float32)  # column 0 takes the missing candidates, gate 0
        np.multiply(self.gates[:, :1], softmax(self.logits), out=p[:, 1:])
        places = self.candidates + np.arange(0, p.size, 1 + num_values)[:, None]
        np.add.at(p.reshape(-1), places.reshape(-1), self.gates[:, 1:].reshape(-1))
        return p[:, 1:]


def softmax(x: Float32s) -> Float32s:
    """Return the softmax of logits over the last axis."""
    e = np.exp(x - np.maximum.reduce(x, axis=-1, keepdims=True))
    e /= np.add.reduce(e, axis=-1, keepdims=True)
    return e
