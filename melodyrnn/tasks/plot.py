"""The task of `melodyrnn plot`: draws the piano rolls of MIDI files."""

from __future__ import annotations

from collections.abc import Sequence

from ..files import check_output
from ..view.plot import SUFFIXES, write_plot
from ..view.shown import Shown
from .choice import Choice
from .defaults import DOTS_PER_INCH
from .paths import OutputKind, StrPath, named
from .progress import Cancellation, Listener, reporter
from .reading import Written
from .shown import read_shown

PICTURE = OutputKind("a picture", SUFFIXES, "roll.png")


def plot(
    paths: Sequence[StrPath],
    output: StrPath,
    force: bool = False,
    dpi: int = DOTS_PER_INCH,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
    choice: Choice | None = None,
) -> Written:
    """Draw the piano rolls of MIDI files, folders and corpora into `output` (.png, .svg, .pdf, or a folder).

    Returns the file.


    Raises:
        MidiError: where a path does not exist, or no file can be read.
        OutputError, SettingError, MissingExtraError: where the picture cannot be written.
        Cancelled: where it was cancelled; checked before each file. Nothing is written.
    """
    report = reporter(listener, cancellation)
    path = check_output(named(output, PICTURE), force)
    files, left_out = read_shown(paths, choice, report)
    write_plot(
        [(_title(shown), shown.file.piece) for shown in files], path, force, dpi, [shown.melody for shown in files]
    )
    return Written(path, left_out)


def _title(shown: Shown) -> str:
    """Return the title in a picture: where the piece comes from on a line of its own, then its name."""
    return "\n".join(filter(None, (shown.caption, shown.heading or shown.file.name)))
