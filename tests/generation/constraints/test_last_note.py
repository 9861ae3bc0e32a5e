"""A melody arrives at its last note exactly, and only from where the shifts of the vocabulary lead there."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.generation.constraints.base import State
from melodyrnn.generation.constraints.last_note import LastNote, LastNotes, RoomToLastNote, most_notes
from melodyrnn.music.meter import Meter

SHIFTS, DURATIONS = (0, 3, 4, 10), (3, 4, 8)


@pytest.fixture
def vocabulary() -> Vocabulary:
    values = {"shift": SHIFTS, "duration": DURATIONS, "pitch": (60,)}
    return Vocabulary(values, (Meter(4, 4),), 48, {"major": 1}, {4: 1})


def last(*onset: int, length: int = 8) -> LastNotes:
    column = np.array([[one] for one in onset])
    return LastNotes(column, column + length)


def test_the_most_notes_are_those_of_the_longest_sequence_of_shifts(vocabulary: Vocabulary) -> None:
    sequences = [shifts for size in range(5) for shifts in product(SHIFTS[1:], repeat=size)]
    expected = [max((len(s) + 1 for s in sequences if sum(s) == steps), default=0) for steps in range(13)]
    assert expected == [1, 0, 0, 2, 2, 0, 3, 3, 3, 4, 4, 4, 5]
    assert most_notes(vocabulary, 12).tolist() == expected


def test_nothing_fits_where_the_last_note_cannot_be_reached(vocabulary: Vocabulary) -> None:
    room = RoomToLastNote(vocabulary, np.array([[48], [48]]), last(12, 24))
    onset = np.array([[7, 10, 12, 15]])
    assert room.fits_from(onset)[0].tolist() == [0, 0, 1, 0]  # 5 and 2 steps lead nowhere
    assert room.must_follow(np.array([[11], [24]])).tolist() == [[1], [0]]


def test_after_a_note_its_length_and_the_shifts_decide(vocabulary: Vocabulary) -> None:
    room = RoomToLastNote(vocabulary, np.array([[48]]), last(20))
    assert room.after(np.array([[10]]), np.array([[3]])).tolist() == [
        [int(most_notes(vocabulary, 10)[[7, 6, 0]].max())]
    ]
    assert room.after(np.array([[10]]), np.array([[8]])).tolist() == [[1]]  # 10 steps, to the last note
    assert room.after(np.array([[12]]), np.array([[8]])).tolist() == [[0]]


def test_the_last_note_has_its_length_and_is_needed_until_then() -> None:
    constraint, state = LastNote(last(24, 36)), State.empty(2, 48)
    needs = constraint.needs(state)
    assert needs is not None
    assert np.all(needs == 1)
    state.onset = np.array([[24], [24]])
    state.end = state.onset + np.array([[3, 4, 8]])
    allowed = constraint.allowed("duration", state)
    assert allowed is not None
    assert allowed.tolist() == [[False, False, True], [True, True, True]]
    state.take(state.onset, state.onset + 8, np.array([[60], [60]]), np.arange(2))
    needs = constraint.needs(state)
    assert needs is not None
    assert needs.tolist() == [[0], [1]]
