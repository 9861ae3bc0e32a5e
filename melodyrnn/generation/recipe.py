"""The recipe: the words of the command line that set the fields of a request."""

from __future__ import annotations

from typing import Any

from ..music.notation import pitch_name
from ..music.piece import Piece
from ..score.score import Score
from .part_wishes import PartWishes
from .primer import Primer
from .view import GIVEN_IN_PYTHON


def as_option(name: str, value: Any) -> list[str]:
    """Return the words of the command line that set a field."""
    option = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [option if value else option.replace("--", "--no-", 1)]
    if name == "of_parts":
        return _options_of_parts(value)
    if name == "locked":
        return [word for note in value for word in ("--lock", str(note))]
    if name == "roles":
        return [word for track, role in value for word in ("--role", f"{track}={role}")]
    if name in ("draw", "parts"):
        return [option, ",".join(value)]
    if isinstance(value, tuple) and name == "range":
        return [option, ":".join(map(pitch_name, value))]
    if isinstance(value, tuple) and name in ("infill", "primer_bars"):
        return [option, "-".join(map(str, value))]
    if isinstance(value, Primer | Score | Piece):
        text = value.text if isinstance(value, Primer) else value.name if isinstance(value, Score) else ""
        return [option, text or GIVEN_IN_PYTHON]
    return [option, _exactly(value) if isinstance(value, float) else str(value)]


def _options_of_parts(wishes: tuple[tuple[str, PartWishes], ...]) -> list[str]:
    """Return the words of the command line that set the wishes for parts."""
    words = []
    for part, own in wishes:
        if own.low is not None or own.high is not None:
            low, high = own.low or 0, 127 if own.high is None else own.high
            words += ["--range", f"{part}={pitch_name(low)}:{pitch_name(high)}"]
        for name in ("max_interval", "density", "polyphony", "program"):
            value = getattr(own, name)
            if value is not None:
                words += ["--" + name.replace("_", "-"), f"{part}={value:g}"]
    return words


def _exactly(value: float) -> str:
    """Return the shortest text that reads as the same number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
