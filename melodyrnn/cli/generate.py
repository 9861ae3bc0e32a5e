"""`melodyrnn generate`: a model → MIDI files."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import OutputError
from ..files import refuse_existing
from ..generation.generator import DEFAULT_BARS, DEFAULT_TEMPERATURE, load
from ..generation.primer import read_primer
from .options import KeyType, MeterType, force_option

if TYPE_CHECKING:
    from ..music.piece import Piece

DEFAULT_FOLDER = "melodies"


@click.command("generate")
@click.option("--checkpoint", metavar="MODEL.keras", help="Model to use [default: the one that comes with melodyrnn].")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    default=DEFAULT_FOLDER,
    show_default=True,
    help="Folder to write to, or, for one piece, a .mid file.",
)
@click.option("-n", "--num", type=click.IntRange(1), default=4, show_default=True, help="How many pieces.")
@click.option(
    "--bars",
    type=click.IntRange(1),
    default=DEFAULT_BARS,
    show_default=True,
    help="Bars of each piece, exact; a primer's come before them.",
)
@click.option(
    "--temperature",
    type=click.FloatRange(0),
    default=DEFAULT_TEMPERATURE,
    show_default=True,
    help="1 follows the network; lower is safer, higher is wilder; 0 always takes the likeliest note.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="The same seed writes the same files [default: a new one each time].",
)
@click.option(
    "--primer",
    metavar="FILE.mid|NOTES",
    help='An opening to go on from: a MIDI file, or notes such as "C4 E4 G4:2 r C5" (lengths in quarters).',
)
@click.option(
    "--tempo",
    type=click.FloatRange(4, 1000),
    help="Quarter notes per minute [default: the primer's, else the corpus's].",
)
@click.option("--meter", type=MeterType(), help="Like 3/4 [default: the primer's, else 4/4].")
@click.option("--key", type=KeyType(), help="Like \"D minor\" [default: the primer's, else the corpus's most common].")
@click.option(
    "--program",
    type=click.IntRange(0, 127),
    default=0,
    show_default=True,
    help="General MIDI program, 0..127.",
)
@force_option
def command(
    checkpoint: str | None,
    output: str,
    num: int,
    seed: int | None,
    primer: str | None,
    force: bool,
    **wishes: Any,
) -> None:
    """Write new melodies as MIDI files that a DAW loops: type 1, bar-exact, with tempo, meter and key."""
    model = load(checkpoint)
    seed = secrets.randbelow(2**31) if seed is None else seed
    opening = read_primer(primer, wishes["meter"]) if primer is not None else None
    single = output.lower().endswith((".mid", ".midi"))
    if single and num > 1:
        raise click.UsageError(
            f"a file name holds one piece; give a folder, or --num 1. Received: --num {num} and {output}"
        )
    pieces = model.generate(num=num, seed=seed, primer=opening, **wishes)
    paths = [Path(output)] if single else _paths(Path(output), f"{model.name}-seed{seed}", num)
    _write(pieces, paths, force)
    for path in paths:
        click.echo(path)


def _paths(folder: Path, stem: str, num: int) -> list[Path]:
    width = len(str(num))
    return [folder / f"{stem}-{i:0{width}d}.mid" for i in range(1, num + 1)]


def _write(pieces: list[Piece], paths: list[Path], force: bool) -> None:
    for path in paths:
        refuse_existing(path, force)
    folder = paths[0].parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error
    for piece, path in zip(pieces, paths, strict=True):
        piece.write(path, force=force)
