"""A full close: the last note is the tonic, and comes by step or from the dominant.

Shapes: arrays over pitches have shape (128,).
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...music.units import NUM_PITCHES
from ..wishes import Wishes
from .base import Constraint, State
from .ending import UNREACHABLE, ending_pitches
from .last_note import LastNotes
from .pitches import opening_pitches, sounding_pitches

_STEP, _DOMINANT, _LARGEST_LEAP = 2, 7, 7  # semitones: the largest step; above the tonic; from the dominant


def closes(wishes: Wishes) -> Bools:
    """Return which pitch (first axis) leads into which last one (second axis) of a full close, (128, 128)."""
    before, last = np.arange(NUM_PITCHES)[:, None], np.arange(NUM_PITCHES)[None]
    size = np.abs(before - last)
    is_step = (size > 0) & (size <= _STEP)
    from_dominant = ((before - wishes.key.tonic) % 12 == _DOMINANT) & (size <= _LARGEST_LEAP)
    within = size <= (wishes.max_interval or NUM_PITCHES)
    sounding = sounding_pitches(wishes)[:, None]
    return (is_step | from_dominant) & within & sounding & ending_pitches(wishes)[None]


def notes_to_close(wishes: Wishes) -> IntArray:
    """Return for each pitch the fewest further notes that make a full close, at least 1; UNREACHABLE for none.

    Pitches that are not allowed, such as the last one of a primer, have theirs too.
    """
    sounding, distance = sounding_pitches(wishes), np.full(NUM_PITCHES, UNREACHABLE)
    front = closes(wishes).any(axis=1)
    distance[front] = 1
    steps = 1
    while front.any():
        steps += 1
        near = np.zeros(NUM_PITCHES, dtype=bool)
        for pitch in np.nonzero(front & sounding)[0].tolist():
            near[wishes.neighbours(pitch)] = True
        front = near & (distance == UNREACHABLE)
        distance[front] = steps
    return distance


class Close(Constraint):
    """The last note of each melody closes it; `last` says where it is."""

    def __init__(self, wishes: Wishes, last: LastNotes) -> None:
        self._closes, self._last = closes(wishes), last
        self._needed = notes_to_close(wishes)
        openings = opening_pitches(wishes)
        self._from_nothing = np.array([[self._needed[openings].min(initial=UNREACHABLE) + 1]])

    def allowed(self, field: str, state: State) -> Bools | None:
        if field != "pitch":
            return None
        return (state.onset != self._last.onset) | self._closes[state.last_pitch, state.pitch]

    def needs(self, state: State) -> IntArray | None:
        if state.first:
            return self._from_nothing
        return np.where(state.last_onset < self._last.onset, self._needed[state.last_pitch], 0)
