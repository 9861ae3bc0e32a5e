"""The state of a training run in one file, from which it goes on as if it had never been stopped.

A NumPy archive without pickles: every variable of the network (weights, dropout's random state) and of the optimizer
(moments, averages, step) by its place, the best weights by name, and a JSON of the rest. It says which corpus and which
settings it belongs to, and is written whole or not at all. Variables have the same order on every backend.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from ..checkpoint import Weights
from ..errors import CheckpointError, SettingError
from ..files import atomic_file
from .settings import TrainingSettings
from .state import pack_head, read_state, refuse_other_settings


@dataclass(slots=True)
class SavedRun:
    """Where a run stands, after `round` rounds, at least one.

    `best_at` is the share of the run, 0..1, at which its best was found; `start` and `start_bits` are of the model it
    started from, if from one; `arrays` are what `restore` needs.
    """

    round: int
    history: list[dict[str, float]]
    best_bits: float
    seconds: float
    best_at: float
    start_bits: float | None
    best: Weights
    start: Weights | None
    arrays: dict[str, npt.NDArray[Any]] | None = None

    @property
    def step(self) -> int:
        """Steps done. Rounds do not tell: how long they are depends on whether the run is to end by the clock."""
        return int(self.history[-1]["step"])

    def restore(self, network: Any, optimizer: Any) -> None:
        """Give a built network and its built optimizer the saved values."""
        for name, variable in _variables(network, optimizer).items():
            value = (self.arrays or {}).get(name)
            if value is None or value.shape != tuple(variable.shape):
                raise CheckpointError(f"a saved run must hold {name} of shape {tuple(variable.shape)}")
            variable.assign(ops.convert_to_tensor(value, dtype=variable.dtype))


def save_run(
    path: str | os.PathLike[str],
    run: SavedRun,
    network: Any,
    optimizer: Any,
    corpus: str,
    settings: TrainingSettings,
) -> None:
    """Write the state, atomically. Raises OutputError, the last good state kept, where it cannot be written."""
    head = {
        "corpus": corpus,
        "settings": settings.to_json(),
        "round": run.round,
        "history": run.history,
        "best_bits": run.best_bits,
        "seconds": run.seconds,
        "best_at": run.best_at,
        "start_bits": run.start_bits,
    }
    arrays = {name: np.asarray(ops.convert_to_numpy(v)) for name, v in _variables(network, optimizer).items()}
    kept = {"best": run.best, "start": run.start or {}}
    weights = {f"{kind}/{name}": value for kind, named in kept.items() for name, value in named.items()}
    everything: dict[str, Any] = {**pack_head(head), **arrays, **weights}
    with atomic_file(path, force=True) as temporary, temporary.open("wb") as file:
        np.savez(file, **everything)
        file.flush()
        os.fsync(file.fileno())


def load_run(path: str | os.PathLike[str], corpus: str, settings: TrainingSettings) -> SavedRun:
    """Read the state of the run on this corpus with these settings.

    Raises:
        CheckpointError: where the file is damaged.
        SettingError: where it belongs to another corpus or other settings.
    """
    head, arrays = read_state(path)
    best, start = (
        {name[len(kind) :]: arrays.pop(name) for name in list(arrays) if name.startswith(kind)}
        for kind in ("best/", "start/")
    )
    run = SavedRun(
        head["round"],
        head["history"],
        head["best_bits"],
        head["seconds"],
        head["best_at"],
        head["start_bits"],
        best,
        start or None,
        arrays,
    )
    if head["corpus"] != corpus:
        raise SettingError(f"--resume must go on with the corpus that the run began with. Saved in {path}: another one")
    refuse_other_settings(head["settings"], json.loads(json.dumps(settings.to_json())))
    return run


def _variables(network: Any, optimizer: Any) -> dict[str, Any]:
    # Layer by layer: the network's own list also holds figures of the fit, which are there only once it runs.
    own = [variable for layer in network.layers for variable in layer.variables]
    named = {f"network/{n}": variable for n, variable in enumerate(own)}
    return {**named, **{f"optimizer/{n}": v for n, v in enumerate(optimizer.variables)}}
