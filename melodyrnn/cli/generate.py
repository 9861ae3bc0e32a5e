"""`melodyrnn generate`: a model → MIDI files."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import OutputError
from ..files import atomic_file, refuse_existing
from ..generation.generator import Generator, load
from ..generation.request import Request
from ..generation.wishes import ENDINGS
from ..midi.write import write_piece
from .options import (
    BarsType,
    KeyType,
    MeterType,
    ProgramType,
    RangeType,
    checkpoint_option,
    force_option,
    json_option,
)

if TYPE_CHECKING:
    from ..music.piece import Piece

DEFAULT_FOLDER = "melodies"
_DEFAULTS = Request()
_F = TypeVar("_F", bound=Callable[..., Any])


def _wish(*names: str, **settings: Any) -> Callable[[_F], _F]:
    """An option whose default is that of `Request`."""
    field = names[-1].split("/")[0].removeprefix("--").replace("-", "_")
    default = getattr(_DEFAULTS, field)
    return click.option(*names, default=default, show_default=default is not None, **settings)


@click.command("generate")
@checkpoint_option
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    default=DEFAULT_FOLDER,
    show_default=True,
    help="Folder to write to, or, for one piece, a .mid file.",
)
@click.option("-n", "--num", type=click.IntRange(1), default=4, show_default=True, help="How many pieces.")
@_wish("--bars", type=click.IntRange(1), help="Bars of each piece, exact; a primer's come before them.")
@_wish("--seed", type=click.IntRange(0), help="The same seed writes the same files [default: a new one each time].")
@_wish(
    "--temperature",
    type=click.FloatRange(0),
    help="1 follows the network; lower is safer, higher is wilder; 0 always takes the likeliest note.",
)
@_wish("--rhythm-temperature", type=click.FloatRange(0), help="The same for rhythm alone [default: as --temperature].")
@_wish("--top-k", type=click.IntRange(1), help="Draw among the K likeliest values only.")
@_wish(
    "--top-p",
    type=click.FloatRange(0, 1, min_open=True),
    help="Draw among the likeliest values that together reach this share.",
)
@_wish("--min-p", type=click.FloatRange(0, 1), help="Leave out values less likely than this share of the likeliest.")
@_wish(
    "--form",
    help="Sections of equal length, like AABA, that come back after 1, 2, 4, 8 or 16 bars; or free. It is followed, "
    "not forced [default: the form of one of the corpus's tunes].",
)
@_wish("--form-weight", type=click.FloatRange(0), help="How hard to lean on the form where a bar is to come back.")
@_wish("--meter", type=MeterType(), help="Like 3/4 [default: the primer's, else 4/4].")
@_wish(
    "--tempo", type=click.FloatRange(4, 1000), help="Quarters per minute [default: the primer's, else the corpus's]."
)
@_wish(
    "--key",
    type=KeyType(),
    help='Like "D minor" or "E dorian": notes of its scale, from its triad to its tonic '
    "[default: the primer's or the corpus's most common, as a centre and no more].",
)
@_wish("--scale", help='Notes that may come: a name such as minor-pentatonic, or "0,2,4,7,9" above the tonic.')
@_wish("--range", type=RangeType(), help="Lowest and highest note, like C4:C6.")
@_wish("--max-interval", type=click.IntRange(1), help="Largest step between successive notes, in semitones.")
@_wish("--density", type=click.FloatRange(0, 64, min_open=True), help="Notes per bar.")
@_wish(
    "--end",
    type=click.Choice([*ENDINGS, "any"]),
    help="Whether to end on the tonic, open, or as it comes [default: tonic, where the other wishes allow it].",
)
@_wish(
    "--primer",
    metavar="FILE.mid|NOTES",
    help='An opening to go on from: a MIDI file, or notes such as "C4 E4 G4:2 r C5" (lengths in quarters).',
)
@_wish("--include-primer/--no-include-primer", help="Whether the primer is part of what is written.")
@_wish("--vary", type=click.FloatRange(0, 1), help="Write variations of the primer: the share of pitches drawn anew.")
@_wish("--infill", type=BarsType(), help="Write these bars of the primer anew, like 3-4, and keep the rest.")
@_wish("--rank", type=click.IntRange(1), help="Draw N times as many pieces and keep the best.")
@_wish(
    "--max-copy",
    type=click.FloatRange(0, min_open=True),
    help="Draw again what has more than so many bars in a row of a tune the model was trained on.",
)
@_wish("--program", type=ProgramType(), help="General MIDI program, 0..127 or a name such as violin.")
@_wish("--swing", type=click.FloatRange(0.5, 0.75), help="Where off-beat eighths fall: 0.5 straight, 0.67 triplets.")
@_wish("--humanize", type=click.FloatRange(0, 1), help="How much timing and loudness stray.")
@_wish("--guard/--no-guard", help="Keep pieces from getting stuck on one note or one bar.")
@click.option(
    "--preview", "with_preview", is_flag=True, help="Write a page beside the files that shows and plays them."
)
@json_option
@force_option
def command(checkpoint: str | None, output: str, force: bool, as_json: bool, with_preview: bool, **wishes: Any) -> None:
    """Write new melodies as MIDI files that a DAW loops: type 1, bar-exact, with tempo, meter and key."""
    if wishes["seed"] is None:
        wishes["seed"] = secrets.randbelow(2**31)
    single = output.lower().endswith((".mid", ".midi"))
    if single and wishes["num"] > 1:
        raise click.UsageError(
            f"a file name holds one piece; give a folder, or --num 1. Received: --num {wishes['num']} and {output}"
        )
    model, request = load(checkpoint), Request(**wishes)
    pieces = model.generate(request)
    paths = [Path(output)] if single else _paths(Path(output), model, request, pieces)
    page = (paths[0].with_suffix(".html") if single else paths[0].parent / "preview.html") if with_preview else None
    _write(pieces, paths, page, force)
    if as_json:
        click.echo(json.dumps([_row(path, piece, request) for path, piece in zip(paths, pieces, strict=True)]))
    else:
        for path in [*paths, *([page] if page else [])]:
            click.echo(path)


def _paths(folder: Path, model: Generator, request: Request, pieces: list[Piece]) -> list[Path]:
    width = len(str(len(pieces)))
    names = []
    for number, piece in enumerate(pieces, start=1):
        key = str(piece.keys[0].key).replace(" ", "-")
        tempo = round(60e6 / piece.tempos[0].microseconds_per_quarter)
        names.append(f"{model.name}-{key}-{tempo}bpm-seed{request.seed}-{number:0{width}d}.mid")
    return [folder / name for name in names]


def _row(path: Path, piece: Piece, request: Request) -> dict[str, Any]:
    return {
        "file": str(path),
        "seed": request.seed,
        "bars": piece.end // piece.bar_ticks,
        "meter": str(piece.meters[0]),
        "key": str(piece.keys[0].key),
        "tempo": round(60e6 / piece.tempos[0].microseconds_per_quarter, 3),
        "notes": piece.num_notes,
        "command": piece.texts[0],
        **({"copied": piece.texts[1]} if len(piece.texts) > 1 else {}),
    }


def _write(pieces: list[Piece], paths: list[Path], page: Path | None, force: bool) -> None:
    for path in [*paths, *([page] if page else [])]:
        refuse_existing(path, force)
    folder = paths[0].parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error
    for piece, path in zip(pieces, paths, strict=True):
        write_piece(piece, path, force)
    if page is not None:
        from ..midi.file import file_of
        from ..view.preview import preview

        text = preview([file_of(piece, path.name) for piece, path in zip(pieces, paths, strict=True)])
        with atomic_file(page, force) as temporary:
            temporary.write_text(text, "utf-8")
