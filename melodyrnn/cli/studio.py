"""`melodyrnn studio`: a page in the browser to compose with the model, served on this machine alone."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..extras import check_installed
from .options import json_option, quiet_option
from .terminal import echo, echo_json

if TYPE_CHECKING:
    from ..studio.security import Address

_FOLDER = "studio"


@click.command("studio")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    metavar="MODEL",
    help="A .keras file to offer as a model, or a name; the first is the default one. Repeatable.",
)
@click.option(
    "--folder",
    metavar="FOLDER",
    default=_FOLDER,
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the session: what is kept, and models.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1 [default: any that is free].")
@click.option("--osc", metavar="PORT", type=click.IntRange(1, 65535), help="Take OSC messages on this port.")
@click.option(
    "--soundfont",
    metavar="FILE.sf2",
    type=click.Path(path_type=Path),
    help="SoundFont that the page plays with [default: as for `render`].",
)
@click.option("--no-open", is_flag=True, help="Do not open the page in the browser.")
@json_option
@quiet_option
def command(
    checkpoints: tuple[str, ...],
    folder: Path,
    port: int,
    osc: int | None,
    soundfont: Path | None,
    no_open: bool,
    as_json: bool,
) -> None:
    """Open a page in the browser to compose with the model; Ctrl-C ends it.

    The page is on this machine alone and needs no network. What is kept lies in the folder as MIDI files.
    """
    check_installed("studio")
    if osc is not None:
        check_installed("osc")
    from ..studio.whereabouts import find_studio

    def tell(address: Address, words: str) -> None:
        if as_json:
            echo_json({"url": address.url})
        else:
            echo(f"{words} {address.url}")
        if not no_open and not webbrowser.open(address.url):
            echo("no browser was found to open it", err=True)

    found = find_studio(folder)
    if found is not None and found.is_running:
        tell(found.address, "a studio of this folder is running at")
        return
    from ..studio.launch import run_studio

    former = None if found is None else found.address

    def started(address: Address) -> None:
        tell(address, "Ctrl-C ends the studio at")

    run_studio(checkpoints, folder, port, osc, started, former, soundfont)
