"""Draws follow the theory: proportions, temperature, masks, streams."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.errors import SettingError
from melodyrnn.generation.sampling import check_temperature, draw, sharpen, streams

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


@pytest.mark.parametrize("temperature", [-1.0, float("nan"), float("inf")])
def test_bad_temperatures_are_refused(temperature):
    with pytest.raises(SettingError, match=f"temperature must be >= 0. Received: {temperature}"):
        check_temperature(temperature)


def test_a_piece_has_its_own_stream():
    np.testing.assert_array_equal(streams(3, 2, 5), streams(3, 9, 5)[:2])
    assert not np.array_equal(streams(3, 1, 5), streams(4, 1, 5))
    assert len(np.unique(streams(3, 50, 5))) == 250
