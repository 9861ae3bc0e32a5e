"""Every bar has its number of notes, wherever they may stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.generation.constraints.bar_counts import ANY, BarCounts, RoomInBars
from melodyrnn.generation.constraints.base import State
from melodyrnn.generation.constraints.last_note import LastNotes
from melodyrnn.music.meter import Meter

BAR = 12


def vocabulary_of(*shifts: int) -> Vocabulary:
    values = {"shift": (0, *shifts), "duration": (1, 2), "pitch": (60,)}
    return Vocabulary(values, (Meter(1, 4),), BAR, {"major": 1}, {4: 1})


def last(*onset: int) -> LastNotes:
    column = np.array([[one] for one in onset])
    return LastNotes(column, column + 1)


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(0, 4), min_size=2, max_size=4),
    shifts=st.sets(st.sampled_from((1, 2, 3, 5, 7, 12, 20)), min_size=1),
    place=st.integers(0, BAR - 1),
    seed=st.integers(0, 99),
)
def test_what_is_allowed_leads_to_the_counts(counts: list[int], shifts: set[int], place: int, seed: int) -> None:
    """Any walk over allowed shifts ends on the last note with these counts, and one exists where it can begin."""
    counts[0], counts[-1] = max(1, counts[0]), max(1, counts[-1])
    target = (len(counts) - 1) * BAR + place
    known = vocabulary_of(*sorted(shifts))
    constraint = BarCounts(np.array([counts]), known, BAR, last(target))
    exists = bool(constraint.can_begin(np.zeros((1, 1), dtype=np.int64))[0, 0])
    assert exists == _reaches(0, 1, counts, sorted(shifts), target)
    if not exists:
        return
    state, rng, onsets = State.empty(1, BAR), np.random.default_rng(seed), [0]
    state.take(np.array([[0]]), np.array([[1]]), np.array([[60]]), np.arange(1))
    while (needs := constraint.needs(state)) is not None and needs.max() > 0:
        state.onset = state.last_onset + np.array([[0, *sorted(shifts)]])
        allowed = constraint.allowed("shift", state)
        assert allowed is not None
        allowed[0, 0] = False
        onset = int(rng.choice(state.onset[0][allowed[0]]))
        onsets.append(onset)
        state.take(np.array([[onset]]), np.array([[onset + 1]]), np.array([[60]]), np.arange(1))
    assert onsets[-1] == target
    assert np.bincount(np.array(onsets) // BAR, minlength=len(counts)).tolist() == counts


def _reaches(onset: int, number: int, counts: list[int], shifts: list[int], target: int) -> bool:
    """Whether notes from the number-th of its bar on can go on to the target, by trying all shifts."""
    bar = onset // BAR
    if onset > target or number > counts[bar]:
        return False
    if onset == target:
        return number == counts[bar]
    for shift in shifts:
        later = (onset + shift) // BAR
        if later == bar and _reaches(onset + shift, number + 1, counts, shifts, target):
            return True
        is_next = later < len(counts) and number == counts[bar] and not any(counts[bar + 1 : later])
        if later > bar and is_next and _reaches(onset + shift, 1, counts, shifts, target):
            return True
    return False


@pytest.mark.parametrize("notes", [1, 3, 9])
def test_a_pickup_of_many_notes_leads_into_bars_of_few(notes: int) -> None:
    constraint = BarCounts(np.array([[ANY, 1]]), vocabulary_of(1, 2), BAR, last(12))
    state = State.empty(1, BAR)
    for n in range(notes):
        state.take(np.array([[2 + n]]), np.array([[3 + n]]), np.array([[60]]), np.arange(1))
    state.onset = state.last_onset + np.array([[1, 2]])
    allowed = constraint.allowed("shift", state)
    assert allowed is not None
    assert allowed.tolist() == [[True, True]]
    assert constraint.can_begin(np.array([[0]])).all()


def test_notes_of_a_pickup_are_limited_by_its_bar() -> None:
    known, ends = vocabulary_of(1, 2), last(14)
    room = RoomInBars(known, 15, ends, BarCounts(np.array([[ANY, 2]]), known, BAR, ends))
    assert room.fits_from(np.arange(16)[None]).tolist() == [[*range(14, 2, -1), 2, 2, 1, 0]]
    known, ends = vocabulary_of(6, 12), last(18)  # notes on 0, 6, 12 and 18 alone
    room = RoomInBars(known, 19, ends, BarCounts(np.array([[ANY, 2]]), known, BAR, ends))
    assert room.fits_from(np.array([[0, 3, 6]])).tolist() == [[4, 0, 3]]


@pytest.mark.parametrize("notes", [1, 2, 5])
def test_the_bar_of_a_pickup_may_have_any_number(notes: int) -> None:
    constraint = BarCounts(np.array([[ANY, 2, 1]]), vocabulary_of(1, 2, 3, 6, 12), BAR, last(24))
    state = State.empty(1, BAR)
    needs = constraint.needs(state)
    assert needs is not None
    assert needs.tolist() == [[3]]
    for n in range(notes):
        state.take(np.array([[6 + n]]), np.array([[7 + n]]), np.array([[60]]), np.arange(1))
    needs, room = constraint.needs(state), constraint.room(state)
    assert needs is not None
    assert room is not None
    assert needs.tolist() == [[3]]
    assert room.tolist() == [[3 + BAR]]
    state.onset = np.array([[12, 13, 18, 23, 24]])
    allowed = constraint.allowed("shift", state)
    assert allowed is not None
    assert allowed.tolist() == [[True, False, True, False, False]]  # no bar is left out
