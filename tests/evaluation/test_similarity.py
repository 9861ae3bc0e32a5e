from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.evaluation.similarity import (
    compare_samples,
    compare_sets,
    density,
    inter_distances,
    intra_distances,
    scott,
)


def draw(seed: int, size: int, mean: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 1, size)


@pytest.fixture
def kde() -> Callable:
    """The kernel density estimate of SciPy."""
    return pytest.importorskip("scipy.stats").gaussian_kde


@pytest.mark.parametrize("size", [5, 50, 3000])
def test_densities_are_those_of_scipy(kde: Callable, size: int) -> None:
    sample = np.random.default_rng(size).gamma(2, 1.5, size)
    reference = kde(sample)
    bandwidth = scott(sample)
    assert bandwidth == pytest.approx(float(np.sqrt(reference.covariance[0, 0])))
    low, high = sample.min() - 4 * bandwidth, sample.max() + 4 * bandwidth
    found, step = density(sample, low, high, bandwidth)
    expected = reference(np.linspace(low, high, len(found)))
    assert found == pytest.approx(expected, abs=2e-3 * expected.max())
    assert found.sum() * step == pytest.approx(1, abs=1e-3)


def test_overlap_and_divergence_are_those_of_scipy(kde: Callable) -> None:
    one, other = draw(0, 400), draw(1, 300, mean=0.7)
    bandwidth = scott(one)
    grid = np.linspace(-8, 8, 8001)
    p, q = (kde(s, bandwidth / s.std(ddof=1))(grid) for s in (one, other))
    found = compare_samples(one, other, bandwidth)
    assert found.overlap == pytest.approx(np.minimum(p, q).sum() * (grid[1] - grid[0]), abs=1e-3)
    inside = p > 1e-9
    rates = np.where(inside, p * np.log(np.maximum(p, 1e-10) / np.maximum(q, 1e-10)), 0)
    assert found.divergence == pytest.approx(rates.sum() * (grid[1] - grid[0]), abs=5e-3)


def test_overlap_falls_and_divergence_grows_with_the_difference() -> None:
    real = draw(0, 200)
    assert compare_sets(real, real).overlap > 0.97
    alike, shifted, apart = (compare_sets(real, draw(1, 200, mean)) for mean in (0, 1.5, 50))
    assert 0.9 < alike.overlap <= 1
    assert alike.overlap > shifted.overlap > apart.overlap
    assert apart.overlap < 0.01
    assert alike.divergence < shifted.divergence < apart.divergence


def test_a_set_with_too_little_spread_has_low_overlap() -> None:
    """A set whose pieces are all close to the mean is not similar to the real one."""
    real = draw(0, 300)
    assert compare_sets(real, 0.05 * draw(1, 300)).overlap < 0.85


def test_distances() -> None:
    assert sorted(intra_distances(np.array([1.0, 4.0, 6.0]))) == [2, 3, 5]
    assert sorted(inter_distances(np.array([1.0, 4.0]), np.array([0.0, 5.0]))) == [1, 1, 4, 4]


def test_sets_of_one_value() -> None:
    same = np.ones(20)
    assert compare_sets(same, same).overlap == pytest.approx(1)
    assert compare_sets(same, same).divergence == pytest.approx(0)
    assert compare_sets(same, same + 1).overlap < 0.01
    assert compare_sets(np.zeros(20), np.zeros(20)).overlap == pytest.approx(1)


def test_sets_of_different_sizes_and_equal_distribution_overlap() -> None:
    """With a bandwidth for each set, the overlap would be smaller where many values are equal."""
    real = np.repeat([0.0, 1.0], [80, 20])
    assert compare_sets(real, np.tile(real, 10)).overlap > 0.98
