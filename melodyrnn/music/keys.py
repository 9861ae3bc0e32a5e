"""Keys: their names, their scales, and the guess at the key of a melody.

Conventions: pitch classes 0..11 with C = 0. A key is a tonic and a mode; only major and minor are told apart when
guessing (dorian counts as minor, mixolydian as major), because that is what a key signature in MIDI can say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ..errors import SettingError

TONICS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
MODES = ("major", "minor")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1, "##": 2, "bb": -2}
NUM_KEYS = 24

# How well each scale degree (semitones above the tonic) speaks for a key; the two forms of the 6th and 7th degree
# of minor, and the flat 7th of mixolydian tunes, count in part.
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

    @property
    def midi_name(self) -> str:
        """The name a MIDI key signature carries (mido's spelling): "Bb", "F#m"."""
        return str(self).replace(" major", "").replace(" minor", "m")

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read "D minor", "Dm", "Bb", "f# min". Raises SettingError for anything else."""
        match = re.fullmatch(r"\s*([A-Ga-g])(#|b|♯|♭)?\s*(m|M|(?i:min|minor|maj|major))?\s*", text)
        if match is None:
            raise SettingError(f'a key must be a tonic and "major" or "minor", as in "D minor". Received: {text!r}')
        letter, accidental, mode = match.groups()
        tonic = (LETTERS[letter.upper()] + ACCIDENTALS[accidental or ""]) % 12
        return cls(tonic, "minor" if mode == "m" or (mode or "").lower().startswith("min") else "major")


def signature(key: Key) -> int:
    """Sharps (positive) or flats (negative) of a key, -5..6."""
    major_tonic = key.tonic if key.mode == "major" else (key.tonic + 3) % 12
    sharps = major_tonic * 7 % 12
    return sharps if sharps <= 6 else sharps - 12


def guess_key(pitch: npt.NDArray[np.int64], duration: npt.NDArray[np.int64], hint: Key | None = None) -> Key:
    """Guess a melody's key from its notes, how it ends and, where there is one, its key signature.

    Args:
        pitch, duration: shape (num_notes,), in order of onset; at least one note.
        hint: the key the file's signature names. It is evidence, not law: many files say C major by default, and
            a signature in sharps cannot tell a key from its relative.
    """
    classes = pitch % 12
    notes = np.bincount(classes, minlength=12) / len(pitch)
    time = np.bincount(classes, weights=duration, minlength=12) / max(1, int(np.add.reduce(duration)))
    scores = _key_weights() @ ((notes + time) / 2)
    last = int(classes[-1])
    scores[last] += _ENDING_WEIGHT
    scores[last + 12] += _ENDING_WEIGHT
    if hint is not None:
        own = _index(hint)
        scores[own] += _SIGNATURE_WEIGHT
        scores[_RELATIVES[own]] += 0.6 * _SIGNATURE_WEIGHT
    best = int((scores >= np.maximum.reduce(scores) - 1e-12).argmax())  # of equals the first, whatever rounding says
    return _KEYS[best]


_KEYS = tuple(Key(tonic, mode) for mode in MODES for tonic in range(12))


def _index(key: Key) -> int:
    return MODES.index(key.mode) * 12 + key.tonic


# the other key of the same signature, by index
_RELATIVES = tuple(
    _index(Key((key.tonic + 9) % 12, "minor") if key.mode == "major" else Key((key.tonic + 3) % 12, "major"))
    for key in _KEYS
)


@cache
def _key_weights() -> npt.NDArray[np.float64]:
    """Shape (24, 12): how well each pitch class speaks for each key."""
    profiles = np.array([_DEGREES[mode] for mode in MODES], dtype=np.float64)
    profiles[:, 0] += _TONIC_WEIGHT
    profiles[:, 7] += _FIFTH_WEIGHT
    return np.stack([np.roll(profiles[MODES.index(key.mode)], key.tonic) for key in _KEYS])


def tonic_offset(key: Key) -> int:
    """Semitones to take from a pitch to carry its key's tonic to the nearest C, -5..6."""
    return key.tonic if key.tonic <= 6 else key.tonic - 12
