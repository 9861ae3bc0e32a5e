"""The task of `melodyrnn plot`: draws the piano rolls of MIDI files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..files import refuse_existing
from ..view.plot import write_plot
from .paths import StrPath
from .progress import Cancellation, Listener, reporter
from .reading import read_files

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
    pieces = [(file.name, file.piece) for file in read_files(paths, report)]
    write_plot(pieces, path, force, dpi)
    return path
