"""The interval into the last note and the pitch class before it are preferred, and nothing else is touched."""

from __future__ import annotations

import numpy as np

from melodyrnn.generation.constraints.approach import Approach
from melodyrnn.generation.constraints.base import State
from melodyrnn.generation.constraints.last_note import LastNotes

LAST = LastNotes(np.array([[24], [24]]), np.array([[36], [36]]))
PITCHES = np.arange(128)[None]


def preferred(approach: Approach, onset: int, end: int) -> list[set[int]]:
    """The pitches that each melody prefers, whose last notes are 62 and 69."""
    state = State.empty(2, 48)
    state.first, state.last_pitch = False, np.array([[62], [69]])
    state.onset, state.end = np.full((2, 1), onset), np.full((2, 1), end)
    state.pitch = PITCHES
    found = approach.preferred("pitch", state)
    assert found is not None
    return [set(np.flatnonzero(row).tolist()) for row in np.broadcast_to(found, (2, 128))]


def test_the_last_note_comes_by_its_interval_from_the_right_class() -> None:
    approach = Approach(LAST, np.array([[-2], [7]]), np.array([[2], [-1]]))
    everything = set(range(128))
    assert preferred(approach, 0, 12) == [everything, everything]
    assert preferred(approach, 12, 20) == [everything, everything]  # another may follow before the last
    assert preferred(approach, 12, 24) == [set(range(2, 128, 12)), everything]
    assert preferred(approach, 24, 36) == [{60}, {76}]
    assert approach.preferred("duration", State.empty(2, 48)) is None


def test_a_single_note_has_no_interval() -> None:
    state = State.empty(2, 48)
    state.onset, state.end, state.pitch = np.full((2, 1), 24), np.full((2, 1), 36), PITCHES
    found = Approach(LAST, np.array([[0], [0]]), np.array([[0], [0]])).preferred("pitch", state)
    assert found is not None
    assert found.all()
