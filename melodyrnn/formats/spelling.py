"""The names of pitches in a key: a letter, an alteration in semitones, and an octave.

Notes of the key have the names of its signature. Others have those that lie next to it on the line of fifths: raised
fourths, fifths and leading notes as sharps, lowered thirds and sevenths as flats.
"""

from __future__ import annotations

from typing import NamedTuple

from ..music.keys import LETTERS, Key, fifths_of_tonic, signature
from ..music.modes import MODE
from ..music.units import NUM_PITCH_CLASSES

FIFTHS = "FCGDAEB"  # letters on the line of fifths, from -1 on
_FLATTEST = {"major": -3, "minor": -5}  # of the twelve names, on the line of fifths above the tonic, by the third


class Name(NamedTuple):
    """A written pitch; C4 = middle C."""

    letter: str
    alteration: int
    octave: int


def spelled(pitch: int, key: Key) -> Name:
    """Return the name of a pitch 0..127 in a key."""
    first = fifths_of_tonic(key) + _FLATTEST[MODE[key.mode].basis]
    fifths = first + (pitch * 7 - first) % NUM_PITCH_CLASSES
    alteration, place = divmod(fifths + 1, len(FIFTHS))
    letter = FIFTHS[place]
    return Name(letter, alteration, (pitch - alteration - LETTERS[letter]) // NUM_PITCH_CLASSES - 1)


class Accidentals:
    """The accidentals that hold in a bar.

    Some programs let an accidental hold in its own octave, some in all: one is written wherever the two would differ.
    """

    def __init__(self, key: Key) -> None:
        fifths = signature(key)
        letters = FIFTHS[:fifths] if fifths > 0 else FIFTHS[::-1][: max(0, -fifths)]
        self._of_key = dict.fromkeys(letters, 1 if fifths > 0 else -1)
        self._held: dict[tuple[str, int], int] = {}
        self._held_anywhere: dict[str, int] = {}

    def begin_bar(self) -> None:
        """Forget the accidentals of the bar before."""
        self._held.clear()
        self._held_anywhere.clear()

    def needs_sign(self, name: Name) -> bool:
        """Return whether a note needs an accidental, and note it where it does."""
        usual = self._of_key.get(name.letter, 0)
        expected = self._held.get((name.letter, name.octave), usual)
        if name.alteration == expected == self._held_anywhere.get(name.letter, usual):
            return False
        self._held[name.letter, name.octave] = self._held_anywhere[name.letter] = name.alteration
        return True
