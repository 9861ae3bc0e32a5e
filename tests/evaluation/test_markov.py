from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.evaluation.markov import MarkovModel, _observations
from melodyrnn.events.context import context_of
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.score.score import Score

END = 2
CHAIN = [np.array([[0], [1], [0], [END]])]


def bits(*rows: int) -> float:
    return MarkovModel(CHAIN, [3]).bits_per_note([np.array([[row] for row in rows])])


def test_by_hand() -> None:
    """Method C over 0 1 0 END: the shortest context has counted 0 twice, 1 once, END once."""
    p0 = (2 + 3 * 1 / 3) / (4 + 3)
    p1 = (1 + 3 * 1 / 3) / (4 + 3)
    start = (1 + (1 + p0) / 2) / 2  # the first note, after nothing twice: 0 alone was seen
    assert bits(0, END) == pytest.approx(-math.log2(start))
    after_nothing_0 = (1 + (1 + 2 * p1) / (2 + 2)) / 2  # after 0 came 1 and END; after nothing, 0 came 1
    assert bits(0, 1, END) == pytest.approx((-math.log2(start) - math.log2(after_nothing_0)) / 2)


def test_end_is_learned_but_not_scored() -> None:
    assert bits(0, 1, 0, END) == bits(0, 1, 0, 1)  # the last row is taken for END


def test_a_value_that_never_occurred_has_a_probability() -> None:
    assert math.isfinite(bits(1, 1, 1, 1, END))


def test_an_empty_model_is_uniform() -> None:
    assert MarkovModel([], [4, 8]).bits_per_note([np.array([[0, 0], [3, 7], [3, 0]])]) == pytest.approx(5)


def test_no_notes() -> None:
    assert bits(END) == 0


def test_probabilities_sum_to_1(real_tunes: list[Score], fit: Callable[..., Vocabulary]) -> None:
    vocabulary = fit(real_tunes)
    sizes = [vocabulary.size(field) for field in vocabulary.fields]
    _, targets = context_of(real_tunes, vocabulary)
    model = MarkovModel(targets[:10], sizes)
    for target in targets[::6]:  # pieces of the training and others
        for place, size in enumerate(sizes):
            for _, contexts in _observations(target[:-1], place)[::17]:
                assert sum(model._probability(place, v, contexts) for v in range(size)) == pytest.approx(1)


def test_real_tunes_are_far_from_uniform(real_tunes: list[Score], fit: Callable[..., Vocabulary]) -> None:
    vocabulary = fit(real_tunes)
    sizes = [vocabulary.size(field) for field in vocabulary.fields]
    _, targets = context_of(real_tunes, vocabulary)
    model = MarkovModel(targets[:15], sizes)
    uniform = sum(math.log2(size) for size in sizes)
    assert model.bits_per_note(targets[:15]) < model.bits_per_note(targets[15:]) < 0.6 * uniform


def test_earlier_fields_of_the_note_are_used() -> None:
    """A second field that is equal to the first has almost no bits."""
    rng = np.random.default_rng(0)
    same = [np.repeat(rng.integers(0, 8, (300, 1)), 2, axis=1)]
    free = [np.stack([same[0][:, 0], rng.integers(0, 8, 300)], axis=1)]
    assert MarkovModel(same, [9, 8]).bits_per_note(same) < MarkovModel(free, [9, 8]).bits_per_note(free) - 0.5
