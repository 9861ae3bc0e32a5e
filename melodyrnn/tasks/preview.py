"""The task of `melodyrnn preview`: writes a page that shows and plays MIDI files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..files import refuse_existing, write_text
from ..view.preview import preview
from .paths import StrPath
from .progress import Cancellation, Listener, reporter
from .reading import read_files


def write_preview(
    paths: Sequence[StrPath],
    output: StrPath,
    force: bool = False,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
) -> Path:
    """Write the page of MIDI files, and folders of them, to `output`, which is returned.

    Raises:
        MidiError: where a file cannot be read, or a folder holds none.
        OutputError: where the output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked before each file. Nothing is written.
    """
    report = reporter(listener, cancellation)
    path = refuse_existing(output, force)
    write_text(path, preview(read_files(paths, report)), force)
    return path
