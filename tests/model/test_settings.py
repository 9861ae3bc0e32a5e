"""The settings of a training: their rules, and what follows from the size of the corpus."""

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.model.settings import TrainingSettings


@pytest.mark.parametrize(
    ("setting", "value", "rule"),
    [
        ("epochs", 0, "from 1 to 100000"),
        ("batch_size", 0, "from 1 to 4096"),
        ("length", 1, "from 2 to 4096"),
        ("units", 0, "from 1 to 4096"),
        ("num_layers", 0, "from 1 to 16"),
        ("dropout", 1.0, "at least 0 and under 1"),
        ("learning_rate", 0.0, "over 0"),
        ("clip_norm", -1.0, r"at least 0 \(0 does not clip\)"),
        ("hide_lookbacks", 1.5, "from 0 to 1"),
        ("patience", 0, "over 0 and at most 1"),
        ("cell", "transformer", "one of lstm, gru, rnn, irnn, feedforward"),
        ("activation", "softplus", "one of tanh, relu, sigmoid"),
        ("activation", "relu", "tanh unless the cell is rnn"),
        ("window", 0, "from 1 to 1024"),
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
    assert TrainingSettings().resolved(5_000, 100).epochs < small.epochs  # short pieces: more steps an epoch
    assert TrainingSettings(dropout=0.1).resolved(5_000).dropout == 0.1
    assert TrainingSettings(epochs=3, units=7).resolved(5_000).epochs == 3


def test_a_run_from_a_model_has_fewer_and_smaller_steps():
    plain, started = TrainingSettings().resolved(5_000), TrainingSettings().resolved(5_000, started=True)
    assert started.epochs < plain.epochs
    assert started.learning_rate < plain.learning_rate
    asked = TrainingSettings(epochs=3, learning_rate=0.1).resolved(5_000, started=True)
    assert (asked.epochs, asked.learning_rate) == (3, 0.1)


def test_a_network_needs_resolved_settings():
    with pytest.raises(SettingError, match=r"units and dropout must be known: resolve the settings. Received: None"):
        _ = TrainingSettings().network
    assert TrainingSettings(cell="gru").resolved(5_000).network == {
        "units": 128,
        "num_layers": 2,
        "dropout": 0.5,
        "cell": "gru",
        "activation": "tanh",
        "window": 16,
        "lookbacks": True,
    }
