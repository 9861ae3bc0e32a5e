"""Views: what the network reads of given music: one melody of one meter on the grid, its first note in bar 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Bools, IntArray
from ..errors import SettingError
from ..score.score import Score

GIVEN_IN_PYTHON = "(a melody given in Python)"
BarRange = tuple[int, int]  # first and last bar of the given music, from 1


@dataclass(frozen=True, slots=True)
class View:
    """What the network reads of a primer, in steps from a bar line of the primer.

    Attributes:
        score: the notes, the first of them in bar 0; it may be empty.
        num_bars: bars up to the end of the primer, or of the section of one meter that the view shows.
        end: the step from which a continuation may begin: where the last note has ended and the primer too.
        bars_before: bars of the primer before bar 0.
        span: the steps of the bars that are to be drawn anew; None for a continuation or a variation.
        index: for each note of `score` its index in the track of a given file that the network reads.
        origin: tick of step 0 in a given file.
        locked: which notes of `score` stay as they are, (num_notes,); None for none.
        kept: indices of the locked notes in that track; None for none.
    """

    score: Score
    num_bars: int
    end: int
    bars_before: int = 0
    span: tuple[int, int] | None = None
    index: IntArray | None = None
    origin: int = 0
    locked: Bools | None = None
    kept: IntArray | None = None

    @property
    def is_locked(self) -> Bools:
        """Which notes of the score are locked, (num_notes,)."""
        return np.zeros(len(self.score), dtype=bool) if self.locked is None else self.locked


def check_bars(bars: BarRange, num_bars: int, what: str = "infill", music: str = "the primer") -> None:
    """Raise SettingError unless a range of bars is within those of given music; `what` names the setting."""
    first, last = bars
    if not 1 <= first <= last <= num_bars:
        raise SettingError(
            f"{what} must name bars of {music}, 1-{num_bars}, the first before the last. Received: {first}-{last}"
        )


def last_bars(last: int, num_bars: int) -> BarRange:
    """Return the bars of a new ending, up to bar `last`. Raises SettingError where no bar is left before them."""
    if num_bars >= last:
        raise SettingError(f"new_ending must leave a bar before it, of {last}. Received: {num_bars}")
    return last - num_bars + 1, last
