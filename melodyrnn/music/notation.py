"""Notes typed as text: `C4 E4 G4:2 r | C5 F#4:1/2 Bb3:3/2 r:2 C5:1.5`.

Conventions: tokens stand apart by spaces. A note is a letter in either case, an accidental (`#`, `b`, `♯`, `♭`, `##`,
`bb`) and an octave, C4 = 60 = middle C; without an octave it keeps the octave of the note before it, 4 at the start.
`r` is a rest. The number after ":" is the length in units (integer, fraction or decimal), 1 where there is none; a
unit is a quarter note unless the caller says otherwise. Bar lines `|` are read over. Durations are exact fractions of
a quarter note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ..errors import NotationError
from .keys import ACCIDENTALS, LETTERS

BAR_LINE = "|"
REST = "r"
DEFAULT_OCTAVE = 4
MAX_PITCH = 127
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NOTE = re.compile(r"([A-Ga-g])(##|bb|[#♯b♭]?)(-?[0-9]{1,3})?")
_LENGTH = re.compile(r"-?([0-9]+(/[0-9]+)?|[0-9]*\.[0-9]+)")


@dataclass(frozen=True, slots=True)
class TypedNote:
    """A pitch 0..127, or None for a rest, and a duration above 0 in quarter notes."""

    pitch: int | None
    duration: Fraction


def parse_notes(text: str, unit_quarters: Fraction = Fraction(1)) -> list[TypedNote]:
    """Read typed notes.

    Args:
        text: see the module's conventions.
        unit_quarters: quarter notes in a length of 1, above 0; 1/2 makes the eighth note the unit.

    Raises:
        NotationError: where a token cannot be read, its length is not above 0 or its pitch is not in 0..127, with
            the token and its number, counted from 1 without bar lines; and where there is no token.
    """
    notes: list[TypedNote] = []
    octave = DEFAULT_OCTAVE
    for number, token in enumerate(text.replace(BAR_LINE, " ").split(), 1):
        received = f"Received: {token!r}, note {number}"
        head, colon, length = token.partition(":")
        pitch, octave = _pitch(head, octave, received)
        notes.append(TypedNote(pitch, _length(length if colon else "1", received) * unit_quarters))
    if not notes:
        raise NotationError(f"typed notes must hold at least one note. Received: {text!r}")
    return notes


def format_notes(notes: Iterable[TypedNote], unit_quarters: Fraction = Fraction(1)) -> str:
    """The text of typed notes: every octave written, sharps throughout. `parse_notes` reads it back exactly."""
    return " ".join(_format(note, unit_quarters) for note in notes)


def pitch_name(pitch: int) -> str:
    """The name of a pitch 0..127, sharps throughout: 60 is "C4"."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def parse_pitch(text: str) -> int:
    """The pitch of a name such as "F#4". Raises NotationError."""
    pitch, _ = _pitch(text.strip(), DEFAULT_OCTAVE, f"Received: {text!r}")
    if pitch is None:
        raise NotationError(f"a pitch must be a note, not a rest. Received: {text!r}")
    return pitch


def _pitch(head: str, octave: int, received: str) -> tuple[int | None, int]:
    """The pitch of a token without its length, and the octave that the next note keeps."""
    if head.lower() == REST:
        return None, octave
    match = _NOTE.fullmatch(head)
    if match is None:
        raise NotationError(
            f'a note must be a letter, an accidental and an octave, or "r", as in "C4", "F#4:1/2", "r:2". {received}'
        )
    letter, accidental, written = match.groups()
    octave = octave if written is None else int(written)
    pitch = 12 * (octave + 1) + LETTERS[letter.upper()] + ACCIDENTALS[accidental]
    if not 0 <= pitch <= MAX_PITCH:
        raise NotationError(f"a pitch must be in 0..{MAX_PITCH}, C-1 to G9. {received}: pitch {pitch}")
    return pitch, octave


def _length(text: str, received: str) -> Fraction:
    """The length of a token in units."""
    try:
        length = Fraction(text) if _LENGTH.fullmatch(text) else Fraction(0)
    except (ValueError, ZeroDivisionError):  # more digits than Python reads; a denominator of 0
        length = Fraction(0)
    if length <= 0:
        raise NotationError(f'a length must be a number above 0, as in ":2", ":1/2", ":1.5". {received}')
    return length


def _format(note: TypedNote, unit_quarters: Fraction) -> str:
    name = REST if note.pitch is None else pitch_name(note.pitch)
    length = note.duration / unit_quarters
    return name if length == 1 else f"{name}:{length}"
