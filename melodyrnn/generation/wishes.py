"""The wishes of a user for the notes of a melody, from which constraints are made.

Pitches are sounding MIDI numbers 0..127, not transposed to C.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import SettingError
from ..music.keys import Key

ENDINGS = ("tonic", "close", "open")


@dataclass(frozen=True, slots=True)
class Wishes:
    """Wishes for the notes; None is no wish. Raises SettingError for a value outside its rule.

    Attributes:
        key: of the melody; scale, triad and ending are relative to its tonic.
        scale: semitones above the tonic that pitches may have.
        keep_key: whether the first note must belong to the tonic triad and the last be the tonic.
        low, high: the range, inclusive.
        max_interval: largest interval between successive notes, in semitones.
        density: notes a bar, on average, 0.25..64.
        end: "tonic": the last note is the tonic; "close": it closes fully, see `constraints/close.py`; "open": it is
            not the tonic.
    """

    key: Key
    scale: tuple[int, ...] | None = None
    keep_key: bool = False
    low: int | None = None
    high: int | None = None
    max_interval: int | None = None
    density: float | None = None
    end: str | None = None

    def __post_init__(self) -> None:
        check_pitches(self.low, self.high, self.max_interval)
        if self.density is not None and not 0.25 <= self.density <= 64:
            raise SettingError(f"density must be 0.25..64 notes per bar. Received: {self.density}")
        if self.end not in (None, *ENDINGS):
            raise SettingError(f"end must be tonic, close or open. Received: {self.end!r}")

    @property
    def lowest(self) -> int:
        """The lowest pitch of the range, 0 where no range is set."""
        return self.low or 0

    @property
    def highest(self) -> int:
        """The highest pitch of the range, 127 where no range is set."""
        return 127 if self.high is None else self.high

    def neighbours(self, pitch: int) -> slice:
        """Return the pitches within the largest interval of `pitch`, as a slice of an array over pitches."""
        reach = self.max_interval or 127
        return slice(max(0, pitch - reach), pitch + reach + 1)


def check_pitches(low: int | None, high: int | None, max_interval: int | None) -> None:
    """Raise SettingError for a range or a largest interval outside its rule; None is no wish."""
    for value in (low, high):
        if value is not None and not 0 <= value <= 127:
            raise SettingError(f"range must be within 0..127 (C-1 to G9). Received: {value}")
    if low is not None and high is not None and low > high:
        raise SettingError(f"range must not be empty. Received: {low} to {high}")
    if max_interval is not None and max_interval < 1:
        raise SettingError(f"max_interval must be >= 1 semitone. Received: {max_interval}")
