"""The representation of scores with several parts, in which a note may last until the next one of its part.

The duration is then `UNTIL_NEXT`, 0: neither said nor drawn, so that the end of a note is decided as late as possible,
by the next onset of its part, when the other parts are known. A part's last note with this duration lasts until the
first bar line after the last onset of the score. Any other duration is in steps. It is exact both ways.
"""

from __future__ import annotations

import numpy as np

from ..arrays import IntArray
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import DEFAULT_TEMPO, STEPS_PER_QUARTER
from ..score.score import MELODY, Part, Score
from . import rows as plain
from .rows import DURATION, PART, SHIFT

UNTIL_NEXT = 0


class UntilNext:
    """Durations say how long a note lasts only where it does not last until the next note of its part."""

    name = "until-next"

    def encode(self, score: Score) -> IntArray:
        """Return event rows, shape (num_notes, 5)."""
        return with_until_next(plain.encode(score, with_parts=True), score.bar)

    def decode(
        self,
        rows: IntArray,
        meter: Meter,
        key: Key,
        microseconds_per_quarter: int = DEFAULT_TEMPO,
        name: str = "",
        parts: tuple[Part, ...] = (MELODY,),
    ) -> Score:
        """Return the score of event rows."""
        bar = Meter(*meter).bar(STEPS_PER_QUARTER)
        return plain.decode(with_durations(rows, bar), meter, key, microseconds_per_quarter, name, parts)

    def transposition(self, key: Key) -> int:
        return tonic_offset(key)


def with_until_next(rows: IntArray, bar: int) -> IntArray:
    """Return rows of a score, (num_notes, 5), with `UNTIL_NEXT` as the duration of notes that last until the next."""
    out = rows.copy()
    out[rows[:, DURATION] == next_onsets(rows, bar) - np.cumsum(rows[:, SHIFT]), DURATION] = UNTIL_NEXT
    return out


def with_durations(rows: IntArray, bar: int) -> IntArray:
    """Return rows of a score, (num_notes, 5), with all durations in steps."""
    out = rows.copy()
    lasts = next_onsets(rows, bar) - np.cumsum(rows[:, SHIFT])
    out[:, DURATION] = np.where(rows[:, DURATION] == UNTIL_NEXT, lasts, rows[:, DURATION])
    return out


def next_onsets(rows: IntArray, bar: int) -> IntArray:
    """Return for each row the next later onset of its part; the bar line after the last onset where there is none."""
    onset = np.cumsum(rows[:, SHIFT])
    end = (onset[-1] // bar + 1) * bar if len(onset) else 0
    out = np.full(len(rows), end)
    for slot in np.unique(rows[:, PART]):
        own = np.flatnonzero(rows[:, PART] == slot)
        times = onset[own]
        later = np.searchsorted(times, times, side="right")
        out[own] = np.append(times, end)[later]
    return out
