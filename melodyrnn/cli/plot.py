"""`melodyrnn plot`: MIDI files → a picture of their piano rolls."""

from __future__ import annotations

import click

from ..tasks.plot import DEFAULT_DPI, plot
from .options import force_option
from .terminal import echo, echo_left_out


@click.command("plot")
@click.argument("paths", metavar="FILES...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    metavar="PICTURE",
    default="roll.png",
    show_default=True,
    help="A .png, .svg or .pdf file to write.",
)
@click.option(
    "--dpi", type=click.IntRange(30, 600), default=DEFAULT_DPI, show_default=True, help="Dots per inch of a PNG."
)
@force_option
def command(paths: tuple[str, ...], output: str, dpi: int, force: bool) -> None:
    """Draw the piano rolls of MIDI files, or folders of them, one below the other."""
    written = plot(paths, output, force, dpi)
    echo_left_out(written.left_out)
    echo(written.path)
