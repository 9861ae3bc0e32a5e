"""`melodyrnn generate`: a model → files of MIDI, MusicXML or ABC."""

from __future__ import annotations

from collections.abc import Callable

import click

from ..formats.write import DEFAULT_FORMAT, FORMATS
from ..generation.request import MAX_BARS, Request
from ..generation.wishes import ENDINGS
from ..tasks.defaults import GENERATED_FOLDER
from .options import (
    BarsType,
    FiniteRange,
    KeyType,
    MeterType,
    ProgramType,
    RangeType,
    checkpoint_option,
    force_option,
    json_option,
    quiet_option,
)
from .terminal import echo, echo_json

_DEFAULTS = Request()
_Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _option(
    *names: str, type: click.ParamType[object] | None = None, metavar: str | None = None, help: str
) -> _Decorator:
    """Return an option with the name and the default of a field of `Request`."""
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
    default=GENERATED_FOLDER,
    show_default=True,
    help="Folder to write to; for one piece also a file: .mid, .musicxml, .mxl or .abc.",
)
@click.option(
    "--format",
    "format",
    type=click.Choice(list(FORMATS)),
    help=f"Format of the files in a folder.  [default: {DEFAULT_FORMAT}]",
)
@click.option("-n", "--num", type=click.IntRange(1), default=4, show_default=True, help="Number of pieces.")
@_option(
    "--bars", type=click.IntRange(1), help="Exact number of bars of each piece; those of a primer come before them."
)
@_option(
    "--seed", type=click.IntRange(0), help="Seed; the same seed writes the same files [default: a new one each time]."
)
@_option(
    "--temperature",
    type=FiniteRange(0),
    help="1 samples as predicted; lower is more predictable, higher more surprising; 0 takes the likeliest notes.",
)
@_option(
    "--rhythm-temperature",
    type=FiniteRange(0),
    help="Temperature of onsets and durations [default: as --temperature].",
)
@_option("--top-k", type=click.IntRange(1), help="Draw only from the K likeliest values.")
@_option(
    "--top-p",
    type=FiniteRange(0, 1, min_open=True),
    help="Draw only from the likeliest values that together reach this probability.",
)
@_option("--min-p", type=FiniteRange(0, 1), help="Exclude values less likely than this share of the likeliest.")
@_option(
    "--form",
    help="Sections of equal length, such as AABA, that repeat after 1, 2, 4, 8 or 16 bars; or free. Most bars "
    "follow it, not all [default: the form of a tune of the corpus].",
)
@_option(
    "--form-weight",
    type=FiniteRange(0),
    help="How strongly the form is followed in bars that repeat an earlier one.",
)
@_option("--meter", type=MeterType(), help="Meter, such as 3/4 [default: that of the primer, else 4/4].")
@_option("--tempo", type=FiniteRange(4, 1000), help="Quarter notes per minute [default: that of the primer or corpus].")
@_option(
    "--key",
    type=KeyType(),
    help='Key, such as "D minor" or "E dorian": all notes are in its scale, the last is its tonic '
    "[default: that of the primer or the most common one of the corpus, which restricts no note].",
)
@_option("--scale", help='Allowed notes: a name such as minor-pentatonic, or "0,2,4,7,9" above the tonic.')
@_option("--range", type=RangeType(), help="Lowest and highest note, such as C4:C6.")
@_option("--max-interval", type=click.IntRange(1), help="Largest interval between successive notes, in semitones.")
@_option("--density", type=FiniteRange(0, 64, min_open=True), help="Notes per bar.")
@_option(
    "--end",
    type=click.Choice([*ENDINGS, "any"]),
    help="Last note: the tonic, open (not the tonic) or any [default: tonic, where the other options allow it].",
)
@_option(
    "--primer",
    metavar="FILE.mid|NOTES",
    help='The beginning of the piece: a MIDI file, or notes such as "C4 E4 G4:2 r C5" (lengths in quarters).',
)
@_option("--primer-bars", type=BarsType(), help="Use these bars of the primer alone, such as 1-8.")
@_option(
    "--given-part",
    metavar="NAME|NUMBER",
    help="Track of the primer file that is continued; all other tracks are kept as they are [default: the melody].",
)
@_option("--include-primer/--no-include-primer", help="Whether the primer is part of the written piece.")
@_option(
    "--vary", type=FiniteRange(0, 1), help="Write variations of the primer; the share of its pitches to draw anew."
)
@_option("--infill", type=BarsType(), help="Draw these bars of the primer anew, such as 3-4, and keep the rest.")
@_option("--rank", type=click.IntRange(1), help="Draw N times as many pieces and keep the best of them.")
@_option(
    "--max-copy",
    type=FiniteRange(0, min_open=True),
    help="Draw a piece again that shares a passage longer than this, in bars, with a training tune.",
)
@_option(
    "--program",
    type=ProgramType(),
    help="General MIDI program, 0..127 or a name such as violin [default: that of the primer, else 0].",
)
@_option("--swing", type=FiniteRange(0.5, 0.75), help="Position of off-beat eighths: 0.5 straight, 0.67 triplets.")
@_option("--humanize", type=FiniteRange(0, 1), help="How much timing and loudness vary.")
@_option("--guard/--no-guard", help="Keep pieces from getting stuck on one note or one bar.")
@click.option("--yes", is_flag=True, help=f"Also draw more than {MAX_BARS:,} bars, which takes minutes or more.")
@click.option("--preview", "with_preview", is_flag=True, help="Also write a page that shows and plays the files.")
@json_option
@quiet_option
@force_option
def command(
    checkpoint: str | None,
    output: str,
    format: str | None,
    force: bool,
    as_json: bool,
    with_preview: bool,
    yes: bool,
    **fields: object,
) -> None:
    """Write new melodies as MIDI files that a DAW loops: type 1, bar-exact, with tempo, meter and key.

    Notation programs read them as MusicXML (.musicxml, .mxl) or ABC (.abc).
    """
    from ..tasks.generate import GenerateTask, generate

    request = Request(**fields)  # type: ignore[arg-type]  # click has checked the types
    result = generate(GenerateTask(request, output, checkpoint, with_preview, force, yes, format))
    for notice in result.notices:
        echo(notice, err=True)
    if as_json:
        echo_json([piece.to_json() for piece in result.pieces])
        return
    for path in [*(piece.path for piece in result.pieces), *([result.page] if result.page else [])]:
        echo(path)
