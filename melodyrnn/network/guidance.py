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
from .distribution import Distribution
from .network import Network

_FLOOR = 1e-3  # of p and q: smaller probabilities are too inexact for a quotient


@dataclass(frozen=True, slots=True)
class Guided:
    """The distributions of a head for N notes, each with the form shown and then with it hidden; weights (N,)."""

    both: Distribution
    weight: Float32s

    def probabilities(self) -> Float32s:
        """Return p (p / q)^weight over all values, normalised, (N, V)."""
        both = self.both.probabilities()
        p, q = both[::2], both[1::2]
        p *= (np.maximum(p, _FLOOR) / np.maximum(q, _FLOOR)) ** self.weight[:, None]
        p /= np.add.reduce(p, axis=-1, keepdims=True)
        return p


class GuidedNetwork:
    """Runs a network twice for each score, with the form shown and hidden. Used like `Network`; its U is doubled.

    The network sees 2 B scores: each with its form shown, then with it hidden.
    """

    def __init__(self, network: Network, weight: float) -> None:
        """Guide `network` with w = `weight` in bars that repeat an earlier one; 0 gives p.

        New bars are not guided: most bars are new, and guidance would make them differ from all earlier bars of the
        piece, also in rhythm.
        """
        self._network, self._weight = network, np.float32(weight)
        self._form = np.flatnonzero(network.inputs.condition_columns("form"))
        self._place = network.inputs.place
        self._first = network.inputs.fields[0]

    def initial_state(self, batch: int) -> list[State]:
        """Return the state of each layer, with the form shown and hidden on the second axis of its arrays."""
        return [_split(layer) for layer in self._network.initial_state(2 * batch)]

    def step(self, before: AnyInts, state: list[State]) -> tuple[Float32s, list[State]]:
        """Process one note, see `Network.step`; the output is (B, 2 * units): form shown, then hidden."""
        joined = [tuple(part.reshape(-1, *part.shape[2:]) for part in layer) for layer in state]
        output, moved = self._network.step(self._shown_and_hidden(before), joined)
        return output.reshape(len(before), -1), [_split(layer) for layer in moved]

    def head(self, name: str, output: Float32s, context: AnyInts, values: AnyInts) -> Guided:
        """Return the distribution of a field, see `Network.head`."""
        label = context[:, self._place("form" if name == self._first else "onset_form")]
        both = self._network.head(
            name,
            output.reshape(2 * len(output), -1),
            self._shown_and_hidden(context),
            np.repeat(values, 2, axis=0),
        )
        return Guided(both, np.where(label > NEW, self._weight, np.float32(0)))

    def _shown_and_hidden(self, context: AnyInts) -> AnyInts:
        """Return every row of the context twice, the second time without the form, (2 N, C)."""
        both = np.repeat(context, 2, axis=0)
        both[1::2, self._form[self._form < context.shape[1]]] = 0
        return both


def _split(layer: State) -> State:
    return tuple(part.reshape(len(part) // 2, 2, *part.shape[1:]) for part in layer)
