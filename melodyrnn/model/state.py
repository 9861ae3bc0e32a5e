"""Reads the file with the state of a training run without Keras, so that a command can check it before Keras starts."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import numpy as np
import numpy.typing as npt

from ..errors import CheckpointError, SettingError

VERSION = 3
_HEAD = "head"
_DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile)

Arrays = dict[str, npt.NDArray[np.generic]]


class RunHead(TypedDict):
    """The values of a saved run that are not arrays; see `resume.SavedRun`. `corpus` is a fingerprint."""

    corpus: str
    settings: dict[str, Any]
    round: int
    history: list[dict[str, float]]
    best_bits: float
    best_judged: NotRequired[float]
    seconds: float
    best_at: float
    start_bits: float | None


def pack_head(head: RunHead) -> dict[str, npt.NDArray[np.uint8]]:
    """Return the entry of the archive that holds the head, as JSON in UTF-8."""
    packed = np.frombuffer(json.dumps({"version": VERSION, **head}).encode(), dtype=np.uint8)
    return {_HEAD: packed}


def read_head(path: str | os.PathLike[str]) -> RunHead:
    """Return the values that are not arrays. Raises CheckpointError where the file is damaged or of another version."""
    return _read(path, with_arrays=False)[0]


def read_state(path: str | os.PathLike[str]) -> tuple[RunHead, Arrays]:
    """Return the head, and all arrays by name. Raises CheckpointError for a damaged file or another version."""
    return _read(path, with_arrays=True)


def refuse_other_settings(saved: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    """Raise SettingError where a requested setting differs from that of the saved run."""
    for name, value in wanted.items():
        if saved.get(name) != value:
            raise SettingError(
                f"--resume must keep the settings of the run: {name} was {saved.get(name)}. Received: {value}"
            )


def _read(path: str | os.PathLike[str], with_arrays: bool) -> tuple[RunHead, Arrays]:
    try:
        if not zipfile.is_zipfile(path):  # the error message of NumPy would recommend pickle
            raise zipfile.BadZipFile("an incomplete archive")
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            head = json.loads(archive[_HEAD].tobytes())
            if head["version"] != VERSION:
                raise ValueError(f"version {head['version']}")
            names = [name for name in archive.files if name != _HEAD] if with_arrays else []
            return head, {name: archive[name] for name in names}
    except _DAMAGE as error:
        raise CheckpointError(f"the saved run {path} cannot be read: {error!r}") from error
