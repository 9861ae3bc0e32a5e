"""The wishes of a user for one part of a piece, from which the rules of the loop are made."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import SettingError
from .wishes import check_pitches

MAX_POLYPHONY = 16


@dataclass(frozen=True, slots=True)
class PartWishes:
    """Wishes for a part; None is no wish. Raises SettingError for a value outside its rule.

    Attributes:
        low, high: the range, inclusive, sounding MIDI numbers.
        max_interval: largest interval between successive onsets' highest notes of the part, in semitones.
        density: notes in every bar, 1..64.
        polyphony: most notes of the part that begin together, 1..16.
        program: General MIDI program, 0..127; None for the usual one of the part.
    """

    low: int | None = None
    high: int | None = None
    max_interval: int | None = None
    density: float | None = None
    polyphony: int | None = None
    program: int | None = None

    def __post_init__(self) -> None:
        check_pitches(self.low, self.high, self.max_interval)
        if self.density is not None and not (1 <= self.density <= 64 and self.density == int(self.density)):
            raise SettingError(f"density must be a whole number of notes per bar, 1..64. Received: {self.density:g}")
        if self.polyphony is not None and not 1 <= self.polyphony <= MAX_POLYPHONY:
            raise SettingError(f"polyphony must be 1..{MAX_POLYPHONY}. Received: {self.polyphony}")
