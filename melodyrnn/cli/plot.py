"""`melodyrnn plot`: MIDI files → a picture of their piano rolls."""

from __future__ import annotations

import click

from ..tasks.choice import Choice
from ..tasks.defaults import DOTS_PER_INCH
from .options import choice_options, force_option, json_option, quiet_option
from .terminal import echo, echo_json, echo_left_out


@click.command("plot")
@click.argument("paths", metavar="FILES_OR_CORPUS...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    metavar="PICTURE",
    default="roll.png",
    show_default=True,
    help="A .png, .svg or .pdf file to write.",
)
@click.option(
    "--dpi", type=click.IntRange(30, 600), default=DOTS_PER_INCH, show_default=True, help="Dots per inch of a PNG."
)
@choice_options
@json_option
@quiet_option
@force_option
def command(
    paths: tuple[str, ...], output: str, dpi: int, num: int | None, match: str | None, as_json: bool, force: bool
) -> None:
    """Draw the piano rolls of MIDI files, or folders of them, or melodies of a corpus, one below the other."""
    from ..tasks.plot import plot

    written = plot(paths, output, force, dpi, choice=Choice(num, match))
    if as_json:
        echo_json(written.to_json())
    else:
        echo_left_out(written.left_out)
        echo(written.path)
