"""Makes the bars of a tune regular where the accents of a converter show that they are not.

Programs that turn notation into MIDI (abc2midi) accent downbeats, and the pick-ups that begin strains. Where a strain
is repeated with a pick-up and its last bar is not shortened by it, or is shortened twice, all later downbeats stand off
the bar lines of the file. Such a bar is made as long as the others: its longest note, or the rest after it, takes the
difference, as an editor who writes the strain out would do. Times are steps of the grid.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..arrays import Bools, IntArray
from ..score.quantize import find_pickup
from ..score.score import Score

_MIN_ACCENTS = 4
_MAX_PICKUPS = 0.25  # share of the accents that may be those of pick-ups
_MIN_REGULAR = 0.75  # share of the gaps between accents that are whole bars, else they are no downbeats
_ONE_PLACE = 0.9  # of the accents, with which the bars count as regular (`score.quantize.find_pickup`)
_SIXTEENTH = 3


def downbeats(score: Score) -> Bools | None:
    """Return which notes are accented as downbeats, shape (num_notes,); None where accents say nothing of bars."""
    loud = score.velocity == np.maximum.reduce(score.velocity)
    loud[0] = False  # the first note of a file is accented too
    count = np.count_nonzero(loud)
    if count < _MIN_ACCENTS or count == len(loud) - 1:
        return None
    places = np.flatnonzero(loud)
    is_pickup = np.diff(score.onset[places]) <= score.bar // 2  # the accent before a downbeat
    if np.count_nonzero(is_pickup) > _MAX_PICKUPS * count:
        return None
    loud[places[:-1][is_pickup]] = False
    gaps = np.diff(score.onset[loud])
    return loud if len(gaps) and np.count_nonzero(gaps % score.bar == 0) >= _MIN_REGULAR * len(gaps) else None


def downbeat_lag(score: Score) -> int | None:
    """Return by how many steps downbeats follow the bar lines; None where a tune has irregular bars."""
    found = downbeats(score)
    if found is None:
        return find_pickup(score.onset, score.velocity, score.bar)
    counts = np.bincount(score.onset[found] % score.bar)
    best = int(counts.argmax())
    return best if counts[best] >= _ONE_PLACE * np.add.reduce(counts) else None


def with_regular_bars(score: Score) -> tuple[Score, int] | None:
    """Return a tune with regular bars, and how many of its bars were changed; None where a bar cannot be.

    The accents then have one place in its bars.
    """
    found = downbeats(score)
    if found is None:
        return None
    places = np.flatnonzero(found)
    room = np.diff(score.onset, append=score.onset[-1] + score.duration[-1])
    duration = score.duration.copy()
    changed = 0
    for first, stop in pairwise(places.tolist()):
        excess = _excess(int(score.onset[stop] - score.onset[first]), score.bar)
        if excess:
            longest = _longest(room, first, stop)
            if room[longest] - excess < _SIXTEENTH:
                return None
            is_held = duration[longest] == room[longest]
            room[longest] -= excess
            duration[longest] = room[longest] if is_held else min(duration[longest], room[longest])
            changed += 1
    onset = score.onset[0] + np.append(0, np.cumsum(room[:-1]))
    return replace(score, onset=onset, duration=duration), changed


def _excess(gap: int, bar: int) -> int:
    """Return by how much a gap is longer than the nearest number of bars, one or more; negative where shorter."""
    return gap - max(1, round(gap / bar)) * bar


def _longest(room: IntArray, first: int, stop: int) -> int:
    """Return the last of the notes `first` to `stop` with the longest time until the next one."""
    return stop - 1 - int(np.argmax(room[first:stop][::-1]))
