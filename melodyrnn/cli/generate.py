"""`melodyrnn generate`: a model → files of MIDI, MusicXML or ABC."""

from __future__ import annotations

from collections.abc import Callable

import click

from ..errors import UsageError
from ..formats.write import DEFAULT_FORMAT, FORMATS
from ..generation.part_wishes import PartWishes
from ..generation.request import MAX_BARS, Request
from ..generation.wishes import ENDINGS
from ..tasks.defaults import GENERATED_FOLDER
from .options import (
    BarsType,
    FiniteRange,
    KeyType,
    MeterType,
    NamesType,
    PerPart,
    ProgramType,
    RangeType,
    checkpoint_option,
    force_option,
    json_option,
    quiet_option,
)
from .roles import RoleType
from .terminal import echo, echo_json

_DEFAULTS = Request()
_PER_PART = ("range", "max_interval", "density", "polyphony", "program")
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


def _per_part(name: str, type: click.ParamType[object], metavar: str, help: str) -> _Decorator:
    """Return an option for all parts, or for a part by its name; it may be repeated."""
    return click.option(name, type=PerPart(type), multiple=True, metavar=f"[PART=]{metavar}", help=help)


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
@_per_part("--range", RangeType(), "LOW:HIGH", "Lowest and highest note, such as C4:C6, or of a part: bass=E1:G2.")
@_per_part("--max-interval", click.IntRange(1), "N", "Largest interval between successive notes, in semitones.")
@_per_part("--density", FiniteRange(0, 64, min_open=True), "N", "Notes per bar.")
@_per_part("--polyphony", click.IntRange(1), "N", "Most notes of a part that begin together: piano=4.")
@_option("--parts", type=NamesType(), metavar="NAMES", help="Parts to draw, such as melody,bass [default: all].")
@_option(
    "--given",
    metavar="FILE.mid",
    help="Keep the parts of this file and draw the others; needs a model of several parts.",
)
@_option(
    "--draw",
    type=NamesType(),
    metavar="NAMES",
    help="With --given: parts to draw, such as bass,drums [default: those that the model knows and the file lacks].",
)
@click.option(
    "--role",
    "roles",
    type=RoleType(),
    multiple=True,
    metavar="TRACK=ROLE",
    help="With --given: the role of a track of the file, by name or number, where the guess is wrong. Repeatable.",
)
@_option("--chords", metavar="SYMBOLS", help='Chord symbols to draw to, such as "C:2 G:2 | Am F" (lengths in beats).')
@_option("--render-chords/--no-render-chords", help="Let chord symbols sound, as a part of their own.")
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
@_per_part(
    "--program",
    ProgramType(),
    "PROGRAM",
    "General MIDI program, 0..127 or a name such as violin [default: that of the primer or part, else 0].",
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
    """Write new melodies, or pieces of several parts, as MIDI files that a DAW loops.

    Files are of type 1 and bar-exact, with tempo, meter and key. --given keeps the parts of a file and draws others.

    Notation programs read them as MusicXML (.musicxml, .mxl) or ABC (.abc).
    """
    from ..tasks.generate import GenerateTask, generate

    request = Request(**_with_parts(fields))  # type: ignore[arg-type]  # click has checked the types
    result = generate(GenerateTask(request, output, checkpoint, with_preview, force, yes, format))
    for notice in result.notices:
        echo(notice, err=True)
    if as_json:
        echo_json([piece.to_json() for piece in result.pieces])
        return
    for path in [*(piece.path for piece in result.pieces), *([result.page] if result.page else [])]:
        echo(path)


def _with_parts(fields: dict[str, object]) -> dict[str, object]:
    """Return the fields of a request: values for all parts as they are, those for a part as wishes for it."""
    own: dict[str, dict[str, object]] = {}
    for name in _PER_PART:
        values: tuple[tuple[str | None, object], ...] = fields.pop(name)  # type: ignore[assignment]
        seen: set[str | None] = set()
        for part, value in values:
            if part in seen:
                raise UsageError(f"--{name.replace('_', '-')} must be given once for a part. Received: {part or value}")
            seen.add(part)
            if part is None and name != "polyphony":
                fields[name] = value
            elif part is None:
                raise UsageError(f"--polyphony must name a part, as in harmony={value}. Received: {value}")
            elif isinstance(value, tuple):
                own.setdefault(part, {}).update(low=value[0], high=value[1])
            else:
                own.setdefault(part, {})[name] = value
    wishes = ((part, PartWishes(**values)) for part, values in own.items())  # type: ignore[arg-type]
    fields["of_parts"] = tuple(wishes)
    return fields
