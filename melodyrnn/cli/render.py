"""`melodyrnn render`: MIDI files → sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..sound.render import DEFAULT_RATE, SYNTHS
from ..tasks.choice import Choice
from .options import choice_options, force_option, json_option, quiet_option
from .terminal import echo, echo_json, echo_left_out

if TYPE_CHECKING:
    from ..tasks.progress import Progress


@click.command("render")
@click.argument("paths", metavar="FILES_OR_CORPUS...", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="PATH", required=True, help="A .wav file to write, or a folder for several files."
)
@click.option(
    "--soundfont", metavar="FILE.sf2", help="SoundFont to use [default: the user's, the system's best, or a small one]."
)
@click.option(
    "--rate", type=click.IntRange(8000, 192_000), default=DEFAULT_RATE, show_default=True, help="Samples per second."
)
@click.option("--synth", type=click.Choice(SYNTHS), default="auto", show_default=True, help="Synthesizer.")
@choice_options
@json_option
@quiet_option
@force_option
def command(
    paths: tuple[str, ...],
    output: str,
    soundfont: str | None,
    rate: int,
    synth: str,
    num: int | None,
    match: str | None,
    as_json: bool,
    force: bool,
) -> None:
    """Render MIDI files, or melodies of a corpus, as WAV (16 bits, stereo, peak at −1 dBFS).

    FluidSynth is used where it is installed.
    """
    from ..tasks.render import RenderTask, render_files

    task = RenderTask(paths, output, soundfont, rate, synth, force, Choice(num, match))
    result = render_files(task, _Lines(synth, as_json))
    if as_json:
        echo_json(result.to_json())
    else:
        echo_left_out(result.left_out)


class _Lines:
    """Prints a line for each rendered file, and once a hint where FluidSynth is not installed."""

    def __init__(self, synth: str, as_json: bool) -> None:
        self._synth, self._as_json = synth, as_json

    def __call__(self, progress: Progress) -> None:
        from ..tasks.render import Rendered

        if not isinstance(progress, Rendered):
            return
        file = progress.file
        if progress.done == 1 and self._synth == "auto" and file.is_plain:
            echo("FluidSynth is not installed (Debian: apt install fluidsynth): the plain synth is used", err=True)
        if not self._as_json:
            echo(f"{file.path} ({file.seconds:.2f} s, {file.made_by})")
