"""The ends of a training between its steps: patience, and weights that are no longer finite."""

from dataclasses import replace
from itertools import count

import keras
import numpy as np
import pytest

from melodyrnn.evaluation.bits import evaluate
from melodyrnn.model.run import Run
from melodyrnn.model.saving import network_weights
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import train
from melodyrnn.model.validation import Measured
from melodyrnn.network.network import Network


class NeverBetter:
    """Weights cost one bit more in each validation, which takes `seconds` of a clock."""

    def __init__(self, clock, seconds):
        self.bits, self.clock, self.seconds = count(), clock, seconds

    def measure(self, weights):
        self.clock.advance(self.seconds)
        bits = float(next(self.bits))
        return Measured(bits, bits)


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize(
    ("seconds", "stopped", "rounds"), [(0.0, "patience", 8), (1.2, "done", 21)], ids=["often", "seldom"]
)
def test_patience_ends_a_run_after_enough_validations(plain_corpus, small, clock, seconds, stopped, rounds):
    """A run with a time limit validates in a tenth of its time; time that passes without is no failure to gain.

    A round takes a second of the clock, so validations of 1.2 s come after the rounds 1, 12 and 21, the last.
    """
    validator = NeverBetter(clock, seconds)
    run = Run(lambda _: clock.advance(0.5), max_seconds=1000, round_steps=1, validator=validator, clock=clock)
    _, metadata = train(plain_corpus, TrainingSettings(**small, epochs=1), run)
    assert metadata.training["stopped"] == stopped
    assert len(metadata.training["history"]) == rounds
    assert metadata.training["network_bits_per_note"] == 0


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_a_loss_that_explodes_late_keeps_the_last_good_model(plain_corpus, small):
    """The weights are made non-finite after some rounds, as a too large step would make them."""

    class Break(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 5:
                for variable in self.model.trainable_variables:
                    variable.assign(np.full(variable.shape, np.nan, "float32"))

    run = Run(callbacks=[Break()], round_steps=3)
    network, metadata = train(plain_corpus, TrainingSettings(**small, epochs=1), run)
    assert metadata.training["stopped"] == "exploded"
    assert len(metadata.training["history"]) == 5
    assert metadata.training["history"][0]["clipped_gradient_norm"] <= 1
    found = evaluate(
        Network(metadata, network_weights(network)), metadata.vocabulary, plain_corpus.melodies("validation")
    )
    assert found.bits_per_note == pytest.approx(metadata.training["validation_bits_per_note"], abs=1e-3)


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("validated", [True, False])
def test_weights_that_are_not_finite_after_a_round_are_not_kept(plain_corpus, small, tmp_path, validated):
    """Its loss was taken before the step that broke them, so only the weights show it."""

    class Break(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            if self.epoch == 3 and batch == self.params["steps"] - 1:
                averages = self.model.optimizer.averages
                averages.assign(np.full(averages.shape, np.nan, "float32"))

    corpus = plain_corpus
    if not validated:
        corpus = replace(corpus, pieces=[piece for piece in corpus.pieces if piece.split != "validation"])
    state = tmp_path / "m.keras.run"
    run = Run(state=state, callbacks=[Break()], round_steps=3)
    network, metadata = train(corpus, TrainingSettings(**small, epochs=3), run)
    assert metadata.training["stopped"] == "exploded"
    assert len(metadata.training["history"]) == 3
    assert all(np.isfinite(value).all() for value in network_weights(network).values())
    with np.load(state) as saved:
        assert all(np.isfinite(saved[name]).all() for name in saved.files if name.startswith("best/"))
