"""Keras networks to files and back, and their weights as plain arrays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from ..checkpoint import Metadata, Weights, add_metadata
from ..errors import SettingError
from ..evaluation.novelty import add_index
from ..files import atomic_file
from ..network.network import expected_shapes
from ..score.score import Score
from .network import NoteNetwork


def save_model(
    network: NoteNetwork,
    metadata: Metadata,
    path: str | os.PathLike[str],
    force: bool = False,
    trained_on: Sequence[Score] = (),
) -> None:
    """Write a `.keras` file with `melodyrnn.json` inside, atomically, and an index of what it was `trained_on`."""
    if not str(path).endswith(".keras"):
        raise SettingError(f"a model's name must end in .keras. Received: {path}")
    with atomic_file(path, force) as temporary:
        temporary.unlink()
        network.save(temporary)
        add_metadata(temporary, metadata)
        if trained_on:
            add_index(temporary, trained_on)


def load_model(path: str | os.PathLike[str]) -> NoteNetwork:
    """The Keras network of a model file, to train on or to look into."""
    network = keras.models.load_model(path)
    if not isinstance(network, NoteNetwork):
        raise SettingError(f"a model must be one that melodyrnn train wrote. Received: {path}")
    return network


def build_network(network: NoteNetwork) -> NoteNetwork:
    """Give a network its variables by showing it one note."""
    inputs = network.inputs
    context = np.zeros((1, 1, len(inputs.columns)), dtype=np.int32)
    network({"context": context, "values": np.zeros((1, 1, len(inputs.fields)), dtype=np.int32)})
    return network


def named_variables(network: NoteNetwork) -> dict[str, Any]:
    """The trainable variables of a built network by the names of `checkpoint.load_checkpoint`."""
    by_layer: dict[str, list[str]] = {}
    for name in expected_shapes(network.inputs, network.core):
        by_layer.setdefault(name.split("/")[0], []).append(name)
    found: dict[str, Any] = {}
    for layer, names in by_layer.items():
        found.update(zip(names, getattr(network, layer).weights, strict=True))
    return found


def network_weights(network: NoteNetwork) -> Weights:
    """The weights as `checkpoint.load_checkpoint` would give them."""
    return {name: _array(variable) for name, variable in named_variables(network).items()}


def network_of(network: NoteNetwork, weights: Weights) -> NoteNetwork:
    """A new network like this one with these weights, and without an optimizer, whose state would triple the file."""
    finished = build_network(NoteNetwork(network.inputs, **network.settings))
    set_weights(finished, weights)
    return finished


def set_weights(network: NoteNetwork, weights: Weights) -> None:
    for name, variable in named_variables(network).items():
        variable.assign(weights[name])


def _array(variable: Any) -> Any:
    return np.asarray(ops.convert_to_numpy(variable), dtype=np.float32)
