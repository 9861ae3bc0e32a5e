"""Training on the tunes that come with melodyrnn: it learns, keeps the best, stops when told."""

import numpy as np
import pytest

from melodyrnn.checkpoint import load_checkpoint, load_metadata
from melodyrnn.errors import OutputError, SettingError
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.inference.network import Network
from melodyrnn.model.saving import network_weights, save_model
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import Run, train

SMALL = {"units": 16, "num_layers": 1, "batch_size": 8, "length": 32, "learning_rate": 1e-2}


@pytest.mark.parametrize(
    ("setting", "value", "rule"),
    [
        ("epochs", 0, "at least 1"),
        ("batch_size", 0, "at least 1"),
        ("length", 1, "at least 2"),
        ("units", 0, "at least 1"),
        ("num_layers", 0, "at least 1"),
        ("dropout", 1.0, "at least 0 and under 1"),
        ("learning_rate", 0.0, "over 0"),
        ("clip_norm", -1.0, r"at least 0 \(0 does not clip\)"),
        ("hide_lookbacks", 1.5, "from 0 to 1"),
        ("patience", 0, "at least 1"),
        ("cell", "transformer", "one of lstm, gru, rnn, irnn, feedforward"),
        ("activation", "softplus", "one of tanh, relu, sigmoid"),
        ("activation", "relu", "left alone but for the cell rnn"),
        ("window", 0, "at least 1"),
    ],
)
def test_settings_outside_their_rule_are_refused(setting, value, rule):
    with pytest.raises(SettingError, match=f"{setting} must be {rule}. Received: {value}"):
        TrainingSettings(**{setting: value})


def test_settings_follow_the_size_of_the_corpus():
    small, large = TrainingSettings().resolved(5_000), TrainingSettings().resolved(500_000)
    assert small.batch_size < large.batch_size
    assert small.epochs > large.epochs
    assert small.units < large.units
    assert small.dropout > large.dropout
    assert TrainingSettings(dropout=0.1).resolved(5_000).dropout == 0.1
    assert TrainingSettings(epochs=3, units=7).resolved(5_000).epochs == 3


@pytest.mark.slow
def test_training_learns_and_returns_the_best_weights(sample_corpus):
    seen = []
    network, metadata = train(sample_corpus, TrainingSettings(epochs=6, **SMALL), Run(lambda p: seen.append(p.step)))
    history = [h["validation_bits"] for h in metadata.training["history"]]
    assert seen == sorted(seen)
    assert len(history) >= 20
    assert history[-1] < history[0] - 0.3
    assert metadata.training["validation_bits_per_note"] == pytest.approx(min(history), abs=1e-3)
    found = evaluate(
        Network(metadata, network_weights(network)), metadata.vocabulary, sample_corpus.melodies("validation")
    )
    assert found.bits_per_note == pytest.approx(min(history), abs=2e-3)


@pytest.mark.slow
def test_an_interrupt_keeps_the_best_so_far(sample_corpus, tmp_path):
    def interrupt(progress):
        if progress.history and progress.step % 2:
            raise KeyboardInterrupt

    network, metadata = train(sample_corpus, TrainingSettings(epochs=500, **SMALL), Run(interrupt))
    assert 1 <= metadata.training["epochs"] < 500
    assert metadata.training["stopped"] == "interrupt"
    save_model(network, metadata, tmp_path / "m.keras")
    assert np.isfinite(load_checkpoint(tmp_path / "m.keras")[1]["core_0/kernel"]).all()
    with pytest.raises(OutputError, match=r"must not exist yet \(--force overwrites it\). Received: .*m.keras"):
        save_model(network, metadata, tmp_path / "m.keras")
    with pytest.raises(SettingError, match=r"must end in .keras. Received: .*m.h5"):
        save_model(network, metadata, tmp_path / "m.h5")
    save_model(network, metadata, tmp_path / "m.keras", force=True)
    assert load_metadata(tmp_path / "m.keras").training["epochs"] == metadata.training["epochs"]
