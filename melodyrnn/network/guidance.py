"""A network that leans on the form it is told: classifier-free guidance (Ho and Salimans 2022; for language models
Sanchez et al. 2023).

A network trained with the form shown in some sequences and hidden in others knows both what comes next in this form, p,
and what would come next in any, q. Values are drawn from p (p / q)^w: what the form makes likelier becomes likelier
still, and what is likely anyhow keeps its variety, which a lower temperature would take from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import Float32s
from ..conditions.bar_repeats import NEW
from .cells import State
from .network import Distribution, Network

Ints = npt.NDArray[np.integer[Any]]
_FLOOR = 1e-3  # of q: below it the network's guesses are too rough to divide by


@dataclass(frozen=True, slots=True)
class Guided:
    """The distributions of a head, told the form and not."""

    told: Distribution
    untold: Distribution
    weight: Float32s

    def probabilities(self) -> Float32s:
        """p (p / q)^weight over all values, normalised, (..., V)."""
        p, q = self.told.probabilities(), self.untold.probabilities()
        p *= (np.maximum(p, _FLOOR) / np.maximum(q, _FLOOR)) ** self.weight[..., None]
        out: Float32s = p / p.sum(axis=-1, keepdims=True)
        return out


class GuidedNetwork:
    """Steps a network twice for each melody, told the form and not; else used like `Network`. U is twice its units."""

    def __init__(self, network: Network, weight: float) -> None:
        """`weight` is how hard to lean on the form where a bar is to come back: 0 as the network does, 1 once more.

        Bars that are to be new are left to the network: most bars are, and would be driven away from all that the piece
        has had, its rhythms among it.
        """
        self._network, self._weight = network, weight
        self._form = network.inputs.condition_columns("form")
        self._place = network.inputs.place
        self._first = network.inputs.fields[0]

    def initial_state(self, batch: int) -> list[State]:
        """The states of the layers told the form, then of those not told."""
        return self._network.initial_state(batch) + self._network.initial_state(batch)

    def step(self, before: Ints, state: list[State]) -> tuple[Float32s, list[State]]:
        """See `Network.step`; the output is (B, 2 * units): told, then not."""
        size, half = len(before), len(state) // 2
        both = [
            tuple(np.concatenate(parts) for parts in zip(told, untold, strict=True))
            for told, untold in zip(state[:half], state[half:], strict=True)
        ]
        output, moved = self._network.step(np.concatenate([before, self._untold(before)]), both)
        states = [tuple(part[:size] for part in layer) for layer in moved]
        states += [tuple(part[size:] for part in layer) for layer in moved]
        return np.concatenate([output[:size], output[size:]], axis=1), states

    def head(self, name: str, output: Float32s, context: Ints, values: Ints) -> Guided:
        """See `Network.head`."""
        told, untold = np.split(output, 2, axis=-1)
        label = context[..., self._place("form" if name == self._first else "onset_form")]
        return Guided(
            self._network.head(name, told, context, values),
            self._network.head(name, untold, self._untold(context), values),
            np.where(label > NEW, np.float32(self._weight), np.float32(0)),
        )

    def _untold(self, context: Ints) -> Ints:
        return np.where(self._form[: context.shape[-1]], np.zeros_like(context), context)
