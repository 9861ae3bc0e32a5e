"""`melodyrnn preview`: MIDI files → one page that shows and plays them."""

from __future__ import annotations

import click

from ..tasks.preview import write_preview
from .options import force_option, open_page
from .terminal import echo, echo_left_out


@click.command("preview")
@click.argument("paths", metavar="FILES...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="PAGE.html", default="preview.html", show_default=True, help="Page to write.")
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
@force_option
def command(paths: tuple[str, ...], output: str, show: bool, force: bool) -> None:
    """Show and play MIDI files, or folders of them, on one page that needs no network."""
    written = write_preview(paths, output, force)
    echo_left_out(written.left_out)
    echo(written.path)
    if show:
        open_page(written.path)
