"""The fields of ABC that the notes depend on: K: (key), M: (meter), L: (unit length), Q: (tempo), P: (order of parts).

Source: ABC standard 2.1, 3.1.6 to 3.1.14 and 4.6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ...music.keys import LETTERS, MAX_SHARPS, Key
from ...music.meter import COMMON_TIME, Meter
from ...music.modes import MODE, MODES
from ...music.units import NUM_PITCH_CLASSES
from ..sheet import FREE

SHARPS = "FCGDAEB"  # in the order of key signatures
ACCIDENTALS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
_MODES = {  # by their first three letters
    **{mode[:3]: mode for mode in MODES},
    "": "major",
    "ion": "major",
    "m": "minor",
    "aeo": "minor",
    "loc": "minor",
}
_LOCRIAN_FIFTHS = 5  # as those of `Mode`
_KEY = re.compile(r"([A-G])([#b]?)(?:\s*([A-Za-z]+)\b(?!\s*=))?")
_BAGPIPES = ("HP", "Hp")  # of the Highland pipes: F and C are sharp
_SHORT_METERS = {"C": COMMON_TIME, "C|": Meter(2, 2), "none": FREE, "": FREE}
_MAX_PARTS = 1000


@dataclass(frozen=True, slots=True)
class KeyField:
    """What a K: field says.

    Attributes:
        key: its tonic and mode, locrian counted as minor; None where it names none.
        alterations: semitones of each letter that is altered; None where it changes nothing.
        transposition: semitones by which its notes sound higher than written; None where it says nothing.
    """

    key: Key | None
    alterations: dict[str, int] | None
    transposition: int | None


def parse_key(text: str) -> KeyField:
    """Return what the text of a K: field says."""
    text = text.strip()
    transposition = parse_transposition(text)
    if text[:2] in _BAGPIPES:
        return KeyField(Key.parse("A"), {"F": 1, "C": 1}, transposition)
    if text.lower().startswith("none"):
        return KeyField(None, {}, transposition)
    match = _KEY.match(text)
    if match is None:
        explicit = _explicit(text)
        return KeyField(None, explicit or None, transposition)
    letter, accidental, word = match.groups()
    word = (word or "").lower()
    mode = "m" if word == "m" else word[:3]
    rest = text[match.end() :] if mode in _MODES else text[match.end(2) :]
    mode = mode if mode in _MODES else ""
    fifths = SHARPS.index(letter) - 1 + {"#": 7, "b": -7, "": 0}[accidental]
    fifths -= _LOCRIAN_FIFTHS if mode == "loc" else MODE[_MODES[mode]].fifths
    alterations = {} if re.match(r"\s*exp\b", rest) else signature_alterations(fifths)
    tonic = (LETTERS[letter] + {"#": 1, "b": -1, "": 0}[accidental]) % NUM_PITCH_CLASSES
    is_spelled = mode != "loc" and abs(fifths) <= MAX_SHARPS  # then its signature is that of its name
    key = Key(tonic, _MODES[mode], fifths if is_spelled else None)
    return KeyField(key, alterations | _explicit(rest), transposition)


def signature_alterations(fifths: int) -> dict[str, int]:
    """Return the semitones of each letter that a key signature of so many sharps (flats below 0) alters."""
    letters = SHARPS[:fifths] if fifths > 0 else SHARPS[::-1][: max(0, -fifths)]
    return dict.fromkeys(letters, 1 if fifths > 0 else -1)


def _explicit(text: str) -> dict[str, int]:
    """Return the alterations that a key names itself, as in "D exp _b ^f"."""
    found = re.findall(r"(?:^|\s)(\^\^|__|\^|_|=)([A-Ga-g])", text)
    return {letter.upper(): ACCIDENTALS[accidental] for accidental, letter in found}


def parse_transposition(text: str) -> int | None:
    """Return the semitones that a K: or V: field adds to its notes; None where it says nothing."""
    semitones = re.search(r"\btranspose\s*=\s*([+-]?\d{1,2})", text)
    octaves = re.search(r"\boctave\s*=\s*([+-]?\d)", text)
    clef = re.search(r"(?:treble|bass|alto|tenor)\d?([+-]8)\b", text)
    if not (semitones or octaves or clef):
        return None
    found = int(semitones[1]) if semitones else 0
    found += NUM_PITCH_CLASSES * int(octaves[1]) if octaves else 0
    return found + (NUM_PITCH_CLASSES * (1 if clef[1][0] == "+" else -1) if clef else 0)


def parse_meter(text: str) -> Meter | None:
    """Return the meter of an M: field, FREE for none; None where it cannot be read."""
    text = text.strip()
    if text in _SHORT_METERS:
        return _SHORT_METERS[text]
    match = re.match(r"\(?\s*(\d+(?:\s*\+\s*\d+)*)\s*\)?\s*/\s*(\d+)", text)
    if match is None:
        return None
    numerator, denominator = sum(map(int, match[1].split("+"))), int(match[2])
    is_meter = 0 < numerator < 100 and denominator in (1, 2, 4, 8, 16, 32, 64)
    return Meter(numerator, denominator) if is_meter else None


def default_unit(meter: Meter) -> Fraction:
    """Return the unit length, in quarter notes, of a tune without L:."""
    is_short = meter != FREE and Fraction(meter.numerator, meter.denominator) < Fraction(3, 4)
    return Fraction(1, 4) if is_short else Fraction(1, 2)


def parse_unit(text: str) -> Fraction | None:
    """Return the unit length of an L: field in quarter notes; None where it cannot be read."""
    match = re.match(r"\s*(\d{1,3})(?:\s*/\s*(\d{1,3}))?", text)
    if match is None or int(match[1]) == 0 or int(match[2] or 1) == 0:
        return None
    return Fraction(4 * int(match[1]), int(match[2] or 1))


def parse_tempo(text: str, unit: Fraction) -> int | None:
    """Return the µs per quarter note of a Q: field; None where it has no number.

    Args:
        unit: the unit length in quarter notes, which is the beat of a bare number.
    """
    text = re.sub(r'"[^"]*"', " ", text)
    match = re.search(r"(.*?)=\s*(\d+(?:\.\d+)?)", text) or re.match(r"()\s*(\d+(?:\.\d+)?)", text)
    if match is None:
        return None
    beats = [Fraction(4 * int(n), int(d)) for n, d in re.findall(r"(\d+)/(\d+)", match[1]) if int(d)]
    old = re.search(r"C(\d*)", match[1])
    beat = sum(beats, Fraction(0)) or (unit * int(old[1] or 1) if old else unit)
    per_minute = Fraction(match[2]) * beat
    return round(60_000_000 / per_minute) if per_minute >= 1 and per_minute < 10_000 else None


def parse_order(text: str) -> str:
    """Return the names of the parts of a P: field, in order: "ABAB" for "(AB)2"."""
    order = re.sub(r"[\s.]", "", text)
    group = re.compile(r"\(([^()]*)\)(\d*)|([A-Z])(\d+)")
    while (match := group.search(order)) and len(order) <= _MAX_PARTS:
        inside = match[1] if match[3] is None else match[3]
        times = min(int((match[2] if match[3] is None else match[4]) or 1), _MAX_PARTS)
        order = order[: match.start()] + inside * times + order[match.end() :]
    return re.sub(r"[^A-Za-z]", "", order)[:_MAX_PARTS]
