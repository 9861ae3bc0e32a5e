"""Keys: their names, their scales, and the guess at the key of a melody.

Conventions: pitch classes 0..11 with C = 0. A key is a tonic and a mode; only major and minor are told apart when
guessing (dorian counts as minor, mixolydian as major), because that is what a key signature in MIDI can say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    notes = np.bincount(pitch % 12, minlength=12) / len(pitch)
    time = np.bincount(pitch % 12, weights=np.asarray(duration, float), minlength=12) / max(1, duration.sum())
    share = (notes + time) / 2
    best, best_score = Key(0, "major"), -np.inf
    for mode in MODES:
        for tonic in range(12):
            turned = np.roll(share, -tonic)
            score = float(turned @ np.array(_DEGREES[mode])) + _TONIC_WEIGHT * turned[0] + _FIFTH_WEIGHT * turned[7]
            score += _ENDING_WEIGHT * (pitch[-1] % 12 == tonic)
            key = Key(tonic, mode)
            if hint is not None and signature(hint) == signature(key):
                score += _SIGNATURE_WEIGHT * (1.0 if hint == key else 0.6)
            if score > best_score + 1e-12:
                best, best_score = key, score
    return best


def tonic_offset(key: Key) -> int:
    """Semitones to take from a pitch to carry its key's tonic to the nearest C, -5..6."""
    return key.tonic if key.tonic <= 6 else key.tonic - 12
