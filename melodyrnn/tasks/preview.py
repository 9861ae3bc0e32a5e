"""The task of `melodyrnn preview`: writes a page that shows and plays MIDI files."""

from __future__ import annotations

from collections.abc import Sequence

from ..files import check_output, write_text
from ..view.preview import preview
from .choice import Choice
from .paths import OutputKind, StrPath, named
from .progress import Cancellation, Listener, reporter
from .reading import Written
from .shown import read_shown

PAGE = OutputKind("a page", (".html", ".htm"), "preview.html")


def write_preview(
    paths: Sequence[StrPath],
    output: StrPath,
    force: bool = False,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
    choice: Choice | None = None,
) -> Written:
    """Write the page of MIDI files, folders and corpora to `output`, a file or a folder; return the file.

    Args:
        choice: which melodies of the corpora are shown.

    Raises:
        MidiError: where a path does not exist, or no file can be read.
        OutputError: where the output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked before each file. Nothing is written.
    """
    report = reporter(listener, cancellation)
    path = check_output(named(output, PAGE), force)
    files, left_out = read_shown(paths, choice, report)
    write_text(path, preview(files), force)
    return Written(path, left_out)
