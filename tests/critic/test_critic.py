"""The arithmetic of a critic: its judges by length, values in standard deviations, n-grams by how rare they are."""

from __future__ import annotations

import numpy as np
import pytest
from critics import judge

from melodyrnn.critic.critic import NUM_HASHES, Critic, frequencies, hashed, standard


def test_the_judge_of_the_most_bars_that_a_melody_has() -> None:
    critic = Critic((judge(8), judge(16)))
    found = [critic.judge_of(num_bars) for num_bars in (7, 8, 15, 16, 300)]
    assert [None if one is None else one.num_bars for one in found] == [None, 8, 8, 16, 16]
    assert bool(critic)
    assert "8 and 16 bars" in repr(critic)
    assert not Critic()
    assert Critic().judge_of(16) is None


def test_values_are_in_standard_deviations_and_cut() -> None:
    table = np.array([[1.0, np.nan, 100.0], [5.0, 2.0, -100.0]])
    found = standard(table, np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 1.0]))
    np.testing.assert_array_equal(found, [[0, 0, 3], [2, 0, -3]])


def test_frequencies_have_length_1_and_rare_words_weigh_more() -> None:
    rarity = np.ones(NUM_HASHES)
    rarity[7] = 2.0
    counts = np.zeros((2, NUM_HASHES))
    counts[0, [3, 7]] = 1
    found = frequencies(counts, rarity)
    assert found[0] @ found[0] == pytest.approx(1)
    assert found[0, 7] == pytest.approx(2 * found[0, 3])
    assert not found[1].any()


def test_words_are_counted_alike_everywhere() -> None:
    """The places are part of the file format."""
    counts = hashed(["step (0, 12)", "pitch (60,)", "pitch (60,)"])
    assert counts.sum() == 3
    assert np.flatnonzero(counts).tolist() == [1146, 11130]
    assert counts[counts > 0].tolist() == [1, 2]


def test_logits_add_values_and_ngrams() -> None:
    own = judge(8)
    table = np.zeros((2, len(own.names)))
    counts = np.zeros((2, NUM_HASHES))
    table[1, 0], counts[1, 5] = 1.0, 2.0
    same, moved = own.logits(table, counts)
    assert same == pytest.approx(own.bias)
    assert moved == pytest.approx(own.bias + own.weights[0] + own.ngram_weights[5])
