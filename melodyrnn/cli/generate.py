"""`melodyrnn generate`: a model → files of MIDI, MusicXML or ABC."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from ..errors import UsageError
from ..formats.write import DEFAULT_FORMAT, FORMATS
from ..generation.part_wishes import PartWishes
from ..generation.request import MAX_BARS, Request
from ..generation.wish import Wish
from ..generation.wish_table import WISHES
from ..tasks.defaults import GENERATED_FOLDER
from .options import (
    BarsType,
    FiniteRange,
    KeyType,
    LockType,
    MeterType,
    NamesType,
    PerPart,
    PitchType,
    ProgramType,
    RangeType,
    checkpoint_option,
    force_option,
    json_option,
    quiet_option,
)
from .roles import RoleType
from .terminal import echo, echo_json

_PER_PART = tuple(wish.name for wish in WISHES.values() if wish.per_part)
_TYPES: Mapping[str, click.ParamType[object]] = {  # by the form or the kind of a wish
    "meter": MeterType(),
    "key": KeyType(),
    "program": ProgramType(),
    "pitch": PitchType(),
    "range": RangeType(),
    "bars": BarsType(),
    "names": NamesType(),
}
_Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _type(wish: Wish) -> click.ParamType[object] | None:
    """Return the type of the option of a wish; None for a text that is taken as it is."""
    if wish.kind == "number":
        return FiniteRange(wish.low, wish.high, min_open=wish.is_above)
    if wish.kind == "integer":
        return click.IntRange(None if wish.low is None else int(wish.low))
    if wish.kind == "choice":
        return click.Choice(wish.choices)
    return _TYPES.get(wish.form or wish.kind)


def _wish(name: str) -> _Decorator:
    """Return the option of a wish, with its words, limits and default; one for parts may be repeated."""
    wish = WISHES[name]
    option = "--" + name.replace("_", "-")
    if wish.per_part:
        kind = _type(wish) or click.STRING
        metavar = f"[PART=]{wish.metavar}"
        return click.option(option, type=PerPart(kind), multiple=True, metavar=metavar, help=wish.words)
    if wish.kind == "flag":
        option = f"{option}/{option.replace('--', '--no-', 1)}"
    shown = wish.default is not None
    return click.option(
        option, type=_type(wish), metavar=wish.metavar, default=wish.default, show_default=shown, help=wish.words
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
@_wish("bars")
@_wish("seed")
@_wish("temperature")
@_wish("rhythm_temperature")
@_wish("top_k")
@_wish("top_p")
@_wish("min_p")
@_wish("form")
@_wish("form_weight")
@_wish("meter")
@_wish("tempo")
@_wish("key")
@_wish("scale")
@_wish("range")
@_wish("max_interval")
@_wish("density")
@_wish("register")
@_wish("pickup")
@_wish("polyphony")
@_wish("parts")
@_wish("given")
@_wish("draw")
@click.option(
    "--role",
    "roles",
    type=RoleType(),
    multiple=True,
    metavar=WISHES["roles"].metavar,
    help=WISHES["roles"].words,
)
@_wish("chords")
@_wish("render_chords")
@_wish("end")
@_wish("primer")
@_wish("primer_bars")
@_wish("given_part")
@_wish("include_primer")
@_wish("vary")
@_wish("infill")
@click.option(
    "--new-ending",
    type=_type(WISHES["new_ending"]),
    default=None,
    is_flag=False,
    flag_value=2,
    metavar=WISHES["new_ending"].metavar,
    help=WISHES["new_ending"].words,
)
@click.option(
    "--lock",
    "locked",
    type=LockType(),
    default=WISHES["locked"].default,
    multiple=True,
    metavar=WISHES["locked"].metavar,
    help=WISHES["locked"].words,
)
@_wish("rank")
@_wish("max_copy")
@_wish("program")
@_wish("swing")
@_wish("humanize")
@_wish("guard")
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
