"""Scales by name, and keys with any of their modes. A scale is a tuple of semitones above the tonic, 0..11, rising."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import SettingError
from ..music.keys import Key
from ..music.modes import MODE, MODES

# Minor has both forms of its 6th and 7th degrees, because melodies use both.
SCALES = {
    "major": MODE["major"].scale,
    "minor": (0, 2, 3, 5, 7, 8, 9, 10, 11),
    "natural-minor": MODE["minor"].scale,
    "harmonic-minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": MODE["dorian"].scale,
    "phrygian": MODE["phrygian"].scale,
    "lydian": MODE["lydian"].scale,
    "mixolydian": MODE["mixolydian"].scale,
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major-pentatonic": (0, 2, 4, 7, 9),
    "minor-pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole-tone": (0, 2, 4, 6, 8, 10),
    "chromatic": tuple(range(12)),
}


def parse_scale(text: str, mode: str = "major") -> tuple[int, ...]:
    """Return a scale by name, or pitch classes above the tonic such as "0,2,4,7,9". Raises SettingError.

    Args:
        mode: the mode of the key, which "pentatonic" alone follows.
    """
    name = text.strip().lower().replace(" ", "-")
    if name == "pentatonic":
        name = f"{MODE[mode].basis}-pentatonic"
    if name in SCALES:
        return SCALES[name]
    if re.fullmatch(r"\d{1,2}(,\d{1,2})*", name):
        degrees = sorted({int(part) for part in name.split(",")})
        if degrees[-1] <= 11:
            return tuple(degrees)
    raise SettingError(
        f"a scale must be one of {', '.join(SCALES)}, or pitch classes above the tonic from 0 to 11, as in 0,2,4,7,9. "
        f"Received: {text!r}"
    )


@dataclass(frozen=True, slots=True)
class ModalKey:
    """A key with any of the scales in `SCALES`: "D minor", "E dorian", "A blues".

    Attributes:
        key: in the mode of that name where it is one of `MODES`, else major or minor, by the third of the scale.
        mode: the name of its scale in `SCALES`.
        text: the key as it was written, for the recipe of a piece.
    """

    key: Key
    mode: str
    text: str = field(compare=False)

    def __str__(self) -> str:
        return self.text

    @property
    def scale(self) -> tuple[int, ...]:
        """Semitones above the tonic."""
        return SCALES[self.mode]

    @classmethod
    def of(cls, key: Key) -> ModalKey:
        """Return a key with the scale of its mode."""
        return cls(key, key.mode, str(key))

    @classmethod
    def parse(cls, text: str) -> ModalKey:
        """Return the key of a text such as "E dorian". Raises SettingError for any other text."""
        tonic, _, mode = text.strip().partition(" ")
        mode = mode.strip().lower()
        if mode in SCALES and mode not in MODES:
            major = 4 in SCALES[mode] and 3 not in SCALES[mode]
            return cls(Key.parse(f"{tonic} {'major' if major else 'minor'}"), mode, text)
        key = Key.parse(text)
        return cls(key, key.mode, text)
