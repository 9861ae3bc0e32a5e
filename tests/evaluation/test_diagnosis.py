"""The verdict on influences and norms for which the right verdict is known."""

import math

import numpy as np
import pytest

from melodyrnn.evaluation.diagnosis import judge

DISTANCES = (1, 2, 4, 8, 16)


def decay(factor):
    """Two layers whose influence changes by `factor` a note."""
    return np.array([[factor**k for k in DISTANCES]] * 2)


def row(norm=1.0, largest=2.0, clipped=0.0):
    return {"gradient_norm": norm, "largest_gradient_norm": largest, "clipped_share": clipped}


@pytest.mark.parametrize(
    ("factor", "word"), [(1.3, "exploding"), (1.0, "healthy"), (0.7, "healthy"), (0.4, "vanishing")]
)
def test_influence_decides(factor, word):
    assert judge(DISTANCES, decay(factor), [row()]).word == word


def test_one_layer_with_influence_is_enough():
    norms = np.stack([decay(0.3)[0], decay(0.8)[0]])
    assert judge(DISTANCES, norms, []).word == "healthy"


def test_one_very_large_norm_is_exploding_unless_clipped():
    history = [row()] * 5 + [row(largest=300.0)]
    verdict = judge(DISTANCES, decay(0.8), history)
    assert verdict.word == "exploding"
    assert "300 times the median" in verdict.reasons[0]
    assert "--clip-norm" in verdict.advice
    assert judge(DISTANCES, decay(0.8), [row()] * 5 + [row(largest=300.0, clipped=0.2)]).word == "healthy"


def test_a_loss_that_diverged_is_exploding():
    assert judge(DISTANCES, decay(0.8), [row()], "exploded").word == "exploding"
    assert judge(DISTANCES, np.full((1, 5), math.nan), [row()]).word == "exploding"


def test_a_network_without_influence_is_vanishing():
    norms = np.zeros((1, 5))
    norms[0, 0] = 1e-30
    assert judge(DISTANCES, norms, []).word == "vanishing"
    nothing = judge(DISTANCES, np.zeros((1, 5)), [])
    assert nothing.word == "vanishing"
    assert nothing.reasons == ("the loss does not depend on the state at all, not even on the last one",)
    assert judge(DISTANCES[:2], np.zeros((1, 2)), []).word == "vanishing"


def test_a_layer_without_influence_is_named_beside_a_healthy_one():
    verdict = judge(DISTANCES, np.stack([np.zeros(5), decay(0.9)[0]]), [])
    assert verdict.word == "healthy"
    assert "layer 1 alone reaches less far: its state 8 notes earlier has 0 times" in verdict.reasons[1]
    assert len(judge(DISTANCES, decay(0.9), []).reasons) == 1


def test_pieces_too_short_for_a_verdict_on_vanishing_are_mentioned():
    verdict = judge(DISTANCES[:2], decay(0.5)[:, :2], [])
    assert verdict.word == "healthy"
    assert "no piece reaches 8 notes back" in verdict.reasons[1]
