"""Classifier-free guidance by the form (Ho and Salimans 2022; for language models Sanchez et al. 2023).

A network that was trained with the form shown in some sequences and hidden in others has two distributions: p with the
form shown and q with it hidden. Values are drawn from p (p / q)^w, normalised. Values that the form makes more likely
become more likely still; those that are likely in any form keep their variety, which a lower temperature would reduce.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import AnyInts, Float32s
from ..conditions.bar_repeats import NEW
from .cells import State
from .network import Distribution, Network

_FLOOR = 1e-3  # of p and q: smaller probabilities are too inexact for a quotient


@dataclass(frozen=True, slots=True)
class Guided:
    """The distributions of a head with the form shown and hidden."""

    shown: Distribution
    hidden: Distribution
    weight: Float32s

    def probabilities(self) -> Float32s:
        """Return p (p / q)^weight over all values, normalised, (..., V)."""
        p, q = self.shown.probabilities(), self.hidden.probabilities()
        p *= (np.maximum(p, _FLOOR) / np.maximum(q, _FLOOR)) ** self.weight[..., None]
        out: Float32s = p / p.sum(axis=-1, keepdims=True)
        return out


class GuidedNetwork:
    """Runs a network twice for each score, with the form shown and hidden. Used like `Network`; its U is doubled."""

    def __init__(self, network: Network, weight: float) -> None:
        """Guide `network` with w = `weight` in bars that repeat an earlier one; 0 gives p.

        New bars are not guided: most bars are new, and guidance would make them differ from all earlier bars of the
        piece, also in rhythm.
        """
        self._network, self._weight = network, weight
        self._form = network.inputs.condition_columns("form")
        self._place = network.inputs.place
        self._first = network.inputs.fields[0]

    def initial_state(self, batch: int) -> list[State]:
        """Return the states of the layers with the form shown, then of those with it hidden."""
        return self._network.initial_state(batch) + self._network.initial_state(batch)

    def step(self, before: AnyInts, state: list[State]) -> tuple[Float32s, list[State]]:
        """Process one note, see `Network.step`; the output is (B, 2 * units): form shown, then hidden."""
        size, half = len(before), len(state) // 2
        both = [
            tuple(np.concatenate(parts) for parts in zip(one, other, strict=True))
            for one, other in zip(state[:half], state[half:], strict=True)
        ]
        output, moved = self._network.step(np.concatenate([before, self._hidden(before)]), both)
        states = [tuple(part[:size] for part in layer) for layer in moved]
        states += [tuple(part[size:] for part in layer) for layer in moved]
        return np.concatenate([output[:size], output[size:]], axis=1), states

    def head(self, name: str, output: Float32s, context: AnyInts, values: AnyInts) -> Guided:
        """Return the distribution of a field, see `Network.head`."""
        shown, hidden = np.split(output, 2, axis=-1)
        label = context[..., self._place("form" if name == self._first else "onset_form")]
        return Guided(
            self._network.head(name, shown, context, values),
            self._network.head(name, hidden, self._hidden(context), values),
            np.where(label > NEW, np.float32(self._weight), np.float32(0)),
        )

    def _hidden(self, context: AnyInts) -> AnyInts:
        return np.where(self._form[: context.shape[-1]], np.zeros_like(context), context)
