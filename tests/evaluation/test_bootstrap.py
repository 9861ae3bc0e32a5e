from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.evaluation.bootstrap import ratio_interval


def interval(amounts: list[float], counts: list[int], seed: int = 0) -> tuple[float, float]:
    return ratio_interval(amounts, counts, np.random.default_rng(seed))


def test_the_interval_of_equal_pieces_has_no_width() -> None:
    assert interval([2.0, 4.0, 6.0], [1, 2, 3]) == pytest.approx((2, 2))


def test_the_interval_contains_the_figure_and_is_narrower_with_more_pieces() -> None:
    rng = np.random.default_rng(1)
    few, many = rng.gamma(4, 0.5, 20), rng.gamma(4, 0.5, 500)
    widths = []
    for amounts in (few, many):
        low, high = interval(amounts.tolist(), [1] * len(amounts))
        assert low < amounts.mean() < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 3  # proportional to 1 / sqrt(number of pieces): a fifth


def test_the_width_is_that_of_a_normal_distribution() -> None:
    amounts = np.random.default_rng(2).normal(3, 1, 400)
    low, high = interval(amounts.tolist(), [1] * 400)
    assert high - low == pytest.approx(2 * 1.96 * amounts.std() / 20, rel=0.08)


def test_whole_pieces_are_drawn_and_not_notes() -> None:
    """A piece has the weight of all its notes, and is drawn or not as a whole."""
    low, high = interval([1000.0] + [1.0] * 9, [1000] + [10] * 9)
    assert low < 0.2
    assert high > 0.95


def test_a_seed_gives_the_same_interval() -> None:
    amounts = [1.0, 5.0, 2.0]
    assert interval(amounts, [1, 1, 1]) == interval(amounts, [1, 1, 1])
    assert interval([1.0, 5.0, 2.7, 3.1, 9.0], [1, 2, 3, 4, 5]) != interval(
        [1.0, 5.0, 2.7, 3.1, 9.0], [1, 2, 3, 4, 5], 1
    )
