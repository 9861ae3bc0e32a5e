"""Keys (a tonic and a mode), their names, and an estimate of the key of a melody.

Conventions: pitch classes are 0..11 with C = 0. The modes are major and minor, the only modes of MIDI key
signatures; dorian tunes are estimated as minor, mixolydian tunes as major. A key signature is -7..7 sharps, where
flats are negative; with a mode it names a key in one spelling: 6 major is F# major, -6 major is Gb major.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from ..arrays import Float64s, IntArray
from ..errors import SettingError
from .units import NUM_PITCH_CLASSES

MODES = ("major", "minor")
# The spelling that is used where none was given, as the sharps of each tonic: C, Db, D, Eb, E, F, Gb and so on.
_USUAL_SHARPS = {
    "major": (0, -5, 2, -3, 4, -1, -6, 1, -4, 3, -2, 5),
    "minor": (-3, 4, -1, -6, 1, -4, 3, -2, 5, 0, -5, 2),
}
MAX_SHARPS = 7  # of a key signature
_FIFTHS = "FCGDAEB"  # the tonics of -1 to 5 sharps in major
_FIFTHS_TO_MINOR = 3  # from the tonic of a major key to that of its relative minor key
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_GERMAN_B = "H"  # German names for B natural; "B" itself stays B, as in English
ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1, "##": 2, "bb": -2}

# Evidence for a key by semitones above the tonic. The second forms of the 6th and 7th degree of minor, and the flat 7th
# of mixolydian tunes, count less than 1.
_DEGREES = {
    "major": (1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0.5, 1),
    "minor": (1, 0, 1, 1, 0, 1, 0, 1, 0.8, 0.7, 1, 0.5),
}
_TONIC_WEIGHT, _FIFTH_WEIGHT, _ENDING_WEIGHT, _SIGNATURE_WEIGHT = 0.5, 0.3, 0.08, 0.1


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (pitch class 0..11) and a mode ("major" or "minor").

    `sharps` is the key signature of the spelling in which the key was given, so that Gb major and F# major keep their
    names; None for the usual spelling. Keys that differ in spelling alone are equal.
    """

    tonic: int
    mode: str
    sharps: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        fifths = signature(self) + (_FIFTHS_TO_MINOR if self.mode == "minor" else 0)
        return f"{name_on_fifths(fifths)} {self.mode}"

    @classmethod
    def of_signature(cls, sharps: int, mode: str) -> Key:
        """Return the key of a key signature, -7..7 sharps, and a mode."""
        fifths = sharps + (_FIFTHS_TO_MINOR if mode == "minor" else 0)
        return cls(fifths * 7 % NUM_PITCH_CLASSES, mode, sharps)

    @classmethod
    def parse(cls, text: str) -> Key:
        """Return the key of a text such as "D minor", "Dm", "Bb", "f# min" or, in German, "H".

        It is spelled as in the text where there is a key signature for that, else as usual. Raises SettingError for
        other text.
        """
        match = re.fullmatch(r"\s*([A-Ha-h])(#|b|♯|♭)?\s*(m|M|(?i:min|minor|maj|major))?\s*", text)
        if match is None:
            raise SettingError(f'a key must be a tonic and "major" or "minor", as in "D minor". Received: {text!r}')
        letter, accidental, mode = match.groups()
        letter = letter.upper().replace(_GERMAN_B, "B")
        is_minor = mode == "m" or (mode or "").lower().startswith("min")
        shift = ACCIDENTALS[accidental or ""]
        sharps = _FIFTHS.index(letter) - 1 + len(_FIFTHS) * shift - (_FIFTHS_TO_MINOR if is_minor else 0)
        tonic = (LETTERS[letter] + shift) % NUM_PITCH_CLASSES
        return cls(tonic, "minor" if is_minor else "major", sharps if abs(sharps) <= MAX_SHARPS else None)

    def as_usual(self) -> Key:
        """Return the key in the usual spelling, which is the one that a corpus stores."""
        return Key(self.tonic, self.mode)


def name_on_fifths(fifths: int) -> str:
    """Return the name of a note by its place on the line of fifths, on which C is 0 and G is 1: "Bb" for -2."""
    accidental, letter = divmod(fifths + 1, len(_FIFTHS))  # -1 is a flat, 1 a sharp
    return f"{_FIFTHS[letter]}{'#' * accidental}{'b' * -accidental}"


def signature(key: Key) -> int:
    """Return the key signature of a key in its spelling, -7..7."""
    return _USUAL_SHARPS[key.mode][key.tonic] if key.sharps is None else key.sharps


def guess_key(pitch: IntArray, duration: IntArray, hint: Key | None = None) -> Key:
    """Return the most likely key of a melody, from its notes, its last note and, where there is one, its key signature.

    Args:
        pitch, duration: shape (num_notes,), in order of onset; at least one note.
        hint: the key of the file's key signature. It is only evidence, because many files have C major by default and
            a key is often written as its relative key. A key with its signature is spelled as it is.
    """
    classes = pitch % NUM_PITCH_CLASSES
    notes = np.bincount(classes, minlength=NUM_PITCH_CLASSES) / len(pitch)
    time = np.bincount(classes, weights=duration, minlength=NUM_PITCH_CLASSES) / max(1, int(np.add.reduce(duration)))
    scores = _key_weights() @ ((notes + time) / 2)
    last = int(classes[-1])
    scores[last] += _ENDING_WEIGHT
    scores[last + NUM_PITCH_CLASSES] += _ENDING_WEIGHT
    if hint is not None:
        own = _index(hint)
        scores[own] += _SIGNATURE_WEIGHT
        scores[_RELATIVES[own]] += 0.6 * _SIGNATURE_WEIGHT
    best = int((scores >= np.maximum.reduce(scores) - 1e-12).argmax())  # the first of equal scores, despite rounding
    if hint is not None and best in (own, _RELATIVES[own]):
        return replace(_KEYS[best], sharps=hint.sharps)
    return _KEYS[best]


_KEYS = tuple(Key(tonic, mode) for mode in MODES for tonic in range(NUM_PITCH_CLASSES))


def _index(key: Key) -> int:
    return MODES.index(key.mode) * NUM_PITCH_CLASSES + key.tonic


def _relative(key: Key) -> Key:
    """Return the other key with the same key signature."""
    if key.mode == "major":
        return Key((key.tonic + 9) % NUM_PITCH_CLASSES, "minor")
    return Key((key.tonic + 3) % NUM_PITCH_CLASSES, "major")


_RELATIVES = tuple(_index(_relative(key)) for key in _KEYS)


@cache
def _key_weights() -> Float64s:
    """Return the evidence of each pitch class for each key, shape (24, 12)."""
    profiles = np.array([_DEGREES[mode] for mode in MODES], dtype=np.float64)
    profiles[:, 0] += _TONIC_WEIGHT
    profiles[:, 7] += _FIFTH_WEIGHT
    return np.stack([np.roll(profiles[MODES.index(key.mode)], key.tonic) for key in _KEYS])


def tonic_offset(key: Key) -> int:
    """Return the semitones from the nearest C up to the tonic of a key, -5..6; pitches minus it have a tonic of C."""
    return key.tonic if key.tonic <= 6 else key.tonic - NUM_PITCH_CLASSES
