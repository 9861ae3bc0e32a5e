"""The pitches that a piece may end on, and how many notes it takes to reach one of them.

The number of notes is found by breadth-first search, backwards from the pitches to end on, over pitches that the
largest interval joins. Shapes: arrays over pitches have shape (128,).
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...music.units import NUM_PITCHES
from ..wishes import Wishes
from .base import Constraint, State
from .pitches import opening_pitches, sounding_pitches

UNREACHABLE = 10_000


def ending_pitches(wishes: Wishes) -> Bools:
    """Return the pitches that a melody may end on."""
    allowed, is_tonic = sounding_pitches(wishes), np.arange(NUM_PITCHES) % 12 == wishes.key.tonic
    if wishes.end == "open":
        return allowed & ~is_tonic
    if wishes.end in ("tonic", "close") or wishes.keep_key:
        return allowed & is_tonic
    return allowed


def notes_to_end(wishes: Wishes) -> IntArray:
    """Return for each pitch the fewest further notes before the melody may end; UNREACHABLE where it never can."""
    sounding, front = sounding_pitches(wishes), ending_pitches(wishes)
    distance = np.full(NUM_PITCHES, UNREACHABLE)
    distance[front] = 0
    steps = 0
    while front.any():
        steps += 1
        near = np.zeros(NUM_PITCHES, dtype=bool)
        for pitch in np.nonzero(front)[0].tolist():
            near[wishes.neighbours(pitch)] = True
        front = near & sounding & (distance == UNREACHABLE)
        distance[front] = steps
    return distance


def notes_needed(wishes: Wishes) -> IntArray:
    """Return `notes_to_end` also for pitches that are not allowed, such as the last pitch of a primer."""
    distance = notes_to_end(wishes)
    needed = distance.copy()
    for pitch in np.nonzero(~sounding_pitches(wishes))[0].tolist():
        needed[pitch] = 1 + distance[wishes.neighbours(pitch)].min()
    return needed


def notes_away(wishes: Wishes) -> IntArray:
    """Return for each pitch the fewest further notes before the melody may end if the next pitch is another one."""
    distance = notes_to_end(wishes)
    away = np.full(NUM_PITCHES, UNREACHABLE)
    for pitch in range(NUM_PITCHES):
        others = distance.copy()
        others[pitch] = UNREACHABLE
        away[pitch] = 1 + others[wishes.neighbours(pitch)].min()
    return away


class Ending(Constraint):
    """The last note has one of the pitches to end on."""

    def __init__(self, wishes: Wishes) -> None:
        self._needed = notes_needed(wishes)
        openings = opening_pitches(wishes)
        self._from_nothing = np.array([[notes_to_end(wishes)[openings].min(initial=UNREACHABLE) + 1]])

    def needs(self, state: State) -> IntArray | None:
        return self._from_nothing if state.first else self._needed[state.last_pitch]
