"""Training in tests without the five seconds that TensorFlow takes to trace the step of each new network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
import pytest

from melodyrnn.model import saving, training
from melodyrnn.model.network import NoteNetwork
from melodyrnn.model.optimizer import Adam
from melodyrnn.model.settings import TrainingSettings


@dataclass
class Traced:
    """A network that was trained before, its optimizer, and the values of all their variables before that."""

    network: NoteNetwork
    weights: list[npt.NDArray[np.float32]]
    optimizer: Adam | None = None
    state: list[npt.NDArray[np.float32]] | None = None


_TRACED: dict[tuple[str, bytes], Traced] = {}


@contextmanager
def traced_once() -> Iterator[None]:
    """While inside, `train` takes the network of an earlier training of the same settings in this process.

    What training changes is in variables alone, those of the network (its streams of random numbers too) and those of
    the optimizer. They are set back, so a training ends as with a new network; test_resume compares the two. XLA
    compiles only where `Run.compiled` asks for it.

    Seeding TensorFlow discards the steps that it has optimised, three seconds of work for each, and no layer draws from
    its seed: those of Keras draw from seeds of their own, which come from Python's.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "build_network", _build)
        patch.setattr(training, "compile_network", _compile)
        if keras.backend.backend() == "tensorflow":
            patch.setattr("tensorflow.random.set_seed", lambda seed: None)
        yield


def _build(network: NoteNetwork) -> NoteNetwork:
    seed = np.random.get_state()[1].tobytes()  # Keras seeds NumPy with the seed that the weights are drawn from
    key = (json.dumps([network.inputs.to_json(), network.settings], sort_keys=True), seed)
    if key not in _TRACED:
        saving.build_network(network)
        _TRACED[key] = Traced(network, _values(network.variables))
    found = _TRACED[key]
    _set(found.network.variables, found.weights)
    return found.network


def _compile(network: NoteNetwork, settings: TrainingSettings, num_steps: int, compiled: bool | None = None) -> Adam:
    compiled = bool(compiled)
    (found,) = (traced for traced in _TRACED.values() if traced.network is network)
    known = found.optimizer
    if known is not None and (known.clip_norm, network.jit_compile) == (settings.clip_norm, compiled):
        _set(known.variables, found.state or [])
        return known
    found.optimizer = _ORIGINAL(network, settings, num_steps, compiled)
    found.state = _values(found.optimizer.variables)
    return found.optimizer


_ORIGINAL = training.compile_network


def _values(variables: list[object]) -> list[npt.NDArray[np.float32]]:
    return [np.array(variable) for variable in variables]


def _set(variables: list[object], values: list[npt.NDArray[np.float32]]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)  # type: ignore[attr-defined]
