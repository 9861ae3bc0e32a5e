"""What the figures of a training say, on trainings for which it is known; each claim in both directions."""

from __future__ import annotations

import math

import pytest

from melodyrnn.checkpoint import load_metadata
from melodyrnn.evaluation.training_figures import TrainingFigures
from melodyrnn.shipped import checkpoint_names, model_path


def rows(num: int = 8, **figures: float) -> list[dict[str, float]]:
    """Rounds of a sound training, with other figures in all of them."""
    sound = {"gradient_norm": 0.3, "largest_gradient_norm": 0.6, "clipped_share": 0.0}
    return [{"step": n, "train_bits": 5 - 0.3 * n, **sound, **figures} for n in range(num)]


def reasons(figures: TrainingFigures) -> list[str]:
    return [*figures.diverged(), *figures.not_learning(), *figures.clipped(), *figures.remarks()]


def test_a_sound_training_gives_no_reason() -> None:
    assert reasons(TrainingFigures(rows(validation_bits=3.0), "done", 1.0, 4.5)) == []


@pytest.mark.parametrize("name", checkpoint_names())
def test_the_shipped_checkpoints_are_sound(name: str) -> None:
    training = load_metadata(model_path(name)).training
    clip_norm, baseline = training["settings"]["clip_norm"], training["baseline_bits_per_note"]
    assert reasons(TrainingFigures(training["history"], training["stopped"], clip_norm, baseline)) == []


def test_a_history_of_an_older_model_gives_no_reason() -> None:
    assert reasons(TrainingFigures([{"step": 1, "train_bits": 3.0}])) == []


class TestDiverged:
    @pytest.mark.parametrize("value", [math.nan, math.inf])
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("train_bits", "the loss became NaN or infinite by step 5"),
            ("gradient_norm", "the gradient became NaN or infinite by step 5"),
            ("largest_gradient_norm", "a gradient became NaN or infinite by step 5"),
        ],
    )
    def test_what_is_not_a_number(self, name: str, words: str, value: float) -> None:
        history = rows()
        for row in history[5:]:
            row[name] = value
        assert TrainingFigures(history).diverged() == [words]

    def test_every_gradient_is_not_a_number(self) -> None:
        (reason,) = TrainingFigures(rows(gradient_norm=math.nan, largest_gradient_norm=math.nan)).diverged()
        assert reason == "the gradient became NaN or infinite by step 0"

    def test_a_round_that_was_not_validated_is_no_fault(self) -> None:
        assert TrainingFigures(rows(validation_bits=math.nan)).diverged() == []


class TestClipped:
    @pytest.mark.parametrize(
        ("norm", "share", "limit", "found"),
        [
            (20.0, 1.0, 1.0, True),
            (20.0, 0.95, 1.0, True),
            (20.0, 0.8, 1.0, False),  # a fifth of the steps had their own length
            (1.2, 1.0, 1.0, False),  # hardly shortened
            (20.0, 1.0, 15.0, False),
            (20.0, 0.0, 0.0, False),  # not clipped at all
        ],
    )
    def test_share_and_norms_decide(self, norm: float, share: float, limit: float, found: bool) -> None:
        history = rows(gradient_norm=norm, largest_gradient_norm=2 * norm, clipped_share=share)
        assert bool(TrainingFigures(history, clip_norm=limit).clipped()) is found

    def test_the_first_half_may_be_clipped(self) -> None:
        history = rows(4, gradient_norm=20.0, clipped_share=1.0) + rows(4)
        assert TrainingFigures(history, clip_norm=1.0).clipped() == []
        assert TrainingFigures(history[::-1], clip_norm=1.0).clipped() != []

    def test_many_slight_ones_are_mentioned(self) -> None:
        (remark,) = TrainingFigures(rows(gradient_norm=1.1, clipped_share=0.7), clip_norm=1.0).remarks()
        assert remark == "70% of the steps in the second half of the training were clipped, most slightly"
        assert TrainingFigures(rows(gradient_norm=0.9, clipped_share=0.3), clip_norm=1.0).remarks() == []


class TestNotLearning:
    def test_a_loss_that_stays(self) -> None:
        (reason,) = TrainingFigures(rows(train_bits=9.5)).not_learning()
        assert reason == "the loss of the training notes did not fall: 9.500 bits per note at first, 9.500 at last"

    def test_a_loss_that_rises(self) -> None:
        assert TrainingFigures([{"train_bits": 5 + n / 10} for n in range(6)]).not_learning() != []

    def test_a_model_that_knew_it_all_has_nothing_to_learn(self) -> None:
        history = rows(train_bits=1.3, validation_bits=1.3)
        assert TrainingFigures(history, baseline_bits=4.7).not_learning() == []
        assert TrainingFigures(history, baseline_bits=1.2).not_learning() != []

    def test_a_few_rounds_do_not_tell(self) -> None:
        assert TrainingFigures(rows(3, train_bits=9.5)).not_learning() == []

    def test_a_markov_chain_that_predicts_better_is_mentioned(self) -> None:
        (remark,) = TrainingFigures(rows(validation_bits=6.0), baseline_bits=4.5).remarks()
        assert remark == (
            "it predicts no better than an order-2 Markov chain (6.000 against 4.500 bits per note on the validation "
            "split): train longer"
        )
