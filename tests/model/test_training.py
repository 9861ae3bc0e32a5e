"""Training on the tunes that come with melodyrnn: it learns, keeps the best, stops when it should."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from melodyrnn.checkpoint import load_checkpoint, load_metadata
from melodyrnn.errors import OutputError, SettingError, TrainingError
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.model.run import Run
from melodyrnn.model.saving import save_model
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import learning_rate, plan, train
from melodyrnn.network.network import Network
from melodyrnn.ngrams.ngrams import Ngrams


@pytest.mark.slow
def test_training_learns_and_returns_the_best_weights(plain_corpus, learned):
    training = learned.metadata.training
    history = [row["validation_bits"] for row in training["history"]]
    assert learned.steps == sorted(learned.steps)
    assert len(history) >= 20
    assert history[-1] < history[0] - 0.3
    assert training["network_bits_per_note"] == pytest.approx(min(history), abs=1e-3)
    alone, pieces = replace(learned.metadata, ngrams=Ngrams()), plain_corpus.melodies("validation")
    model = Network(alone, learned.weights)
    found = evaluate(model, learned.metadata.vocabulary, pieces)
    assert found.bits_per_note == pytest.approx(min(history), abs=2e-3)


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_an_interrupt_keeps_the_best_so_far(plain_corpus, small, tmp_path):
    def interrupt(progress):
        if progress.history and progress.step % 2:
            raise KeyboardInterrupt

    run = Run(interrupt, round_steps=4, compiled=False)
    network, metadata = train(plain_corpus, TrainingSettings(epochs=50, **small), run)
    assert metadata.training["steps"] == 5
    assert 0 < metadata.training["epochs"] < 50
    assert metadata.training["stopped"] == "interrupt"
    save_model(network, metadata, tmp_path / "m.keras")
    assert np.isfinite(load_checkpoint(tmp_path / "m.keras")[1]["core_0/kernel"]).all()
    with pytest.raises(OutputError, match=r"must not exist yet \(--force overwrites it\). Received: .*m.keras"):
        save_model(network, metadata, tmp_path / "m.keras")
    with pytest.raises(SettingError, match=r"must end in .keras. Received: .*m.h5"):
        save_model(network, metadata, tmp_path / "m.h5")
    save_model(network, metadata, tmp_path / "m.keras", force=True)
    assert load_metadata(tmp_path / "m.keras").training["epochs"] == metadata.training["epochs"]


def test_rate_rises_then_falls_to_zero():
    rates = [learning_rate(2e-3, n / 100) for n in range(101)]
    assert rates[0] < 3e-4
    assert max(rates) == pytest.approx(2e-3)
    assert np.argmax(rates) == 5
    assert (np.diff(rates[5:]) < 0).all()
    assert rates[-1] == pytest.approx(0, abs=1e-12)


def test_rounds_cover_the_epochs_and_stay_short():
    few, many = plan(TrainingSettings(epochs=3), 2), plan(TrainingSettings(epochs=50), 1000)
    assert few.num_steps == few.num_rounds == 6
    assert many.num_steps >= 50_000
    assert many.num_steps / many.num_rounds <= 200


def test_rounds_are_shorter_with_a_time_limit_and_as_long_as_requested():
    assert plan(TrainingSettings(epochs=50), 1000, timed=True).round_steps == 25
    asked = plan(TrainingSettings(epochs=50), 1000, timed=True, round_steps=7)
    assert asked.round_steps == 7
    assert 50_000 <= asked.num_steps == 7 * asked.num_rounds < 50_007


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_the_time_limit_stops_training_with_the_best_model(plain_corpus, small, clock):
    """A step takes a tenth of a second of the clock that the run reads."""
    run = Run(lambda _: clock.advance(0.1), max_seconds=7, round_steps=5, compiled=False, clock=clock)
    _, metadata = train(plain_corpus, TrainingSettings(**small, epochs=100_000, patience=1), run)
    assert metadata.training["stopped"] == "time"
    assert 7 <= metadata.training["seconds"] <= 7.2
    rates = [row["learning_rate"] for row in metadata.training["history"]]
    assert len(rates) >= 10
    assert all(later < earlier for earlier, later in pairwise(rates[2:]))  # with the time, not the steps
    assert rates[-1] < 0.5 * max(rates)
    assert metadata.training["network_bits_per_note"] <= metadata.training["history"][0]["validation_bits"]


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_a_loss_that_explodes_stops_with_its_reason(plain_corpus, small):
    settings = TrainingSettings(**{**small, "learning_rate": 1e4}, epochs=50)
    with pytest.raises(TrainingError, match=r"it exploded .* Received: --learning-rate 10000 --clip-norm 1"):
        train(plain_corpus, settings, Run(compiled=False))
