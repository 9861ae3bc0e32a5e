"""`melodyrnn plot`: MIDI files → a picture of their piano rolls."""

from __future__ import annotations

import click

from ..files import refuse_existing
from ..midi.file import read_file
from ..view.plot import write_plot
from .options import force_option, midi_files


@click.command("plot")
@click.argument("paths", metavar="FILES...", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="PICTURE", default="roll.png", show_default=True, help="A .png, .svg or .pdf to write."
)
@click.option("--dpi", type=click.IntRange(30, 600), default=120, show_default=True, help="Dots per inch of a PNG.")
@force_option
def command(paths: tuple[str, ...], output: str, dpi: int, force: bool) -> None:
    """Draw the piano rolls of MIDI files, or folders of them, one below the other."""
    refuse_existing(output, force)
    wholes = [read_file(path) for path in midi_files(paths)]
    write_plot([(whole.name, whole.piece) for whole in wholes], output, force, dpi)
    click.echo(output)
