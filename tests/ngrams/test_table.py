"""The n-grams of pieces are counted in contexts of each length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from note_rows import FIELDS, SIZES, rows

from melodyrnn.arrays import IntArray
from melodyrnn.ngrams.memory import Memory
from melodyrnn.ngrams.table import ORDER, Table
from melodyrnn.ngrams.views import VIEWS, View

PITCH, INTERVAL = (next(view for view in VIEWS if view.name == name) for name in ("pitch", "interval"))


def counts_at(table: Table, view: View, piece: IntArray, n: int) -> np.ndarray:
    """The counts for note n of a piece."""
    memory = Memory(view, FIELDS, 1, len(piece))
    for row in piece[:n]:
        memory.append(row[None])
    first = np.arange(1)
    context = memory.context(first, memory.agreeing(piece[n : n + 1]))
    return table.counted(context, memory.offset, SIZES[view.field])[0]


def described(view: View, piece: IntArray, n: int) -> tuple[tuple[int, ...], tuple[int | None, ...], int | None]:
    """What agrees, the last symbols, nearest first, and the value at a note; None before the first note."""
    pitch = piece[:, FIELDS.index(view.field)].tolist()
    values = [None, *np.diff(pitch).tolist()] if view.is_interval else pitch
    before = [values[n - k] if n - k >= 0 else None for k in range(1, ORDER + 1)]
    return tuple(piece[n, FIELDS.index(name)] for name in view.given), tuple(before), values[n]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@given(st.lists(rows(), min_size=1, max_size=4), rows(2))
def test_a_value_counts_once_for_each_longer_context(view: View, pieces: list[IntArray], piece: IntArray) -> None:
    table = Table.of(view, pieces, FIELDS)
    every = [described(view, own, n) for own in pieces for n in range(int(view.is_interval), len(own))]
    n = len(piece) - 1
    agreeing, before, _ = described(view, piece, n)
    lowest = piece[n - 1, FIELDS.index(view.field)] if view.is_interval else 0
    expected = np.zeros((ORDER + 1, SIZES[view.field]))
    for order in range(ORDER + 1):
        same = [one for one in every if one[0] == agreeing and one[1][:order] == before[:order]]
        longer = same if order == ORDER else {(one[1][: order + 1], one[2]) for one in same}
        for *_, value in longer:
            if 0 <= value + lowest < SIZES[view.field]:
                expected[order, value + lowest] += 1
    assert (counts_at(table, view, piece, n) == expected).all()


def test_the_first_note_has_no_interval() -> None:
    piece = np.array([[0, 0, 2], [0, 0, 3], [0, 0, 2]])
    table = Table.of(INTERVAL, [piece, piece], FIELDS)
    assert not counts_at(table, INTERVAL, piece, 0).any()
    assert counts_at(table, INTERVAL, piece, 1)[ORDER].tolist() == [0, 0, 0, 2]


def test_notes_count_where_shift_and_duration_agree() -> None:
    piece = np.array([[0, 0, 2], [0, 1, 3]])
    table = Table.of(PITCH, [piece], FIELDS)
    assert counts_at(table, PITCH, np.array([[0, 1, 0]]), 0)[0].tolist() == [0, 0, 0, 1]
    assert not counts_at(table, PITCH, np.array([[1, 1, 0]]), 0).any()
