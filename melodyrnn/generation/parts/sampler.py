"""Draws the values of the fields of a batch from a network, for each piece with its own random numbers.

Shapes: B pieces, U units, C columns of a context, F fields, V values of a field.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import AnyFloats, Bools, Columns, Float32s, Float64s, IntArray
from ...network.network import Network
from ..sampling import Sampling, draw


class Sampler:
    """A network with the state of a batch of pieces, and their random numbers."""

    def __init__(self, network: Network, sampling: Sampling, seed: int, numbers: Sequence[int]) -> None:
        """Start the pieces with these numbers under a seed."""
        self._network, self._sampling, self._size = network, sampling, len(numbers)
        self._numbers = [np.random.default_rng(np.random.SeedSequence([seed, number])) for number in numbers]
        self._memory = network.initial_state(self._size)

    def step(self, before: Columns, active: IntArray) -> Float32s:
        """Run the network for one event of the active pieces and return its output for all, (B, U)."""
        rows = [tuple(part[active] for part in layer) for layer in self._memory]
        found, moved = self._network.step(before[active], rows)
        for layer, new in zip(self._memory, moved, strict=True):
            for part, value in zip(layer, new, strict=True):
                part[active] = value
        output = np.zeros((self._size, found.shape[1]), dtype=found.dtype)
        output[active] = found
        return output

    def probabilities(
        self, name: str, output: Float32s, context: Columns, indices: IntArray, active: IntArray
    ) -> Float32s:
        """Return the network's probabilities of a field, (B, V); 0 for pieces that are not active."""
        found = self._network.head(name, output[active], context[active], indices[active]).probabilities()
        p = np.zeros((self._size, found.shape[1]), dtype=np.float32)
        p[active] = found
        return p

    def draw(self, name: str, p: AnyFloats, allowed: Bools, is_drawn: Bools) -> IntArray:
        """Return drawn indices of a field, (B,), each from the piece's own random numbers.

        Only pieces where `is_drawn`, (B,), use a number, so that none depends on the others of its batch.
        """
        uniform = np.array([rng.random() if own else 0.0 for rng, own in zip(self._numbers, is_drawn, strict=True)])
        some = allowed.any(axis=1, keepdims=True)
        shaped: Float64s = self._sampling.shape(name, p, allowed | ~some)
        return draw(shaped, uniform)
