"""The data that melodyrnn comes with: sample tunes, and checkpoints that commands accept by name.

A name has no folder and no suffix: `songs` is `checkpoints/songs.keras`, unless the working directory has a file of
exactly that name. Where a command also accepts folders, a folder of that name has priority too.
"""

from __future__ import annotations

import os
from pathlib import Path

from .errors import CheckpointError

DEFAULT_CHECKPOINT = "folk"  # the name of the checkpoint that is used where none is given


def model_path(model: str | os.PathLike[str] | None) -> Path:
    """Return the file of a model that is given by path or by name; the default checkpoint for None.

    Raises CheckpointError for a name that no checkpoint has. Whether the file of a path exists is not checked.
    """
    if model is None:
        return default_checkpoint()
    path = Path(model)
    if path.is_file() or path.suffix or os.fspath(model) != path.name or path.name in ("", ".."):
        return path
    checkpoint = data_folder("checkpoints") / f"{os.fspath(model)}.keras"
    if not checkpoint.is_file():
        raise CheckpointError(
            "a model must be a .keras file or the name of one that comes with melodyrnn "
            f"({', '.join(checkpoint_names())}). Received: {model}"
        )
    return checkpoint


def is_name(text: str | os.PathLike[str]) -> bool:
    """Return whether `text` is the name of a checkpoint and not that of a file or folder in the working directory."""
    return os.fspath(text) in checkpoint_names() and not Path(text).exists()


def checkpoint_names() -> list[str]:
    """Return the names of the checkpoints that come with melodyrnn, in alphabetical order."""
    return sorted(path.stem for path in data_folder("checkpoints").glob("*.keras"))


def default_checkpoint() -> Path:
    """Return the file of the checkpoint that is used where none is given."""
    return data_folder("checkpoints") / f"{DEFAULT_CHECKPOINT}.keras"


def data_folder(name: str) -> Path:
    """Return the folder "checkpoints" or "samples" of the installed package, else that of the source checkout."""
    from importlib.resources import files

    try:
        return Path(str(files(f"melodyrnn.{name}")))
    except ModuleNotFoundError:
        return Path(__file__).resolve().parents[1] / name
