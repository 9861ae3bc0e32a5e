"""The steps between which the new notes of a batch of melodies stand, and where their last notes are to be.

Shapes: B melodies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Bools, IntArray
from ..conditions.character import is_joined
from ..conditions.layout import UNKNOWN, Layout
from ..errors import SettingError
from ..events.vocabulary import Vocabulary
from ..music.units import NUM_PITCH_CLASSES
from .constraints.bar_counts import ANY
from .constraints.density import notes_by_end
from .constraints.last_note import LastNotes, most_notes
from .constraints.room import Steps
from .plan import Plan
from .strong_beats import strong_places

_STREAM = 1001  # of the place of a full close; the conditions that a plan leaves open use those from 1 on


@dataclass(frozen=True, slots=True)
class Bounds:
    """The steps from which and by which new notes stand, for all melodies or for each, (B, 1).

    Attributes:
        start, stop: these steps.
        last: the last notes; None where they may be anywhere.
        counts: notes of each bar, (B, number of bars), see `constraints.table.combine`; None for any.
        joined: which melodies are to have no rests, (B, 1); None for none.
    """

    start: Steps
    stop: Steps
    last: LastNotes | None = None
    counts: IntArray | None = None
    joined: Bools | None = None


def bounds_of(
    vocabulary: Vocabulary, plan: Plan, numbers: Sequence[int], layouts: Sequence[Layout] | None = None
) -> Bounds:
    """Return the bounds of melodies with these numbers and layouts; None where they have none.

    Raises SettingError where a full close has no room.
    """
    if layouts is not None:
        return _laid_out(vocabulary, plan, layouts)
    if plan.wishes.end != "close" or plan.stop != plan.length:
        return Bounds(plan.start, plan.stop)
    last = _full_closes(vocabulary, plan, numbers)
    density = plan.wishes.density
    counts = None if density is None else _counts(density, plan, last)
    return Bounds(plan.start, plan.stop, last, counts)


def _laid_out(vocabulary: Vocabulary, plan: Plan, layouts: Sequence[Layout]) -> Bounds:
    """Return the bounds of melodies with layouts: they begin with the pick-up and end where the layout says."""
    bar = plan.bar
    pickup = np.array([[layout.pickup] for layout in layouts], dtype=np.int64)
    first_bar = np.where(pickup > 0, bar, 0)
    start, stop = np.where(pickup > 0, bar - pickup, 0), first_bar + plan.length
    number = np.array([[_last_bar(layout)] for layout in layouts], dtype=np.int64)
    place = np.array([[layout.last[n]] for layout, n in zip(layouts, number[:, 0].tolist(), strict=True)])
    onset = _reachable(vocabulary, start, np.maximum(first_bar + number * bar + place, start))
    if plan.wishes.end == "close" and (onset <= start).any():
        raise _no_close(plan)
    final = np.array([[layout.final] for layout in layouts], dtype=np.int64)
    length = vocabulary.sorted_values["duration"][vocabulary.nearest("duration", np.minimum(final, stop - onset))]
    length = np.minimum(length, nearest_durations(vocabulary, stop - onset))
    counts = None
    if plan.wishes.density is not None:
        counts = np.zeros((len(layouts), plan.num_bars + 1), dtype=np.int64)
        for row, layout in enumerate(layouts):
            notes = [ANY, *layout.notes] if layout.pickup else [*layout.notes, 0]
            counts[row] = notes
    joined = None if counts is None else np.array([[is_joined(layout.character)] for layout in layouts])
    last = LastNotes(onset, onset + length, _last_classes(plan, layouts), *_approaches(plan, layouts))
    return Bounds(start, stop, last, counts, joined)


def _last_classes(plan: Plan, layouts: Sequence[Layout]) -> IntArray | None:
    """Return the pitch classes on which melodies end, (B, 1); None where a wish says it."""
    if plan.wishes.end is not None or plan.wishes.keep_key:
        return None
    degrees = [layout.cadences[_last_bar(layout)] for layout in layouts]
    classes = [degree if degree == UNKNOWN else (degree + plan.key.tonic) % NUM_PITCH_CLASSES for degree in degrees]
    return np.array(classes, dtype=np.int64)[:, None]


def _approaches(plan: Plan, layouts: Sequence[Layout]) -> tuple[IntArray | None, IntArray | None]:
    """Return the intervals into the last notes and the pitch classes before them, (B, 1); None where wishes say more.

    A full close has approaches of its own, and a register that is asked for keeps the pitches within a compass.
    """
    if plan.wishes.end == "close" or (plan.layout is not None and plan.layout.register is not None):
        return None, None
    interval = np.array([[layout.approach] for layout in layouts], dtype=np.int64)
    degree = np.array([[layout.cadences[_last_bar(layout)]] for layout in layouts], dtype=np.int64)
    before = np.where(degree == UNKNOWN, -1, (degree + plan.key.tonic - interval) % NUM_PITCH_CLASSES)
    return interval, before


def _last_bar(layout: Layout) -> int:
    """Return the full bar in which the last note begins."""
    return max((bar for bar, notes in enumerate(layout.notes) if notes not in (0, UNKNOWN)), default=0)


def _reachable(vocabulary: Vocabulary, start: IntArray, onset: IntArray) -> IntArray:
    """Return the onsets of last notes, each at the nearest step to which shifts lead from its start, (B, 1)."""
    distance = onset - start
    known = np.flatnonzero(most_notes(vocabulary, int(distance.max())))
    return start + known[np.abs(known[None] - distance).argmin(axis=1)][:, None]


def _full_closes(vocabulary: Vocabulary, plan: Plan, numbers: Sequence[int]) -> LastNotes:
    """Return the last notes of melodies that close fully and have no layout: on a strong beat, until the bar line."""
    line = plan.length - plan.bar
    onsets = [line + place for place in strong_places(plan.meter) if line + place > plan.start]
    if not onsets:
        raise _no_close(plan)
    rngs = [np.random.default_rng(np.random.SeedSequence([plan.seed, number, _STREAM])) for number in numbers]
    onset = np.array([[onsets[int(rng.random() * len(onsets))]] for rng in rngs], dtype=np.int64)
    return LastNotes(onset, onset + nearest_durations(vocabulary, plan.length - onset))


def _no_close(plan: Plan) -> SettingError:
    return SettingError(f"end close must leave room for a note before the last. Received: {plan.num_bars} bar")


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
