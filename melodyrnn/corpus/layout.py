"""The splits of a corpus and how its folder is told; apart from the rest, which needs NumPy and longer to import."""

from __future__ import annotations

import os
from pathlib import Path

SPLITS = ("train", "validation", "test")


def is_corpus(path: str | os.PathLike[str]) -> bool:
    """Return whether `path` is a folder that looks like a corpus."""
    return os.path.isfile(Path(path) / "corpus.json")  # False, too, in a folder without permission
