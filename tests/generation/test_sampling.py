"""Draws follow the theory: proportions, temperature, masks, streams."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.errors import SettingError
from melodyrnn.generation.sampling import Sampling, draw, sharpen, streams

P = np.array([0.5, 0.25, 0.125, 0.125])


def _frequencies(temperature, allowed=None, num=40_000):
    rows = np.repeat(P[None], num, axis=0)
    mask = np.ones_like(rows, bool) if allowed is None else np.repeat(np.array(allowed)[None], num, axis=0)
    uniform = np.random.default_rng(0).random(num)
    return np.bincount(draw(sharpen(rows, temperature, mask), uniform), minlength=4) / num


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_frequencies_match_the_theory(temperature):
    theory = P ** (1 / temperature) / (P ** (1 / temperature)).sum()
    # five standard errors of a proportion
    np.testing.assert_allclose(_frequencies(temperature), theory, atol=5 * 0.5 / 200)


def test_a_mask_keeps_the_proportions_among_what_is_allowed():
    found = _frequencies(1.0, [False, True, False, True])
    np.testing.assert_allclose(found, [0, 2 / 3, 0, 1 / 3], atol=5 * 0.5 / 200)
    assert found[0] == found[2] == 0


def test_temperature_zero_takes_the_likeliest_and_the_first_of_equals():
    assert _frequencies(0.0)[0] == 1
    assert _frequencies(0.0, [False, False, True, True])[2] == 1


def test_a_row_that_allows_nothing_is_refused():
    with pytest.raises(SettingError, match=r"must leave a value for every field of a note\. Received: wishes that no"):
        sharpen(np.array([[0.5, 0.5], [0.5, 0.5]]), 1.0, np.array([[True, False], [False, False]]))


def test_where_the_network_gives_nothing_the_allowed_are_equal():
    p = sharpen(np.array([[1.0, 0.0, 0.0]]), 1.0, np.array([[False, True, True]]))
    np.testing.assert_allclose(p, [[0, 0.5, 0.5]])


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True), st.integers(0, 2**32 - 1), st.sampled_from([0, 0.3, 1, 3]))
@settings(max_examples=100, deadline=None)
def test_never_a_value_that_is_not_allowed(size, uniform, seed, temperature):
    rng = np.random.default_rng(seed)
    p = rng.random((1, size)) * (rng.random((1, size)) < 0.7)
    allowed = rng.random((1, size)) < 0.5
    allowed[0, rng.integers(size)] = True
    value = draw(sharpen(p, temperature, allowed), np.array([uniform]))[0]
    assert allowed[0, value]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"temperature": -1.0}, r"temperature must be >= 0. Received: -1.0"),
        ({"temperature": float("nan")}, r"temperature must be >= 0. Received: nan"),
        ({"rhythm_temperature": float("inf")}, r"rhythm_temperature must be >= 0. Received: inf"),
        ({"top_k": 0}, r"top_k must be >= 1. Received: 0"),
        ({"top_p": 0.0}, r"top_p must be over 0 and at most 1. Received: 0.0"),
        ({"min_p": 1.5}, r"min_p must be from 0 to 1. Received: 1.5"),
    ],
)
def test_bad_settings_are_refused(setting, message):
    with pytest.raises(SettingError, match=message):
        Sampling(**setting)


def _shaped(allowed=None, name="pitch", **settings):
    mask = np.ones((1, 4), bool) if allowed is None else np.array([allowed])
    return Sampling(**settings).shape(name, P[None], mask)[0]


def test_truncations_keep_the_proportions_of_what_stays():
    np.testing.assert_allclose(_shaped(top_k=2), [2 / 3, 1 / 3, 0, 0])
    np.testing.assert_allclose(_shaped(top_k=3), np.array([4, 2, 1, 0]) / 7)  # of equals the first
    np.testing.assert_allclose(_shaped(top_p=0.5), [1, 0, 0, 0])
    np.testing.assert_allclose(_shaped(top_p=0.51), [2 / 3, 1 / 3, 0, 0])
    np.testing.assert_allclose(_shaped(top_p=1.0), P)
    np.testing.assert_allclose(_shaped(min_p=0.5), [2 / 3, 1 / 3, 0, 0])
    np.testing.assert_allclose(_shaped(min_p=0.0), P)


def test_truncations_combine_with_mask_and_temperature():
    # mask leaves 1/2, 1/4, 1/4; temperature 1/2 squares: 4/6, 1/6, 1/6; top-k 2: 4/5, 1/5
    allowed = [False, True, True, True]
    np.testing.assert_allclose(_shaped(allowed, temperature=0.5, top_k=2), [0, 0.8, 0.2, 0])
    np.testing.assert_allclose(_shaped(allowed, temperature=0.5, top_k=2, min_p=0.5), [0, 1, 0, 0])
    np.testing.assert_allclose(_shaped(allowed, top_p=0.6), [0, 2 / 3, 1 / 3, 0])


def test_rhythm_has_a_temperature_of_its_own():
    for name, expected in (("shift", 0.0), ("duration", 0.0), ("pitch", 1.0), ("velocity", 1.0)):
        assert Sampling(rhythm_temperature=0.0).of_field(name) == expected
    assert Sampling(temperature=0.7).of_field("shift") == 0.7


def test_a_piece_has_its_own_stream():
    np.testing.assert_array_equal(streams(3, range(2), 5), streams(3, range(9), 5)[:2])
    np.testing.assert_array_equal(streams(3, [7], 5), streams(3, range(9), 5)[7:8])
    assert not np.array_equal(streams(3, [0], 5), streams(4, [0], 5))
    assert len(np.unique(streams(3, range(50), 5))) == 250
