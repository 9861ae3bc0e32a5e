"""What comes with melodyrnn beside code: its tunes, and its checkpoints, which a command may call by name.

A name is a word without a folder or a suffix: `songs` is `checkpoints/songs.keras`, unless a file of that very name
lies in the working directory; where folders are taken as well as models, unless a folder does.
"""

from __future__ import annotations

import os
from pathlib import Path

from .errors import CheckpointError

DEFAULT_CHECKPOINT = "folk"  # the name of the one taken where none is named


def model_path(model: str | os.PathLike[str] | None) -> Path:
    """The file of a model given by path or by name; the default one for None.

    Raises CheckpointError for a name that no shipped checkpoint has. That the file of a path exists is not looked at.
    """
    if model is None:
        return default_checkpoint()
    path = Path(model)
    if path.is_file() or path.suffix or os.fspath(model) != path.name or path.name in ("", ".."):
        return path
    found = data_folder("checkpoints") / f"{os.fspath(model)}.keras"
    if not found.is_file():
        raise CheckpointError(
            "a model must be a .keras file or the name of one that comes with melodyrnn "
            f"({', '.join(checkpoint_names())}). Received: {model}"
        )
    return found


def is_name(text: str | os.PathLike[str]) -> bool:
    """Whether this is the name of a shipped checkpoint, and of no file or folder here."""
    return os.fspath(text) in checkpoint_names() and not Path(text).exists()


def checkpoint_names() -> list[str]:
    """The checkpoints that come with melodyrnn."""
    return sorted(path.stem for path in data_folder("checkpoints").glob("*.keras"))


def default_checkpoint() -> Path:
    """The shipped checkpoint taken where none is named, wherever melodyrnn is installed or checked out."""
    return data_folder("checkpoints") / f"{DEFAULT_CHECKPOINT}.keras"


def data_folder(name: str) -> Path:
    """The folder "checkpoints" or "samples" as installed, else that of the source checkout."""
    from importlib.resources import files

    try:
        return Path(str(files(f"melodyrnn.{name}")))
    except ModuleNotFoundError:
        return Path(__file__).resolve().parents[1] / name
