"""Keys (a tonic and a mode), their names, and an estimate of the key of a melody.

Conventions: pitch classes are 0..11 with C = 0. The modes are major and minor, the only modes of MIDI key
signatures; dorian tunes are estimated as minor, mixolydian tunes as major.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..arrays import Float64s, IntArray
from ..errors import SettingError
from .units import NUM_PITCH_CLASSES

TONICS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
MODES = ("major", "minor")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
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
    """A tonic (pitch class 0..11) and a mode ("major" or "minor")."""

    tonic: int
    mode: str

    def __str__(self) -> str:
        names = TONICS if self.mode == "major" else MINOR_TONICS
        return f"{names[self.tonic]} {self.mode}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """Return the key of a text such as "D minor", "Dm", "Bb" or "f# min". Raises SettingError for other text."""
        match = re.fullmatch(r"\s*([A-Ga-g])(#|b|♯|♭)?\s*(m|M|(?i:min|minor|maj|major))?\s*", text)
        if match is None:
            raise SettingError(f'a key must be a tonic and "major" or "minor", as in "D minor". Received: {text!r}')
        letter, accidental, mode = match.groups()
        tonic = (LETTERS[letter.upper()] + ACCIDENTALS[accidental or ""]) % NUM_PITCH_CLASSES
        return cls(tonic, "minor" if mode == "m" or (mode or "").lower().startswith("min") else "major")


def signature(key: Key) -> int:
    """Return the number of sharps (positive) or flats (negative) of a key, -5..6."""
    major = key if key.mode == "major" else _relative(key)
    sharps = major.tonic * 7 % NUM_PITCH_CLASSES  # the circle of fifths
    return sharps if sharps <= 6 else sharps - NUM_PITCH_CLASSES


def guess_key(pitch: IntArray, duration: IntArray, hint: Key | None = None) -> Key:
    """Return the most likely key of a melody, from its notes, its last note and, where there is one, its key signature.

    Args:
        pitch, duration: shape (num_notes,), in order of onset; at least one note.
        hint: the key of the file's key signature. It is only evidence, because many files have C major by default and
            a key is often written as its relative key.
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
