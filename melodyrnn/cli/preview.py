"""`melodyrnn preview`: MIDI files → one page that shows and plays them."""

from __future__ import annotations

import click

from ..tasks.choice import Choice
from .options import choice_options, force_option, json_option, open_page, quiet_option
from .terminal import echo, echo_json, echo_left_out


@click.command("preview")
@click.argument("paths", metavar="FILES_OR_CORPUS...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="PAGE.html", default="preview.html", show_default=True, help="Page to write.")
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
@choice_options
@json_option
@quiet_option
@force_option
def command(
    paths: tuple[str, ...], output: str, show: bool, num: int | None, match: str | None, as_json: bool, force: bool
) -> None:
    """Show and play MIDI files, or folders of them, on one page that needs no network.

    The track that `ingest` takes for the melody is marked. Of a corpus, the melodies are shown, with where they come
    from.
    """
    from ..tasks.preview import write_preview

    written = write_preview(paths, output, force, choice=Choice(num, match))
    if as_json:
        echo_json(written.to_json())
    else:
        echo_left_out(written.left_out)
        echo(written.path)
    if show:
        open_page(written.path)
