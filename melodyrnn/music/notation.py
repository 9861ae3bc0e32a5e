"""Reads and writes notes as text: `C4 E4 G4:2 r | C5 F#4:1/2 Bb3:3/2 r:2 C5:1.5`.

Conventions: tokens are separated by spaces. A note is a letter in upper or lower case, an accidental (`#`, `b`, `♯`,
`♭`, `##`, `bb`) or none, and an octave; C4 = 60 = middle C. A note without an octave has the octave of the note before
it, 4 at the start. `r` is a rest. The number after ":" is the length in units (integer, fraction or decimal), 1 where
there is none; a unit is a quarter note by default. Bar lines `|` are ignored. Durations are exact fractions of a
quarter note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ..errors import NotationError, SettingError
from .keys import ACCIDENTALS, LETTERS
from .units import NUM_PITCH_CLASSES, NUM_PITCHES

BAR_LINE = "|"
REST = "r"
DEFAULT_OCTAVE = 4
MAX_PITCH = NUM_PITCHES - 1
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NOTE = re.compile(r"([A-Ga-g])(##|bb|[#♯b♭]?)(-?[0-9]{1,3})?")
_LENGTH = re.compile(r"-?([0-9]+(/[0-9]+)?|[0-9]*\.[0-9]+)")


@dataclass(frozen=True, slots=True)
class TypedNote:
    """A pitch 0..127, or None for a rest, and a duration above 0 in quarter notes."""

    pitch: int | None
    duration: Fraction


def parse_notes(text: str, unit_quarters: Fraction = Fraction(1)) -> list[TypedNote]:
    """Return the typed notes of a text.

    Args:
        text: see the module's conventions.
        unit_quarters: length of a unit in quarter notes, above 0; with 1/2 the eighth note is the unit.

    Raises:
        NotationError: where there is no token, or a token cannot be read, its length is not above 0 or its pitch is
            not in 0..127; the message has the token and its number, counted from 1 without bar lines.
    """
    notes: list[TypedNote] = []
    octave = DEFAULT_OCTAVE
    for number, token in enumerate(text.replace(BAR_LINE, " ").split(), 1):
        received = f"Received: {token!r}, note {number}"
        head, colon, length = token.partition(":")
        pitch, octave = _pitch(head, octave, received)
        notes.append(TypedNote(pitch, parse_length(length if colon else "1", received) * unit_quarters))
    if not notes:
        raise NotationError(f"typed notes must hold at least one note. Received: {text!r}")
    return notes


def format_notes(notes: Iterable[TypedNote], unit_quarters: Fraction = Fraction(1)) -> str:
    """Return notes as text, with all octaves and only sharps, which `parse_notes` reads."""
    return " ".join(_format(note, unit_quarters) for note in notes)


def pitch_name(pitch: int) -> str:
    """Return the name of a pitch 0..127, with a sharp where needed: "C4" for 60."""
    octave, pitch_class = divmod(pitch, NUM_PITCH_CLASSES)
    return f"{_NAMES[pitch_class]}{octave - 1}"


def parse_pitch(text: str) -> int:
    """Return the pitch of a name such as "F#4". Raises NotationError for any other text."""
    pitch, _ = _pitch(text.strip(), DEFAULT_OCTAVE, f"Received: {text!r}")
    if pitch is None:
        raise NotationError(f"a pitch must be a note, not a rest. Received: {text!r}")
    return pitch


def parse_range(text: str) -> tuple[int, int]:
    """Return the two pitches of a range such as "C4:C6" or "60:84", in this order.

    Raises:
        SettingError: for a text without two parts.
        NotationError: for a part that is no pitch.
    """
    low, colon, high = text.partition(":")
    if not colon:
        raise SettingError(f"a range must be two notes, like C4:C6. Received: {text!r}")
    return pitch_of(low), pitch_of(high)


def parse_bars(text: str) -> tuple[int, int]:
    """Return the first and the last bar of a text such as "3-4", or "3" for one bar. Raises SettingError."""
    match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", text)
    if match is None:
        raise SettingError(f"bars must be like 3-4. Received: {text!r}")
    return int(match[1]), int(match[2] or match[1])


def pitch_of(text: str) -> int:
    """Return the pitch of a name or of a MIDI number, "F#4" or "66". Raises NotationError for any other text."""
    if text.strip().isdecimal() and int(text) <= MAX_PITCH:
        return int(text)
    return parse_pitch(text)


def _pitch(head: str, octave: int, received: str) -> tuple[int | None, int]:
    """Return the pitch (None for a rest) of a token without its length, and the default octave of the next note."""
    if head.lower() == REST:
        return None, octave
    match = _NOTE.fullmatch(head)
    if match is None:
        raise NotationError(
            f'a note must be a letter, an accidental and an octave, or "r", as in "C4", "F#4:1/2", "r:2". {received}'
        )
    letter, accidental, written = match.groups()
    octave = octave if written is None else int(written)
    pitch = NUM_PITCH_CLASSES * (octave + 1) + LETTERS[letter.upper()] + ACCIDENTALS[accidental]
    if not 0 <= pitch <= MAX_PITCH:
        raise NotationError(f"a pitch must be in 0..{MAX_PITCH}, C-1 to G9. {received}: pitch {pitch}")
    return pitch, octave


def parse_length(text: str, received: str) -> Fraction:
    """Return the length that stands after a colon, in units; `received` ends the message of a NotationError."""
    try:
        length = Fraction(text) if _LENGTH.fullmatch(text) else Fraction(0)
    except (ValueError, ZeroDivisionError):  # too many digits for Python, or a denominator of 0
        length = Fraction(0)
    if length <= 0:
        raise NotationError(f'a length must be a number above 0, as in ":2", ":1/2", ":1.5". {received}')
    return length


def _format(note: TypedNote, unit_quarters: Fraction) -> str:
    name = REST if note.pitch is None else pitch_name(note.pitch)
    length = note.duration / unit_quarters
    return name if length == 1 else f"{name}:{length}"
