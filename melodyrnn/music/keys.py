"""Keys (a tonic and a mode), their names, and an estimate of the key of a melody.

Conventions: pitch classes are 0..11 with C = 0. The modes are those of `modes`; `guess_key` knows major and minor
alone, and takes dorian tunes for minor, mixolydian ones for major (`modal` finds the others). A key signature is -7..7
sharps, where flats are negative; with a mode it names a key in one spelling: 6 major is F# major, -6 major is Gb major.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from ..arrays import Float64s, IntArray
from ..errors import SettingError
from .modes import BASIC_MODES, MODE, MODES
from .units import NUM_PITCH_CLASSES

# The spelling that is used where none was given, as the sharps of each tonic: C, Db, D, Eb, E, F, Gb and so on.
_USUAL_SHARPS = {
    "major": (0, -5, 2, -3, 4, -1, -6, 1, -4, 3, -2, 5),
    "minor": (-3, 4, -1, -6, 1, -4, 3, -2, 5, 0, -5, 2),
}
MAX_SHARPS = 7  # of a key signature
_FIFTHS = "FCGDAEB"  # the tonics of -1 to 5 sharps in major
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHORT = {"": "major", "M": "major", "m": "minor"}  # words for modes beside their names
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
    """A tonic (pitch class 0..11) and a mode (one of `MODES`).

    `sharps` is the key signature of the spelling in which the key was given, so that Gb major and F# major keep their
    names; None for the usual spelling. Keys that differ in spelling alone are equal.
    """

    tonic: int
    mode: str
    sharps: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{name_on_fifths(fifths_of_tonic(self))} {self.mode}"

    @classmethod
    def of_signature(cls, sharps: int, mode: str) -> Key:
        """Return the key of a key signature, -7..7 sharps, and a mode."""
        return cls((sharps + MODE[mode].fifths) * 7 % NUM_PITCH_CLASSES, mode, sharps)

    @classmethod
    def parse(cls, text: str) -> Key:
        """Return the key of a text such as "D minor", "E dorian", "Dm", "Bb", "f# min" or, in German, "H".

        It is spelled as in the text where there is a key signature for that, else as usual. Raises SettingError for
        other text.
        """
        match = re.fullmatch(r"\s*([A-Ha-h])(#|b|♯|♭)?\s*([A-Za-z]*)\s*", text)
        mode = None if match is None else _mode_of(match[3])
        if match is None or mode is None:
            raise SettingError(
                f'a key must be a tonic and one of {", ".join(MODES)}, as in "D minor". Received: {text!r}'
            )
        letter, accidental = match[1].upper().replace(_GERMAN_B, "B"), ACCIDENTALS[match[2] or ""]
        sharps = _FIFTHS.index(letter) - 1 + len(_FIFTHS) * accidental - MODE[mode].fifths
        tonic = (LETTERS[letter] + accidental) % NUM_PITCH_CLASSES
        return cls(tonic, mode, sharps if abs(sharps) <= MAX_SHARPS else None)

    @property
    def basis(self) -> Key:
        """The key in major or minor with this tonic, by the third; its tonic has the same name where that may be."""
        if self.mode in BASIC_MODES:
            return self
        basis = MODE[self.mode].basis
        sharps = None if self.sharps is None else self.sharps + MODE[self.mode].fifths - MODE[basis].fifths
        return Key(self.tonic, basis, sharps if sharps is None or abs(sharps) <= MAX_SHARPS else None)

    def as_usual(self) -> Key:
        """Return the key in the usual spelling, which is the one that a corpus stores."""
        return Key(self.tonic, self.mode)


def _mode_of(word: str) -> str | None:
    """Return the mode that a word in a key means; None for other words. "M" is major, "m" minor."""
    if word in _SHORT:
        return _SHORT[word]
    return next((mode for mode in MODES if word.lower() in (mode, mode[:3])), None)


def name_on_fifths(fifths: int) -> str:
    """Return the name of a note by its place on the line of fifths, on which C is 0 and G is 1: "Bb" for -2."""
    accidental, letter = divmod(fifths + 1, len(_FIFTHS))  # -1 is a flat, 1 a sharp
    return f"{_FIFTHS[letter]}{'#' * accidental}{'b' * -accidental}"


def signature(key: Key) -> int:
    """Return the key signature of a key in its spelling, -7..7."""
    if key.sharps is not None:
        return key.sharps
    mode = MODE[key.mode]
    return _USUAL_SHARPS[mode.basis][key.tonic] + MODE[mode.basis].fifths - mode.fifths


def fifths_of_tonic(key: Key) -> int:
    """Return the place of the tonic of a key, in its spelling, on the line of fifths, on which C is 0 and G is 1."""
    return signature(key) + MODE[key.mode].fifths


def shares_of(pitch: IntArray, duration: IntArray) -> Float64s:
    """Return the share of each pitch class in a melody, shape (12,): the mean of its shares of notes and of time."""
    classes = pitch % NUM_PITCH_CLASSES
    notes = np.bincount(classes, minlength=NUM_PITCH_CLASSES) / len(pitch)
    time = np.bincount(classes, weights=duration, minlength=NUM_PITCH_CLASSES) / max(1, int(np.add.reduce(duration)))
    return (notes + time) / 2


def guess_key(pitch: IntArray, duration: IntArray, hint: Key | None = None) -> Key:
    """Return the most likely key of a melody in major or minor.

    It follows from the notes, the last note and, where there is one, the key signature.

    Args:
        pitch, duration: shape (num_notes,), in order of onset; at least one note.
        hint: the key of the file's key signature. It is only evidence, because many files have C major by default and
            a key is often written as its relative key. A key with its signature is spelled as it is.
    """
    scores = _key_weights() @ shares_of(pitch, duration)
    last = int(pitch[-1]) % NUM_PITCH_CLASSES
    scores[last] += _ENDING_WEIGHT
    scores[last + NUM_PITCH_CLASSES] += _ENDING_WEIGHT
    if hint is not None:
        hint = hint.basis
        own = _index(hint)
        scores[own] += _SIGNATURE_WEIGHT
        scores[_RELATIVES[own]] += 0.6 * _SIGNATURE_WEIGHT
    best = int((scores >= np.maximum.reduce(scores) - 1e-12).argmax())  # the first of equal scores, despite rounding
    if hint is not None and best in (own, _RELATIVES[own]):
        return replace(_KEYS[best], sharps=hint.sharps)
    return _KEYS[best]


_KEYS = tuple(Key(tonic, mode) for mode in BASIC_MODES for tonic in range(NUM_PITCH_CLASSES))


def _index(key: Key) -> int:
    return BASIC_MODES.index(key.mode) * NUM_PITCH_CLASSES + key.tonic


def _relative(key: Key) -> Key:
    """Return the other key with the same key signature."""
    if key.mode == "major":
        return Key((key.tonic + 9) % NUM_PITCH_CLASSES, "minor")
    return Key((key.tonic + 3) % NUM_PITCH_CLASSES, "major")


_RELATIVES = tuple(_index(_relative(key)) for key in _KEYS)


@cache
def _key_weights() -> Float64s:
    """Return the evidence of each pitch class for each key, shape (24, 12)."""
    profiles = np.array([_DEGREES[mode] for mode in BASIC_MODES], dtype=np.float64)
    profiles[:, 0] += _TONIC_WEIGHT
    profiles[:, 7] += _FIFTH_WEIGHT
    return np.stack([np.roll(profiles[BASIC_MODES.index(key.mode)], key.tonic) for key in _KEYS])


def tonic_offset(key: Key) -> int:
    """Return the semitones from the nearest C up to the tonic of a key, -5..6; pitches minus it have a tonic of C."""
    return key.tonic if key.tonic <= 6 else key.tonic - NUM_PITCH_CLASSES
