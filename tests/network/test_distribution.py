"""A distribution mixes what the network predicts with the candidates of the look-backs, by the gates."""

from __future__ import annotations

import numpy as np

from melodyrnn.network.distribution import Distribution, softmax


def test_candidates_get_the_share_of_their_gates() -> None:
    logits = np.log(np.array([[1, 1, 2], [4, 2, 2]], dtype=np.float32))
    gates = np.array([[0.4, 0.5, 0.1], [0.2, 0.3, 0.5]], dtype=np.float32)
    candidates = np.array([[3, 1], [2, 2]])  # index + 1; in the second note both look-backs have the same one
    found = Distribution(logits, gates, candidates).probabilities()
    np.testing.assert_allclose(found, [[0.2, 0.1, 0.7], [0.1, 0.85, 0.05]], atol=1e-6)


def test_a_missing_candidate_adds_nothing() -> None:
    logits = np.zeros((1, 4), dtype=np.float32)
    gates = np.array([[1, 0]], dtype=np.float32)
    found = Distribution(logits, gates, np.array([[0]])).probabilities()
    np.testing.assert_allclose(found, [[0.25] * 4])


def test_the_softmax_is_finite_for_large_logits_and_keeps_its_argument() -> None:
    logits = np.array([[1e4, 1e4 - 1, -1e9]], dtype=np.float32)
    before = logits.copy()
    np.testing.assert_allclose(softmax(logits), [[1 / (1 + np.exp(-1)), 1 / (1 + np.e), 0]], atol=1e-6)
    assert (logits == before).all()
