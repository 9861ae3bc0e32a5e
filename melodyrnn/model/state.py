"""The file of a training run's state, read without Keras, so that `train` can ask it before it loads that."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import CheckpointError, SettingError

VERSION = 2
_HEAD = "head"
_DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile)


def pack_head(head: dict[str, Any]) -> dict[str, npt.NDArray[np.uint8]]:
    """The entry of the archive that holds what is no array."""
    packed = np.frombuffer(json.dumps({"version": VERSION, **head}).encode(), dtype=np.uint8)
    return {_HEAD: packed}


def read_head(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What is no array. Raises CheckpointError where the file is damaged or of another version."""
    return _read(path, with_arrays=False)[0]


def read_state(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The same and all arrays, by name."""
    return _read(path, with_arrays=True)


def refuse_other_settings(saved: dict[str, Any], asked: dict[str, Any]) -> None:
    """Raise SettingError where a setting that is asked for is not that of the saved run."""
    for name, value in asked.items():
        if saved.get(name) != value:
            raise SettingError(
                f"--resume must keep the settings of the run: {name} was {saved.get(name)}. Received: {value}"
            )


def _read(path: str | os.PathLike[str], with_arrays: bool) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    try:
        if not zipfile.is_zipfile(path):  # of which NumPy would say that it may be loaded unsafely
            raise zipfile.BadZipFile("no whole archive")
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            head = json.loads(archive[_HEAD].tobytes())
            if head["version"] != VERSION:
                raise ValueError(f"version {head['version']}")
            names = [name for name in archive.files if name != _HEAD] if with_arrays else []
            return head, {name: archive[name] for name in names}
    except _DAMAGE as error:
        raise CheckpointError(f"the saved run {path} cannot be read: {error!r}") from error
