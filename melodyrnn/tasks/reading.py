"""Reads the MIDI files that a task receives, with progress."""

from __future__ import annotations

from collections.abc import Sequence

from ..midi.file import MidiFile, read_file
from .paths import StrPath, midi_files
from .progress import Listener, Progress

READING = "reading files"


def read_files(paths: Sequence[StrPath], report: Listener) -> list[MidiFile]:
    """Return the contents of MIDI files, and folders of them; `report` is called before each file and at the end.

    Raises MidiError where a file cannot be read, or a folder holds none.
    """
    files = midi_files(paths)
    found: list[MidiFile] = []
    for file in files:
        report(Progress(len(found), len(files), READING))
        found.append(read_file(file))
    report(Progress(len(found), len(files), READING))
    return found
