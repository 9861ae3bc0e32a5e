"""Measures how far back the loss at a note depends on the state of the network: whether gradients explode or vanish.

    influence(k) = mean over pieces of || d loss(note s + k) / d state(s) ||, for each layer

By the chain rule it is a product of k Jacobians of h_t = f(h_{t-1}, x_t), which grows or shrinks exponentially with k
(Hochreiter 1991; Bengio et al. 1994; Pascanu et al. 2013). A variable of zeros is added to the state at s; after one
step of plain gradient descent at rate 1 it holds minus the gradient, on any backend of Keras.
Look-backs, which pass the past around the recurrence, are not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from ..arrays import AnyInts, Bools, Float64s
from ..checkpoint import Metadata
from ..errors import SettingError
from ..events.context import context_of
from ..events.vocabulary import Vocabulary
from ..network.cells import State
from ..network.network import Network
from ..score.score import Score
from .loss import nats_per_note
from .network import NoteNetwork
from .saving import network_weights
from .types import Tensor

DISTANCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_LEAD = 16  # notes before the measured state, in a piece of at least twice as many
_MAX_PIECES = 16
_SAME = 1e-4  # of values that are mostly within -1..1


@dataclass(frozen=True, slots=True)
class Influence:
    """Norms of the gradient by distance.

    Attributes:
        distances: D distances in notes.
        norms: mean norm of the gradient for each layer and distance, (L, D).
        pieces: the number of pieces measured at each distance, D.
        constant: for each layer, the share of its units that have one value after the beginnings of all pieces.
    """

    distances: tuple[int, ...]
    norms: Float64s
    pieces: tuple[int, ...]
    constant: tuple[float, ...] = ()


def influence(network: NoteNetwork, vocabulary: Vocabulary, melodies: Sequence[Score]) -> Influence:
    """Return the influence in a network on `vocabulary`, measured on the longest of the melodies.

    Raises SettingError for a feed-forward network, which has no state, and where no piece is long enough.
    """
    if network.recurrent.cell == "feedforward":
        raise SettingError(
            "a network must have a state to be diagnosed; a feed-forward one sees its window of "
            f"{network.recurrent.window} notes and no further. Received: cell feedforward"
        )
    melodies = sorted(melodies, key=len, reverse=True)[:_MAX_PIECES]
    contexts, targets = context_of(melodies, vocabulary)
    starts = [max(1, min(_LEAD, len(t) // 2)) for t in targets]
    reach = [len(t) - s - 1 for t, s in zip(targets, starts, strict=True)]  # END apart
    distances = tuple(k for k in DISTANCES if k < max(reach))
    if not distances:
        raise SettingError(
            f"a piece must have at least 4 notes to be diagnosed on. Received: {max(map(len, melodies))}"
        )
    length = distances[-1] + 1
    inputs = {
        "context": _windows(contexts, starts, length),
        "values": _windows(targets, starts, length),
    }
    states = _states(network, vocabulary, contexts, starts)
    probe = Probe(network, states)
    norms, pieces = [], []
    for k in distances:
        there = np.array([k < r for r in reach])
        norms.append(probe.gradient_norms(inputs, k, there))
        pieces.append(int(there.sum()))
    return Influence(distances, np.array(norms).T, tuple(pieces), _constant(states))


def _constant(states: Sequence[State]) -> tuple[float, ...]:
    """Return for each layer the share of units whose output is the same for all pieces; nothing for a single piece."""
    outputs = [layer[0] for layer in states]  # (B, U)
    if len(outputs[0]) < 2:
        return ()
    return tuple(float((np.ptp(output, axis=0) < _SAME).mean()) for output in outputs)


def _windows(rows: Sequence[AnyInts], starts: list[int], length: int) -> npt.NDArray[np.int32]:
    """Return `length` rows of each piece from its start on, (B, length, columns), 0 past the end."""
    out = np.zeros((len(rows), length, rows[0].shape[1]), dtype=np.int32)
    for n, (table, start) in enumerate(zip(rows, starts, strict=True)):
        window = table[start : start + length]
        out[n, : len(window)] = window
    return out


def _states(
    network: NoteNetwork, vocabulary: Vocabulary, contexts: Sequence[AnyInts], starts: list[int]
) -> list[State]:
    """Return the state of each layer after the notes before `starts`, by the NumPy network; its arrays are (B, U)."""
    numpy_network = Network(Metadata(vocabulary, network.settings), network_weights(network))
    found = []
    for context, start in zip(contexts, starts, strict=True):
        state = numpy_network.initial_state(1)
        for row in context[:start]:
            _, state = numpy_network.step(row[None], state)
        found.append(state)
    layers = range(network.recurrent.num_layers)
    return [tuple(np.concatenate(parts) for parts in zip(*(piece[n] for piece in found), strict=True)) for n in layers]


class Probe(keras.Model):  # type: ignore[misc]
    """A network that starts from given states plus variables of zeros, which are all that it trains."""

    def __init__(self, network: NoteNetwork, states: list[State]) -> None:
        super().__init__()
        self.network = network
        self.network.trainable = False
        self._given = [[keras.ops.convert_to_tensor(part) for part in layer] for layer in states]
        self.moved = [
            [
                self.add_weight(shape=part.shape, initializer="zeros", name=f"moved_{n}_{m}")
                for m, part in enumerate(layer)
            ]
            for n, layer in enumerate(states)
        ]
        self.compile(optimizer=keras.optimizers.SGD(1.0), loss=nats_per_note, jit_compile=False)

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        states = [
            [keras.ops.add(part, zeros) for part, zeros in zip(*layer, strict=True)]
            for layer in zip(self._given, self.moved, strict=True)
        ]
        return self.network.log_probabilities(inputs, states)

    def gradient_norms(self, inputs: dict[str, npt.NDArray[np.int32]], k: int, there: Bools) -> list[float]:
        """Return per layer the mean norm of the gradient of the loss k notes later, over the pieces in `there`."""
        weights = np.zeros((*inputs["values"].shape[:2], inputs["values"].shape[2]), dtype=np.float32)
        weights[there, k] = 1
        for variable in self.trainable_variables:
            variable.assign(keras.ops.zeros(variable.shape))
        self.train_on_batch(inputs, weights)
        norms = []
        for layer in self.moved:
            moved = np.concatenate([keras.ops.convert_to_numpy(v) for v in layer], axis=1)
            # the loss is a mean over these pieces, so the gradient of a single piece is that many times larger
            gradient = moved.astype(np.float64) * there.sum()
            norms.append(float(np.linalg.norm(gradient[there], axis=1).mean()))
        return norms
