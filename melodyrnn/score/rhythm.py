"""Moves played rhythms to notated ones: onsets on sixteenths or triplets, short rests closed.

Conventions: steps are twelfths of a quarter note, counted from a bar line; arrays have shape (num_notes,).
"""

from __future__ import annotations

import numpy as np

from ..arrays import AnyFloats, AnyInts, IntArray
from ..music.units import STEPS_PER_QUARTER

_SIXTEENTH, _TRIPLET, _EIGHTH = 3, 4, 6  # steps
_EARLY = 1.5  # steps before a beat within which an onset belongs to it


def snap_onsets(steps: AnyFloats | AnyInts, swung: bool = False) -> IntArray:
    """Return played onsets moved to sixteenths, or to triplets in beats that hold both and fit them better.

    A single note at two thirds of a beat is as often a late off-beat as a triplet, so it becomes an off-beat. With
    `swung` it becomes a triplet where all such notes of the melody together are nearer to two thirds than to
    sixteenths.

    Args:
        steps: exact onsets, in steps.
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


def snap_durations(onset: IntArray, end: AnyFloats | AnyInts, last: int | None = None, gap: int = _EIGHTH) -> IntArray:
    """Return durations in whole sixteenths; each note ends at or before the next onset.

    Args:
        onset: snapped onsets, ascending.
        end: exact ends, in steps.
        last: latest end of the last note; None for no limit.
        gap: a shorter rest, in steps, before the next note comes from articulation; the note is held over it.
    """
    room = np.diff(onset, append=np.iinfo(np.int64).max if last is None else last)
    duration = np.maximum(np.rint((end - onset) / _SIXTEENTH).astype(np.int64) * _SIXTEENTH, _SIXTEENTH)
    return np.where(room - duration < gap, np.maximum(1, room), duration)


# The nearest position in a beat that sixteenths or triplets have, to each step of the beat; of equal ones the later.
_NEAREST = np.array([0, 0, 3, 3, 4, 6, 6, 8, 8, 9, 9, 12])


def snap_ends(onset: IntArray, end: AnyFloats | AnyInts) -> IntArray:
    """Return durations of notes that may overlap, whose ends are moved to sixteenths or triplets; at least one step.

    Args:
        onset: snapped onsets.
        end: exact ends, in steps.
    """
    steps = np.rint(end).astype(np.int64)
    place = steps % STEPS_PER_QUARTER
    return np.maximum(1, steps - place + _NEAREST[place] - onset)
