"""`melodyrnn preview`: MIDI files → one page that shows and plays them."""

from __future__ import annotations

import click

from ..files import atomic_file, refuse_existing
from ..midi.file import read_file
from ..view.preview import preview
from .options import force_option, midi_files, open_page


@click.command("preview")
@click.argument("paths", metavar="FILES...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="PAGE.html", default="preview.html", show_default=True, help="Page to write.")
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
@force_option
def command(paths: tuple[str, ...], output: str, show: bool, force: bool) -> None:
    """Show and play MIDI files, or folders of them, on one page that needs no network."""
    refuse_existing(output, force)
    text = preview([read_file(path) for path in midi_files(paths)])
    with atomic_file(output, force) as temporary:
        temporary.write_text(text, "utf-8")
    click.echo(output)
    if show:
        open_page(output)
