"""The task of `melodyrnn plot`: draws the piano rolls of MIDI files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..files import refuse_existing
from ..midi.file import read_file
from ..music.piece import Piece
from ..view.plot import write_plot
from .paths import StrPath, midi_files
from .progress import Cancellation, Listener, Progress, reporter

READING = "reading files"
DEFAULT_DPI = 120  # dots per inch of a PNG


def plot(
    paths: Sequence[StrPath],
    output: StrPath,
    force: bool = False,
    dpi: int = DEFAULT_DPI,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
) -> Path:
    """Draw the piano rolls of MIDI files, and folders of them, into `output` (.png, .svg, .pdf), which is returned.

    Raises:
        MidiError: where a file cannot be read, or a folder holds none.
        OutputError, SettingError, MissingExtraError: where the picture cannot be written.
        Cancelled: where it was cancelled; checked before each file. Nothing is written.
    """
    report = reporter(listener, cancellation)
    path = refuse_existing(output, force)
    files = midi_files(paths)
    pieces: list[tuple[str, Piece]] = []
    for file in files:
        report(Progress(len(pieces), len(files), READING))
        read = read_file(file)
        pieces.append((read.name, read.piece))
    report(Progress(len(pieces), len(files), READING))
    write_plot(pieces, path, force, dpi)
    return path
