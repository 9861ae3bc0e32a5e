"""The n-grams of the piece so far are counted in contexts of each length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from note_rows import FIELDS, SIZES, rows

from melodyrnn.arrays import IntArray
from melodyrnn.ngrams.memory import MAX_MATCH, Memory
from melodyrnn.ngrams.views import VIEWS, View


def matched(values: list[int | None], one: int, other: int) -> int:
    """How many of the values before two notes are equal, counted from the nearest."""
    length = 0
    while length < min(one, other) and values[one - 1 - length] == values[other - 1 - length]:
        length += 1
    return length


def expected(view: View, piece: IntArray) -> np.ndarray:
    """The counts for the last note of a piece."""
    place, n = FIELDS.index(view.field), len(piece) - 1
    pitch = piece[:, place].tolist()
    values = [None, *np.diff(pitch).tolist()] if view.is_interval else pitch
    given_at = piece[:, [FIELDS.index(name) for name in view.given]].tolist()
    counts = np.zeros((MAX_MATCH + 1, SIZES[view.field]))
    for j in range(int(view.is_interval), n):
        index = values[j] + (pitch[n - 1] if view.is_interval else 0)
        if given_at[j] == given_at[n] and 0 <= index < SIZES[view.field]:
            counts[: min(matched(values, j, n), MAX_MATCH) + 1, index] += 1
    return counts


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@given(st.lists(rows(3, 14), min_size=1, max_size=3))
def test_each_earlier_note_counts_in_the_contexts_that_it_shares(view: View, pieces: list[IntArray]) -> None:
    length = min(map(len, pieces))
    batch = np.stack([piece[:length] for piece in pieces])
    memory = Memory(view, FIELDS, len(batch), length)
    for n in range(length):
        for chosen in (np.arange(len(batch)), np.array([len(batch) - 1])):
            found = memory.counted(chosen, memory.agreeing(batch[chosen, n]), SIZES[view.field])
            for counts, piece in zip(found, batch[chosen], strict=True):
                assert (counts == expected(view, piece[: n + 1])).all()
        memory.append(batch[:, n])
