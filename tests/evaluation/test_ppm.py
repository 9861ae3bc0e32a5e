from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.evaluation.ppm import START, ContextTree, Text, combine, relative_entropy

SIZE = 4
PIECES = st.lists(st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=30), min_size=1, max_size=4)


def text_of(pieces: list[list[int]]) -> tuple[Text, list[tuple[int, int]]]:
    """A text of bare notes, and its events with their values."""
    notes: list[int] = []
    events = []
    for piece in pieces:
        notes.append(START)
        events += list(enumerate(piece, start=len(notes)))
        notes += piece
    return Text(notes, [()] * len(notes)), events


def fitted(pieces: list[list[int]], **settings: object) -> tuple[ContextTree, Text, list[tuple[int, int]]]:
    text, events = text_of(pieces)
    tree = ContextTree(text, SIZE, **settings)  # type: ignore[arg-type]
    for event, value in events:
        tree.add(event, value)
    return tree, text, events


def context(text: Text, event: int) -> list[int]:
    """All symbols of the context of an event, the nearest first."""
    out = []
    while (symbol := text.symbol(event, len(out))) is not None:
        out.append(symbol)
    return out


def naive(
    text: Text, events: list[tuple[int, int]], event: int, raw_longest: bool, max_order: int | None
) -> np.ndarray:
    """The definition without a tree: the contexts of all events are compared with that of this one."""
    p, here = np.full(SIZE, 1 / SIZE), context(text, event)
    path = []
    for order in range(len(here) + 1 if max_order is None else min(len(here), max_order) + 1):
        matching = [(c, v) for e, v in events if (c := context(text, e))[:order] == here[:order] and len(c) >= order]
        if not matching:
            break
        path.append((order, matching))
        if len({v for _, v in matching}) == 1:
            break
    for order, matching in path:
        if order == max_order or (raw_longest and order == path[-1][0]):
            counts = Counter(v for _, v in matching)
        else:
            counts = Counter(v for _, v in {(tuple(c[order : order + 1]), v) for c, v in matching})
        seen, distinct = sum(counts.values()), len(counts)
        p = np.array([(counts[v] + distinct * p[v]) / (seen + distinct) for v in range(SIZE)])
    return p


def test_by_hand() -> None:
    """After 0 1 0 2 0: 0 has come after the start and after 1, so it counts twice; 1 and 2 once, each after 0."""
    text, events = text_of([[0, 1, 0, 2, 0]])
    tree = ContextTree(text, SIZE)
    for event, value in events[:4]:
        tree.add(event, value)
    after_nothing = (np.array([2, 1, 1, 0]) + 3 / 4) / (4 + 3)
    after_0 = (np.array([0, 1, 1, 0]) + 2 * after_nothing) / (2 + 2)
    text.notes.append(3)
    text.heads.append(())
    assert tree.predict(6) == pytest.approx(after_0)
    after_1 = (np.array([1, 0, 0, 0]) + after_nothing) / (1 + 1)
    assert tree.predict(3) == pytest.approx(after_1)


@given(PIECES, st.booleans(), st.sampled_from([None, 0, 1, 2, 5]))
def test_the_tree_gives_the_probabilities_of_the_definition(
    pieces: list[list[int]], raw_longest: bool, max_order: int | None
) -> None:
    tree, text, events = fitted(pieces, raw_longest=raw_longest, max_order=max_order)
    for event, _ in events[::3]:
        assert tree.predict(event) == pytest.approx(naive(text, events, event, raw_longest, max_order))


@given(PIECES, st.booleans())
def test_probabilities_sum_to_1_and_none_is_0(pieces: list[list[int]], raw_longest: bool) -> None:
    tree, _, events = fitted(pieces, raw_longest=raw_longest)
    for event, _ in events:
        p = tree.predict(event)
        assert p.sum() == pytest.approx(1)
        assert (p > 0).all()


def test_an_empty_tree_is_uniform() -> None:
    text, events = text_of([[1, 2]])
    assert ContextTree(text, SIZE).predict(events[1][0]) == pytest.approx([0.25] * 4)


def test_a_repeated_phrase_has_fewer_and_fewer_bits() -> None:
    phrase = [0, 3, 1, 2, 2, 1, 3, 3, 0, 1]
    text, events = text_of([phrase * 6])
    tree = ContextTree(text, SIZE, raw_longest=True)
    bits = []
    for event, value in events:
        bits.append(-math.log2(tree.predict(event)[value]))
        tree.add(event, value)
    assert sum(bits[-10:]) < 0.6 * sum(bits[10:20]) < 0.6 * sum(bits[:10])


def test_contexts_end_at_the_start_of_the_piece() -> None:
    text, _ = text_of([[0, 1], [2, 3]])
    assert context(text, 5) == [2, START]
    assert context(text, 1) == [START]


def test_the_head_comes_before_the_notes() -> None:
    text = Text([START, 5, 6], [(), (8, 9), (7,)])
    assert context(text, 1) == [8, 9, START]
    assert context(text, 2) == [7, 5, START]


def test_the_more_certain_of_two_has_more_weight() -> None:
    sure, unsure = np.array([0.97, 0.01, 0.01, 0.01]), np.array([0.1, 0.3, 0.3, 0.3])
    both = combine([sure, unsure])
    assert both.sum() == pytest.approx(1)
    assert both[0] > combine([sure, unsure], bias=0)[0] > unsure[0]
    assert combine([sure]) == pytest.approx(sure)
    assert combine([unsure, unsure]) == pytest.approx(unsure)


def test_relative_entropy() -> None:
    assert relative_entropy(np.full(8, 1 / 8)) == pytest.approx(1)
    assert relative_entropy(np.array([0.5, 0.5 - 1e-15, 1e-15, 1e-15])) == pytest.approx(0.5, abs=1e-9)
    assert relative_entropy(np.ones(1)) == 0
