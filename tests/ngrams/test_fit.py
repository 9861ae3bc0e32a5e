"""The weights of experts are those under which given notes are likeliest, near the usual ones where there are few."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.ngrams.fit import USUAL, fit_weights
from melodyrnn.ngrams.ngrams import mixed
from melodyrnn.ngrams.views import views_of

PRIOR = (0.5, 0.2, 0.2)


def drawn(num_notes: int, weights: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distributions of a network and of two experts, and values drawn from their mixture by weights."""
    rng = np.random.default_rng(1)
    p, *experts = (rng.dirichlet(np.ones(6), num_notes) for _ in range(3))
    own = mixed(p, np.stack(experts), weights)
    values = (own.cumsum(axis=1) < rng.random(num_notes)[:, None]).sum(axis=1)
    return p, np.stack(experts), np.minimum(values, 5)


@pytest.mark.parametrize("weights", [(1.0, 0.0, 0.0), (0.3, 0.6, 0.1), (0.9, -0.2, 0.4)])
def test_the_weights_that_values_were_drawn_by_are_found(weights: tuple[float, ...]) -> None:
    assert fit_weights(*drawn(20_000, weights), PRIOR) == pytest.approx(weights, abs=0.05)


def test_no_other_weights_make_the_values_likelier() -> None:
    p, experts, values = drawn(5000, (0.4, 0.3, 0.2))
    found = np.array(fit_weights(p, experts, values, PRIOR))

    def score(weights: np.ndarray) -> float:
        likely = np.log(mixed(p, experts, tuple(weights))[np.arange(len(values)), values]).sum()
        return float(likely - 25 * ((weights - PRIOR) ** 2).sum())

    for step in 0.02 * np.concatenate([np.eye(3), -np.eye(3)]):
        assert score(found + step) < score(found)


def test_a_few_notes_move_the_weights_little() -> None:
    few, many = (np.array(fit_weights(*drawn(n, (1.2, 0.0, 0.0)), PRIOR)) - PRIOR for n in (5, 5000))
    assert 0 < np.abs(few).max() < 0.25 * np.abs(many).max()


def test_the_usual_weights_are_those_of_all_experts() -> None:
    assert all(len(weights) == 1 + 2 * len(views_of(name)) for name, weights in USUAL.items())
