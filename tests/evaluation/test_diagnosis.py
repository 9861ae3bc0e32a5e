"""The verdict on influences and norms for which the right verdict is known."""

import math

import numpy as np
import pytest

from melodyrnn.evaluation.diagnosis import judge
from melodyrnn.evaluation.training_figures import TrainingFigures

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
    assert judge(DISTANCES, decay(factor), TrainingFigures([row()])).word == word


def test_one_layer_with_influence_is_enough():
    norms = np.stack([decay(0.3)[0], decay(0.8)[0]])
    assert judge(DISTANCES, norms, TrainingFigures([])).word == "healthy"


def test_one_very_large_norm_is_exploding_unless_clipped():
    history = [row()] * 5 + [row(largest=300.0)]
    verdict = judge(DISTANCES, decay(0.8), TrainingFigures(history))
    assert verdict.word == "exploding"
    assert "300 times the median" in verdict.reasons[0]
    assert "--clip-norm" in verdict.advice
    history[-1] = row(largest=300.0, clipped=0.2)
    assert judge(DISTANCES, decay(0.8), TrainingFigures(history)).word == "healthy"


def test_a_loss_that_diverged_is_exploding():
    assert judge(DISTANCES, decay(0.8), TrainingFigures([row()], "exploded")).word == "exploding"
    assert judge(DISTANCES, np.full((1, 5), math.nan), TrainingFigures([row()])).word == "exploding"


def test_a_network_without_influence_is_vanishing():
    norms = np.zeros((1, 5))
    norms[0, 0] = 1e-30
    assert judge(DISTANCES, norms, TrainingFigures([])).word == "vanishing"
    nothing = judge(DISTANCES, np.zeros((1, 5)), TrainingFigures([]))
    assert nothing.word == "vanishing"
    assert nothing.reasons == ("the loss does not depend on the state at all, not even on the last one",)
    assert judge(DISTANCES[:2], np.zeros((1, 2)), TrainingFigures([])).word == "vanishing"


def test_a_layer_without_influence_is_named_beside_a_healthy_one():
    verdict = judge(DISTANCES, np.stack([np.zeros(5), decay(0.9)[0]]), TrainingFigures([]))
    assert verdict.word == "healthy"
    assert "layer 1 alone reaches less far: its state 8 notes earlier has 0 times" in verdict.reasons[1]
    assert len(judge(DISTANCES, decay(0.9), TrainingFigures([])).reasons) == 1


def test_pieces_too_short_for_a_verdict_on_vanishing_are_mentioned():
    verdict = judge(DISTANCES[:2], decay(0.5)[:, :2], TrainingFigures([]))
    assert verdict.word == "healthy"
    assert "no piece reaches 8 notes back" in verdict.reasons[1]


def test_every_step_clipped_is_not_healthy():
    """Norms of 12 to 35 at a limit of 1: what was called healthy once."""
    history = [row(norm=norm, largest=2 * norm, clipped=1.0) for norm in (35.0, 20.0, 12.0, 18.0)]
    verdict = judge(DISTANCES, decay(0.8), TrainingFigures(history, clip_norm=1.0))
    assert verdict.word == "clipped"
    assert "100% of the steps" in verdict.reasons[0]
    assert "norms of 12 to 18 to the limit of 1" in verdict.reasons[0]
    assert "raise --clip-norm" in verdict.advice


@pytest.mark.parametrize(("constant", "word"), [((), "healthy"), ((0.4, 0.0), "healthy"), ((0.0, 0.9), "dead")])
def test_units_with_one_value_are_dead_where_they_are_most_of_a_layer(constant, word):
    verdict = judge(DISTANCES, decay(0.8), TrainingFigures([row()]), constant)
    assert verdict.word == word
    dead = ("layer 2: 90% of its units have one value, whatever the notes before",)
    assert (verdict.reasons == dead) is (word == "dead")


def test_the_first_of_several_faults_is_the_verdict_and_all_are_told():
    history = [{"train_bits": 5.0, **row(norm=20.0, clipped=1.0)}] * 6
    verdict = judge(DISTANCES, decay(0.4), TrainingFigures(history, clip_norm=1.0))
    assert verdict.word == "vanishing"
    assert [words.split()[0] for words in verdict.reasons] == ["layer", "layer", "the", "100%"]
    assert "--cell lstm" in verdict.advice
    assert "--learning-rate" in verdict.advice
    assert "--clip-norm" in verdict.advice
