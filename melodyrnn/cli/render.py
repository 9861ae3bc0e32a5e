"""`melodyrnn render`: MIDI files → sound."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import OutputError
from ..files import refuse_existing
from ..midi.file import read_file
from ..sound.render import DEFAULT_RATE, PLAIN, SYNTHS, render
from ..sound.wav import write_wav
from .options import force_option, midi_files


@click.command("render")
@click.argument("paths", metavar="FILES...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="PATH", required=True, help="A .wav to write, or, for several, a folder.")
@click.option("--soundfont", metavar="FILE.sf2", help="SoundFont to play with [default: the system's or a small one].")
@click.option(
    "--rate", type=click.IntRange(8000, 192_000), default=DEFAULT_RATE, show_default=True, help="Samples a second."
)
@click.option("--synth", type=click.Choice(SYNTHS), default="auto", show_default=True, help="What makes the sound.")
@force_option
def command(paths: tuple[str, ...], output: str, soundfont: str | None, rate: int, synth: str, force: bool) -> None:
    """Render MIDI files as WAV, 16 bits, stereo, peak at −1 dBFS; FluidSynth plays where it is installed."""
    files = midi_files(paths)
    targets = _targets(files, Path(output))
    for target in targets:
        refuse_existing(target, force)
    for number, (path, target) in enumerate(zip(files, targets, strict=True)):
        sound = render(read_file(path), soundfont, rate, synth)
        if number == 0 and synth == "auto" and sound.made_by == PLAIN:
            click.echo("FluidSynth is not installed (Debian: apt install fluidsynth): a plain synth plays", err=True)
        if target.parent == Path(output):
            _make(target.parent)
        write_wav(target, sound.samples, rate, force)
        click.echo(f"{target} ({sound.seconds:.2f} s, {sound.made_by})")


def _targets(files: list[Path], output: Path) -> list[Path]:
    """The file named, or one for each piece in the folder named."""
    if output.suffix.lower() == ".wav":
        if len(files) > 1:
            raise click.UsageError(f"a file name holds one piece; give a folder. Received: {len(files)} and {output}")
        return [output]
    stems = [path.stem for path in files]
    if twice := sorted({stem for stem in stems if stems.count(stem) > 1}):
        raise OutputError(f"files of one folder must differ in name. Received twice: {', '.join(twice[:5])}")
    return [output / f"{stem}.wav" for stem in stems]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error
