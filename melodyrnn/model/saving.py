"""Writes and reads Keras networks, and converts their weights to and from arrays."""

from __future__ import annotations

import os
from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from ..arrays import Float32s
from ..checkpoint import Metadata, Weights, add_metadata, add_places
from ..errors import SettingError
from ..evaluation.index_file import add_index
from ..files import atomic_file
from ..network.network import expected_shapes
from ..score.score import Score
from .network import NoteNetwork
from .types import Tensor


def save_model(
    network: NoteNetwork,
    metadata: Metadata,
    path: str | os.PathLike[str],
    force: bool = False,
    trained_on: Sequence[Score] = (),
) -> None:
    """Write a `.keras` file with `melodyrnn.json` inside, atomically.

    Args:
        force: whether an existing file is replaced.
        trained_on: scores for the novelty index in the file; without any, it has no index.

    Raises:
        SettingError: where the name does not end in .keras.
        OutputError: where it cannot be written.
    """
    if not str(path).endswith(".keras"):
        raise SettingError(f"a model's name must end in .keras. Received: {path}")
    with atomic_file(path, force) as temporary:
        temporary.unlink()
        network.save(temporary)
        add_metadata(temporary, metadata)
        add_places(temporary)
        if trained_on:
            add_index(temporary, trained_on)


def load_model(path: str | os.PathLike[str]) -> NoteNetwork:
    """Return the Keras network of a model file. Raises SettingError for a file of another kind."""
    network = keras.models.load_model(path)
    if not isinstance(network, NoteNetwork):
        raise SettingError(f"a model must be one that melodyrnn train wrote. Received: {path}")
    return network


def build_network(network: NoteNetwork) -> NoteNetwork:
    """Create the variables of a network, for one note; returns the network."""
    inputs = network.inputs
    network.build({"context": (1, 1, len(inputs.columns)), "values": (1, 1, len(inputs.fields))})
    return network


def named_variables(network: NoteNetwork) -> dict[str, Tensor]:
    """Return the trainable variables of a built network by their names in `checkpoint.load_checkpoint`."""
    by_layer: dict[str, list[str]] = {}
    for name in expected_shapes(network.inputs, network.recurrent):
        by_layer.setdefault(name.split("/")[0], []).append(name)
    found: dict[str, Tensor] = {}
    for layer, names in by_layer.items():
        found.update(zip(names, getattr(network, layer).weights, strict=True))
    return found


def network_weights(network: NoteNetwork) -> Weights:
    """Return the weights of a network as `checkpoint.load_checkpoint` returns those of a file."""
    return {name: _array(variable) for name, variable in named_variables(network).items()}


def network_of(network: NoteNetwork, weights: Weights) -> NoteNetwork:
    """Return a new network of this kind with these weights and no optimizer, whose state would triple the file."""
    finished = build_network(NoteNetwork(network.inputs, **network.settings))
    set_weights(finished, weights)
    return finished


def set_weights(network: NoteNetwork, weights: Weights) -> None:
    """Assign weights to a built network."""
    for name, variable in named_variables(network).items():
        variable.assign(weights[name])


def _array(variable: Tensor) -> Float32s:
    return np.asarray(ops.convert_to_numpy(variable), dtype=np.float32)
