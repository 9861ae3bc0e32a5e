"""Played rhythm, as it would be written: onsets on sixteenths or triplets, notes held where the next follows soon.

Conventions: steps are twelfths of a quarter, counted from a bar line; arrays have shape (num_notes,).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

STEPS_PER_QUARTER = 12
_SIXTEENTH, _TRIPLET, _EIGHTH = 3, 4, 6  # steps
_EARLY = 1.5  # steps before a beat that still belong to it


def snap_onsets(steps: npt.NDArray[Any], swung: bool = False) -> IntArray:
    """Played onsets, in exact steps, to sixteenths; to triplets in beats that have both and fit them better.

    A single note at two thirds of a beat is a late off-beat as often as a triplet, so it counts as the former; unless
    `swung` allows it to be the latter, where those of the whole melody lie nearer to two thirds than to sixteenths.
    """
    steps = np.asarray(steps, dtype=np.float64)
    straight, triplet = (np.rint(steps / length).astype(np.int64) * length for length in (_SIXTEENTH, _TRIPLET))
    beat = np.floor((steps + _EARLY) / STEPS_PER_QUARTER).astype(np.int64)
    place = triplet - beat * STEPS_PER_QUARTER
    _, owner = np.unique(beat, return_inverse=True)
    gain = np.bincount(owner, (steps - straight) ** 2 - (steps - triplet) ** 2)
    early, late = (np.bincount(owner, place == at) > 0 for at in (_TRIPLET, 2 * _TRIPLET))
    fits = early & late & (gain > 0)
    alone = late & ~early
    if swung and gain[alone].sum() > 0:
        fits |= alone & (gain > 0)
    return np.where(fits[owner], triplet, straight)


def snap_durations(onset: IntArray, end: npt.NDArray[Any], last: int | None = None, gap: int = _EIGHTH) -> IntArray:
    """Durations in sixteenths for snapped onsets that rise, and exact ends; each lasts until the next note at most.

    Args:
        last: where the last note ends at the latest.
        gap: silence under this many steps before the next note is the player's touch, no rest: the note is held.
    """
    room = np.diff(onset, append=np.iinfo(np.int64).max if last is None else last)
    duration = np.maximum(np.rint((end - onset) / _SIXTEENTH).astype(np.int64) * _SIXTEENTH, _SIXTEENTH)
    return np.where(room - duration < gap, np.maximum(1, room), duration)
