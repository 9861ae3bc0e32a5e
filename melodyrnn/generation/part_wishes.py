"""The wishes of a user for one part of a piece, from which the rules of the loop are made."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import SettingError

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
        for value in (self.low, self.high):
            if value is not None and not 0 <= value <= 127:
                raise SettingError(f"range must be within 0..127 (C-1 to G9). Received: {value}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise SettingError(f"range must not be empty. Received: {self.low} to {self.high}")
        if self.max_interval is not None and self.max_interval < 1:
            raise SettingError(f"max_interval must be >= 1 semitone. Received: {self.max_interval}")
        if self.density is not None and not (1 <= self.density <= 64 and self.density == int(self.density)):
            raise SettingError(f"density must be a whole number of notes per bar, 1..64. Received: {self.density:g}")
        if self.polyphony is not None and not 1 <= self.polyphony <= MAX_POLYPHONY:
            raise SettingError(f"polyphony must be 1..{MAX_POLYPHONY}. Received: {self.polyphony}")
