"""What a musician may wish of a melody, as masks on what may come next.

Wishes never mend a melody afterwards: at each field only those values stay from which all wishes can still be met.
That is decided by one number per pitch, the fewest further notes after which the melody may end (`notes_to_end`):
0 for a pitch it may end on, else found by breadth-first search over pitches that the largest interval joins. Wishes
that cannot be met together are refused before sampling, naming the two that clash.

Conventions: pitches sound (are not carried to C), arrays over pitches have shape (128,).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..errors import SettingError
from ..music.keys import Key

Bools = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
UNREACHABLE = 10_000

# Semitones above the tonic. Minor takes both forms of its 6th and 7th degree, as melodies do.
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 9, 10, 11),
    "natural-minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic-minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major-pentatonic": (0, 2, 4, 7, 9),
    "minor-pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole-tone": (0, 2, 4, 6, 8, 10),
    "chromatic": tuple(range(12)),
}
ENDINGS = ("tonic", "open")


def parse_scale(text: str) -> tuple[int, ...]:
    """A scale by name, or pitch classes above the tonic such as "0,2,4,7,9". Raises SettingError."""
    name = text.strip().lower().replace(" ", "-")
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


@dataclass(frozen=True)
class Control:
    """Wishes. None of a kind leaves it to the network.

    Attributes:
        key: of the melody; its tonic is what scale, triad and ending count from.
        scale: semitones above the tonic that pitches may have.
        keep_key: whether the first note must belong to the tonic triad and the last be the tonic.
        low, high: the range, inclusive, MIDI numbers.
        max_interval: largest interval between successive notes, in semitones.
        density: notes a bar, on average, 0.25 and more.
        end: "tonic": the last note is the tonic; "open": it is not.
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
        for name in ("low", "high"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 127:
                raise SettingError(f"range must be within 0..127 (C-1 to G9). Received: {value}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise SettingError(f"range must not be empty. Received: {self.low} to {self.high}")
        if self.max_interval is not None and self.max_interval < 1:
            raise SettingError(f"max_interval must be >= 1 semitone. Received: {self.max_interval}")
        if self.density is not None and not 0.25 <= self.density <= 64:
            raise SettingError(f"density must be 0.25..64 notes per bar. Received: {self.density}")
        if self.end not in (None, *ENDINGS):
            raise SettingError(f"end must be tonic or open. Received: {self.end!r}")

    @cached_property
    def pitches(self) -> Bools:
        """Pitches that may sound at all."""
        pitch = np.arange(128)
        allowed = (pitch >= (self.low or 0)) & (pitch <= (127 if self.high is None else self.high))
        if self.scale is not None:
            allowed &= np.isin((pitch - self.key.tonic) % 12, self.scale)
        return allowed

    @cached_property
    def openings(self) -> Bools:
        """Pitches the melody may begin on."""
        if not self.keep_key:
            return self.pitches
        third = 4 if self.key.mode == "major" else 3
        return self.pitches & np.isin((np.arange(128) - self.key.tonic) % 12, (0, third, 7))

    @cached_property
    def endings(self) -> Bools:
        """Pitches the melody may end on."""
        is_tonic = np.arange(128) % 12 == self.key.tonic
        if self.end == "open":
            return self.pitches & ~is_tonic
        if self.end == "tonic" or self.keep_key:
            return self.pitches & is_tonic
        return self.pitches

    @cached_property
    def notes_to_end(self) -> IntArray:
        """Per pitch the fewest further notes after which the melody may end; UNREACHABLE where there is no way."""
        distance = np.full(128, UNREACHABLE)
        distance[self.endings] = 0
        reach = self.max_interval or 127
        front = self.endings.copy()
        steps = 0
        while front.any():
            steps += 1
            near = np.zeros(128, dtype=bool)
            for pitch in np.nonzero(front)[0]:
                near[max(0, pitch - reach) : pitch + reach + 1] = True
            front = near & self.pitches & (distance == UNREACHABLE)
            distance[front] = steps
        return distance

    @cached_property
    def notes_needed(self) -> IntArray:
        """Like `notes_to_end`, also from pitches that may not sound themselves, such as the last of a primer."""
        reach = self.max_interval or 127
        needed = self.notes_to_end.copy()
        for pitch in np.nonzero(~self.pitches)[0]:
            needed[pitch] = 1 + self.notes_to_end[max(0, pitch - reach) : pitch + reach + 1].min()
        return needed

    @cached_property
    def notes_away(self) -> IntArray:
        """Per pitch the fewest further notes after which the melody may end if the next is another pitch."""
        reach = self.max_interval or 127
        away = np.full(128, UNREACHABLE)
        for pitch in range(128):
            near = self.notes_to_end[max(0, pitch - reach) : pitch + reach + 1].copy()
            near[min(pitch, reach)] = UNREACHABLE
            away[pitch] = 1 + near.min()
        return away

    def check(self) -> None:
        """Raise SettingError where wishes clash, naming them."""
        if not self.pitches.any():
            raise SettingError(
                f"range and {self._scale_word} must have a pitch in common. Received: {self._range_word}"
            )
        if not self.endings.any():
            other = "end" if self.end else "key"
            wish = "not the tonic" if self.end == "open" else "the tonic"
            clash = "range" if self.low is not None or self.high is not None else "scale"
            raise SettingError(
                f"{clash} and {other} must leave a pitch to end on, which is {wish}. Received: {self._range_word}"
            )
        if not self.openings.any():
            clash = "range" if self.low is not None or self.high is not None else "scale"
            raise SettingError(
                f"{clash} and key must leave a note of the tonic triad to begin on. Received: {self._range_word}"
            )
        inside = np.nonzero(self.pitches)[0]
        gaps = np.diff(inside)
        if self.max_interval is not None and len(gaps) and gaps.max() > self.max_interval:
            raise SettingError(
                f"max_interval and {self._scale_word} must let the melody pass from note to note. "
                f"Received: {self.max_interval} semitones where the scale has a gap of {gaps.max()}"
            )

    @property
    def _scale_word(self) -> str:
        return "scale" if self.scale is not None else "key"

    @property
    def _range_word(self) -> str:
        high = 127 if self.high is None else self.high
        return f"pitches {self.low or 0} to {high} in {self.key}"
