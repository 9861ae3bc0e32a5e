"""Resolves the files and folders that tasks receive."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import MidiError, OutputError
from ..music.units import MIDI_SUFFIXES

StrPath = str | os.PathLike[str]


def midi_files(paths: Sequence[StrPath]) -> list[Path]:
    """Return the given files in order, each folder replaced by the MIDI files in it, sorted by name.

    Raises MidiError for a folder without any.
    """

    found: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in MIDI_SUFFIXES and p.is_file())
        if not inside:
            raise MidiError(f"a folder must hold MIDI files ({', '.join(MIDI_SUFFIXES)}). Received: {path}")
        found += inside
    return found


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, where they do not exist. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error
