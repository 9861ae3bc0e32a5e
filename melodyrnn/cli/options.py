"""Option types and options that several commands share."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import MelodyRNNError
from ..music.meter import Meter
from ..music.programs import parse_program
from ..shipped import DEFAULT_CHECKPOINT
from ..tasks.choice import DEFAULT_NUM
from ..tasks.devices import Count, parse_count
from .terminal import echo, quieten

if TYPE_CHECKING:
    from ..generation.locked import LockedNote
    from ..generation.scales import ModalKey


class Parsed(click.ParamType):  # type: ignore[type-arg]
    """An option that `parse` reads; the messages of its errors are shown to the user."""

    def parse(self, text: str) -> object:
        raise NotImplementedError

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        if not isinstance(value, str):
            return value
        try:
            return self.parse(value)
        except MelodyRNNError as error:
            self.fail(str(error), param, ctx)


class FiniteRange(click.FloatRange):
    """A number between limits; neither NaN, which no limit excludes, nor infinite."""

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)  # type: ignore[arg-type]  # it takes text too
        if not math.isfinite(number):
            self.fail(f"a number must be finite. Received: {value}", param, ctx)
        return number


class MeterType(Parsed):
    """A meter such as 6/8."""

    name = "meter"

    def parse(self, text: str) -> Meter:
        return Meter.parse(text)


class KeyType(Parsed):
    """A key with its mode, such as "D minor"."""

    name = "key"

    def parse(self, text: str) -> ModalKey:
        from ..generation.scales import ModalKey

        return ModalKey.parse(text)


class RangeType(Parsed):
    """Two pitches such as C4:C6 or 60:84, as MIDI numbers."""

    name = "low:high"

    def parse(self, text: str) -> tuple[int, int]:
        from ..music.notation import parse_range

        return parse_range(text)


class PitchType(Parsed):
    """A pitch such as C4 or 60, as a MIDI number."""

    name = "note"

    def parse(self, text: str) -> int:
        from ..music.notation import pitch_of

        return pitch_of(text)


class BarsType(Parsed):
    """Bars such as 3-4, or a single bar."""

    name = "bars"

    def parse(self, text: str) -> tuple[int, int]:
        from ..music.notation import parse_bars

        return parse_bars(text)


class LockType(Parsed):
    """A note of given music, such as 3840=C5, or 2:3840=C5 in track 2."""

    name = "[track:]tick=note"

    def parse(self, text: str) -> LockedNote:
        from ..generation.locked import LockedNote

        return LockedNote.parse(text)


class PerPart(Parsed):
    """A value for all parts, or one for a part: NAME=VALUE; `type` reads the value."""

    def __init__(self, type: click.ParamType[object]) -> None:
        self.type = type
        self.name = f"[part=]{type.name}"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str | None, object]:
        if not isinstance(value, str):
            return value  # type: ignore[return-value]  # a default
        part, separator, own = value.rpartition("=")
        return part.strip() or None if separator else None, self.type.convert(own, param, ctx)


class NamesType(Parsed):
    """Names with commas between them."""

    name = "names"

    def parse(self, text: str) -> tuple[str, ...]:
        names = tuple(name.strip() for name in text.split(",") if name.strip())
        if not names:
            raise MelodyRNNError(f"there must be a name. Received: {text!r}")
        return names


class VoicesType(Parsed):
    """The voices to extract: auto, all, skyline, or track:NAME_OR_NUMBER (or "track NAME")."""

    name = "voices"

    def parse(self, text: str) -> str:
        match = re.fullmatch(r"track[:= ]\s*(.*\S)\s*", text)
        if match is None and text not in ("auto", "all", "skyline"):
            raise MelodyRNNError(f"voices must be auto, all, skyline or track:NAME_OR_NUMBER. Received: {text!r}")
        return text if match is None else f"track:{match[1]}"


class ControlType(Parsed):
    """A control and its controller number, such as temperature=74."""

    name = "name=number"

    def parse(self, text: str) -> tuple[str, int]:
        match = re.fullmatch(r"(\w+)=(\d{1,3})", text)
        if match is None:
            raise MelodyRNNError(f"a control must be like temperature=74. Received: {text!r}")
        return match[1], int(match[2])


class ProgramType(Parsed):
    """A General MIDI program by number or name, or by a part of a name that fits only one instrument."""

    name = "program"

    def parse(self, text: str) -> int:
        return parse_program(text)


class DurationType(Parsed):
    """A time such as 90s, 30m or 2h, as seconds."""

    name = "time"

    def parse(self, text: str) -> float:
        from ..tasks.train_task import parse_seconds  # here because only train needs it

        return parse_seconds(text)


class CountType(Parsed):
    """A number of devices, or "all"."""

    name = "n"

    def parse(self, text: str) -> Count:
        return parse_count(text)


checkpoint_option = click.option(
    "--checkpoint",
    metavar="MODEL",
    help=f"Model to use: a .keras file, or one that comes with melodyrnn by its name [default: {DEFAULT_CHECKPOINT}].",
)
force_option = click.option("--force", is_flag=True, help="Overwrite existing outputs.")
quiet_option = click.option(
    "--quiet",
    is_flag=True,
    expose_value=False,
    callback=lambda ctx, _, quiet: quieten(ctx, quiet),
    help="Print only warnings, errors and what --json prints.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


def choice_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that choose melodies of a corpus."""
    match = click.option("--match", metavar="TEXT", help="Of a corpus: only melodies with TEXT in their name or file.")
    num = click.option(
        "-n",
        "--num",
        type=click.IntRange(1),
        help=f"Of a corpus: this many melodies, spread evenly over it [default: {DEFAULT_NUM}].",
    )
    return num(match(function))


def open_page(path: str | os.PathLike[str]) -> None:
    """Open a file in the browser; print a message where there is none."""
    import webbrowser

    if not webbrowser.open(Path(path).absolute().as_uri()):
        echo("no browser was found to open it", err=True)
