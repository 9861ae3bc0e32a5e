"""The steps between which the new notes of a batch of melodies stand, and where their last notes are to be.

Shapes: B melodies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import IntArray
from ..errors import SettingError
from ..events.vocabulary import Vocabulary
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from .constraints.density import notes_by_end
from .constraints.last_note import LastNotes
from .constraints.room import Steps
from .plan import Plan

_STREAM = 1001  # of the place of a full close; the conditions that a plan leaves open use those from 1 on


@dataclass(frozen=True, slots=True)
class Bounds:
    """The steps from which and by which new notes stand, for all melodies or for each, (B, 1).

    Attributes:
        start, stop: these steps.
        last: the last notes; None where they may be anywhere.
        counts: notes of each bar, (B, number of bars), see `constraints.table.Terms`; None for any.
    """

    start: Steps
    stop: Steps
    last: LastNotes | None = None
    counts: IntArray | None = None


def strong_places(meter: Meter) -> tuple[int, ...]:
    """Return the steps from the bar line to the beats on which a full close may fall: the first, and half a bar.

    Half a bar is one in meters of an even number of beats, at least four or compound ones.
    """
    has_half = meter.beats % 2 == 0 and (meter.beats >= 4 or meter.is_compound)
    bar = meter.bar(STEPS_PER_QUARTER)
    return (0, bar // 2) if has_half else (0,)


def bounds_of(vocabulary: Vocabulary, plan: Plan, numbers: Sequence[int]) -> Bounds:
    """Return the bounds of melodies with these numbers. Raises SettingError where a full close has no room."""
    if plan.wishes.end != "close" or plan.stop != plan.length:
        return Bounds(plan.start, plan.stop)
    last = _full_closes(vocabulary, plan, numbers)
    density = plan.wishes.density
    counts = None if density is None else _counts(density, plan, last)
    return Bounds(plan.start, plan.stop, last, counts)


def _full_closes(vocabulary: Vocabulary, plan: Plan, numbers: Sequence[int]) -> LastNotes:
    """Return the last notes of melodies that close fully and have no layout: on a strong beat, until the bar line."""
    line = plan.length - plan.bar
    onsets = [line + place for place in strong_places(plan.meter) if line + place > plan.start]
    if not onsets:
        raise SettingError(f"end close must leave room for a note before the last. Received: {plan.num_bars} bar")
    rngs = [np.random.default_rng(np.random.SeedSequence([plan.seed, number, _STREAM])) for number in numbers]
    onset = np.array([[onsets[int(rng.random() * len(onsets))]] for rng in rngs], dtype=np.int64)
    return LastNotes(onset, onset + nearest_durations(vocabulary, plan.length - onset))


def nearest_durations(vocabulary: Vocabulary, steps: IntArray) -> IntArray:
    """Return for each number of steps the longest duration of the vocabulary that is not longer, else the shortest."""
    known = vocabulary.sorted_values["duration"]
    return known[np.maximum(np.searchsorted(known, steps, side="right") - 1, 0)]


def _counts(density: float, plan: Plan, last: LastNotes) -> IntArray:
    """Return the numbers of notes that a density gives the bars of a plan without layouts, (B, number of bars).

    Where the last bar begins with the last note, it has one note, and the bars before it have the others.
    """
    before = plan.start // plan.bar
    by_end = notes_by_end(density, plan.num_bars - before)
    counts = np.concatenate([np.zeros(before, dtype=np.int64), np.diff(by_end, prepend=0)])
    rows = np.repeat(counts[None], len(last.onset), axis=0)
    rows[:, -1] = np.maximum(rows[:, -1], 1)
    earlier = np.arange(plan.num_bars - 2, before - 1, -1)
    for row in np.flatnonzero(last.onset[:, 0] % plan.bar == 0).tolist():
        for number in range(rows[row, -1] - 1):
            rows[row, earlier[number % len(earlier)]] += 1
        rows[row, -1] = 1
    return rows
