"""The state of a training run in one file, from which it continues exactly as without an interruption.

The file is a NumPy archive without pickles: every variable of the network (weights, random state of dropout) and of the
optimizer (moments, averages, step) by its position, the best weights by name, and JSON for the rest, which includes
the fingerprint of the corpus and the settings. It is written atomically. All backends order variables alike.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from ..checkpoint import Weights
from ..errors import CheckpointError, SettingError
from ..files import atomic_file
from .distribution import ALONE, Team
from .network import NoteNetwork
from .optimizer import Adam
from .settings import TrainingSettings
from .state import Arrays, RunHead, pack_head, read_state, refuse_other_settings


@dataclass(slots=True)
class SavedRun:
    """The state of a run after a round.

    Attributes:
        round: rounds done, at least one.
        history: the figures of each round.
        best_bits, best_judged: bits per note of the best weights, and the bits by which they are the best.
        best_at: the share of the run, 0..1, at which they were found.
        seconds: time spent.
        start, start_bits: weights that the run started from and their bits; None where it started from random weights.
        best: the best weights, by name.
        arrays: the variables of network and optimizer, for `restore`; None in a state that has not been saved yet.
    """

    round: int
    history: list[dict[str, float]]
    best_bits: float
    best_judged: float
    seconds: float
    best_at: float
    start_bits: float | None
    best: Weights
    start: Weights | None
    arrays: Arrays | None = None

    @property
    def step(self) -> int:
        """Steps done. They do not follow from `round`: rounds are shorter in a run with a time limit."""
        return int(self.history[-1]["step"])

    @classmethod
    def of_another(cls, round: int, step: int) -> SavedRun:
        """Return what a process knows of the state that another one has read."""
        return cls(round, [{"step": step}], math.inf, math.inf, 0.0, 0.0, None, {}, None)

    def restore(self, network: NoteNetwork, optimizer: Adam, team: Team = ALONE) -> None:
        """Assign the values saved by process 0 to a built network and its built optimizer. Raises CheckpointError."""
        variables = _variables(network, optimizer)
        values = {name: np.zeros(tuple(v.shape), dtype=v.dtype) for name, v in variables.items()}
        for name in values if team.leads else ():
            value = (self.arrays or {}).get(name)
            if value is None or value.shape != values[name].shape:
                raise CheckpointError(f"a saved run must hold {name} of shape {values[name].shape}")
            values[name] = value.astype(values[name].dtype)
        values = team.share_arrays(values)
        for name, variable in variables.items():
            variable.assign(ops.convert_to_tensor(values[name], dtype=variable.dtype))


def save_run(
    path: str | os.PathLike[str],
    run: SavedRun,
    network: NoteNetwork,
    optimizer: Adam,
    corpus: str,
    settings: TrainingSettings,
) -> None:
    """Write the state atomically. Raises OutputError where that fails; an earlier file then stays."""
    head: RunHead = {
        "corpus": corpus,
        "settings": settings.to_json(),
        "round": run.round,
        "history": run.history,
        "best_bits": run.best_bits,
        "best_judged": run.best_judged,
        "seconds": run.seconds,
        "best_at": run.best_at,
        "start_bits": run.start_bits,
    }
    arrays = {name: np.asarray(ops.convert_to_numpy(v)) for name, v in _variables(network, optimizer).items()}
    kept = {"best": run.best, "start": run.start or {}}
    weights = {f"{kind}/{name}": value for kind, named in kept.items() for name, value in named.items()}
    everything = {**pack_head(head), **arrays, **weights}
    with atomic_file(path, force=True) as temporary, temporary.open("wb") as file:
        np.savez(file, **everything)  # type: ignore[arg-type]  # the stub reads an array as `allow_pickle`
        file.flush()
        os.fsync(file.fileno())


def load_run(path: str | os.PathLike[str], corpus: str, settings: TrainingSettings) -> SavedRun:
    """Return the saved state of a run on the corpus with this fingerprint and with these settings.

    Raises:
        CheckpointError: where the file is damaged.
        SettingError: where it belongs to another corpus or other settings.
    """
    head, arrays = read_state(path)
    best, start = (
        {name[len(kind) :]: arrays.pop(name).astype(np.float32) for name in list(arrays) if name.startswith(kind)}
        for kind in ("best/", "start/")
    )
    run = SavedRun(
        head["round"],
        head["history"],
        head["best_bits"],
        head.get("best_judged", head["best_bits"]),  # states of earlier versions have none
        head["seconds"],
        head["best_at"],
        head["start_bits"],
        best,
        start or None,
        arrays,
    )
    if head["corpus"] != corpus:
        raise SettingError(f"--resume must use the corpus of the saved run. Saved in {path}: another one")
    refuse_other_settings(head["settings"], json.loads(json.dumps(settings.to_json())))
    return run


def _variables(network: NoteNetwork, optimizer: Adam) -> dict[str, keras.Variable]:
    # Layer by layer: the list of the network itself also holds metrics, which exist only once it trains.
    own = [variable for layer in network.layers for variable in layer.variables]
    named = {f"network/{n}": variable for n, variable in enumerate(own)}
    return {**named, **{f"optimizer/{n}": v for n, v in enumerate(optimizer.variables)}}
