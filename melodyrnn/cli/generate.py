"""`melodyrnn generate`: a model → MIDI files."""

from __future__ import annotations

import json
from collections.abc import Callable

import click

from ..generation.request import Request
from ..generation.wishes import ENDINGS
from ..tasks.generate import DEFAULT_FOLDER, GenerateTask, generate
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

_DEFAULTS = Request()
_Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _option(
    *names: str, type: click.ParamType[object] | None = None, metavar: str | None = None, help: str
) -> _Decorator:
    """Return an option whose name is that of a field of `Request`, and whose default is the field's."""
    field = names[-1].split("/")[0].removeprefix("--").replace("-", "_")
    default = getattr(_DEFAULTS, field)
    return click.option(
        *names, type=type, metavar=metavar, default=default, show_default=default is not None, help=help
    )


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
@_option("--bars", type=click.IntRange(1), help="Bars of each piece, exact; a primer's come before them.")
@_option("--seed", type=click.IntRange(0), help="The same seed writes the same files [default: a new one each time].")
@_option(
    "--temperature",
    type=click.FloatRange(0),
    help="1 follows the network; lower is safer, higher is wilder; 0 always takes the likeliest note.",
)
@_option(
    "--rhythm-temperature", type=click.FloatRange(0), help="The same for rhythm alone [default: as --temperature]."
)
@_option("--top-k", type=click.IntRange(1), help="Draw among the K likeliest values only.")
@_option(
    "--top-p",
    type=click.FloatRange(0, 1, min_open=True),
    help="Draw among the likeliest values that together reach this share.",
)
@_option("--min-p", type=click.FloatRange(0, 1), help="Leave out values less likely than this share of the likeliest.")
@_option(
    "--form",
    help="Sections of equal length, like AABA, that come back after 1, 2, 4, 8 or 16 bars; or free. It is followed, "
    "not forced [default: the form of one of the corpus's tunes].",
)
@_option("--form-weight", type=click.FloatRange(0), help="How hard to lean on the form where a bar is to come back.")
@_option("--meter", type=MeterType(), help="Like 3/4 [default: the primer's, else 4/4].")
@_option(
    "--tempo", type=click.FloatRange(4, 1000), help="Quarters per minute [default: the primer's, else the corpus's]."
)
@_option(
    "--key",
    type=KeyType(),
    help='Like "D minor" or "E dorian": notes of its scale, from its triad to its tonic '
    "[default: the primer's or the corpus's most common, as a centre and no more].",
)
@_option("--scale", help='Notes that may come: a name such as minor-pentatonic, or "0,2,4,7,9" above the tonic.')
@_option("--range", type=RangeType(), help="Lowest and highest note, like C4:C6.")
@_option("--max-interval", type=click.IntRange(1), help="Largest step between successive notes, in semitones.")
@_option("--density", type=click.FloatRange(0, 64, min_open=True), help="Notes per bar.")
@_option(
    "--end",
    type=click.Choice([*ENDINGS, "any"]),
    help="Whether to end on the tonic, open, or as it comes [default: tonic, where the other wishes allow it].",
)
@_option(
    "--primer",
    metavar="FILE.mid|NOTES",
    help='An opening to go on from: a MIDI file, or notes such as "C4 E4 G4:2 r C5" (lengths in quarters).',
)
@_option("--include-primer/--no-include-primer", help="Whether the primer is part of what is written.")
@_option("--vary", type=click.FloatRange(0, 1), help="Write variations of the primer: the share of pitches drawn anew.")
@_option("--infill", type=BarsType(), help="Write these bars of the primer anew, like 3-4, and keep the rest.")
@_option("--rank", type=click.IntRange(1), help="Draw N times as many pieces and keep the best.")
@_option(
    "--max-copy",
    type=click.FloatRange(0, min_open=True),
    help="Draw again what has more than so many bars in a row of a tune the model was trained on.",
)
@_option("--program", type=ProgramType(), help="General MIDI program, 0..127 or a name such as violin.")
@_option("--swing", type=click.FloatRange(0.5, 0.75), help="Where off-beat eighths fall: 0.5 straight, 0.67 triplets.")
@_option("--humanize", type=click.FloatRange(0, 1), help="How much timing and loudness stray.")
@_option("--guard/--no-guard", help="Keep pieces from getting stuck on one note or one bar.")
@click.option(
    "--preview", "with_preview", is_flag=True, help="Write a page beside the files that shows and plays them."
)
@json_option
@force_option
def command(
    checkpoint: str | None, output: str, force: bool, as_json: bool, with_preview: bool, **fields: object
) -> None:
    """Write new melodies as MIDI files that a DAW loops: type 1, bar-exact, with tempo, meter and key."""
    request = Request(**fields)  # type: ignore[arg-type]  # click has checked the types
    result = generate(GenerateTask(request, output, checkpoint, with_preview, force))
    if as_json:
        click.echo(json.dumps([piece.to_json() for piece in result.pieces]))
        return
    for path in [*(piece.path for piece in result.pieces), *([result.page] if result.page else [])]:
        click.echo(path)
