"""Training on the tunes that come with melodyrnn: it learns, keeps the best, stops when told."""

import time
from dataclasses import replace
from itertools import count, pairwise

import keras
import numpy as np
import pytest

from melodyrnn.checkpoint import Metadata, load_checkpoint, load_metadata
from melodyrnn.corpus.batches import Batches
from melodyrnn.corpus.store import open_corpus, write_corpus
from melodyrnn.errors import CheckpointError, OutputError, SettingError, TrainingError
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.model import training
from melodyrnn.model.monitor import TrainingMonitor
from melodyrnn.model.run import Run
from melodyrnn.model.saving import network_weights, save_model
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import learning_rate, plan, train
from melodyrnn.model.transfer import carry_over, settings_from
from melodyrnn.network.network import Network

SMALL = {"units": 16, "num_layers": 1, "batch_size": 8, "length": 32, "learning_rate": 1e-2}


@pytest.fixture(scope="module")
def learned(sample_corpus):
    """A training of some epochs: network, metadata, and the steps that the listener was told of."""
    seen = []
    network, metadata = train(sample_corpus, TrainingSettings(epochs=6, **SMALL), Run(lambda p: seen.append(p.step)))
    return network, metadata, seen


@pytest.fixture
def not_compiled(monkeypatch):
    """Without XLA, whose ten seconds a test of a few steps does not win back; tests/cli trains with it."""
    monkeypatch.setattr(training, "_XLA_STEPS", 10**9)


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
        ("patience", 0, "over 0 and at most 1"),
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
    assert TrainingSettings().resolved(5_000, 100).epochs < small.epochs  # short pieces: more steps an epoch
    assert TrainingSettings(dropout=0.1).resolved(5_000).dropout == 0.1
    assert TrainingSettings(epochs=3, units=7).resolved(5_000).epochs == 3


def test_what_starts_from_a_model_takes_fewer_and_smaller_steps():
    plain, started = TrainingSettings().resolved(5_000), TrainingSettings().resolved(5_000, started=True)
    assert started.epochs < plain.epochs
    assert started.learning_rate < plain.learning_rate
    asked = TrainingSettings(epochs=3, learning_rate=0.1).resolved(5_000, started=True)
    assert (asked.epochs, asked.learning_rate) == (3, 0.1)


@pytest.mark.slow
def test_training_learns_and_returns_the_best_weights(sample_corpus, learned):
    network, metadata, seen = learned
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
@pytest.mark.usefixtures("not_compiled")
def test_an_interrupt_keeps_the_best_so_far(sample_corpus, tmp_path):
    def interrupt(progress):
        if progress.history and progress.step % 2:
            raise KeyboardInterrupt

    network, metadata = train(sample_corpus, TrainingSettings(epochs=50, **SMALL), Run(interrupt))
    assert 1 <= metadata.training["epochs"] < 50
    assert metadata.training["stopped"] == "interrupt"
    save_model(network, metadata, tmp_path / "m.keras")
    assert np.isfinite(load_checkpoint(tmp_path / "m.keras")[1]["core_0/kernel"]).all()
    with pytest.raises(OutputError, match=r"must not exist yet \(--force overwrites it\). Received: .*m.keras"):
        save_model(network, metadata, tmp_path / "m.keras")
    with pytest.raises(SettingError, match=r"must end in .keras. Received: .*m.h5"):
        save_model(network, metadata, tmp_path / "m.h5")
    save_model(network, metadata, tmp_path / "m.keras", force=True)
    assert load_metadata(tmp_path / "m.keras").training["epochs"] == metadata.training["epochs"]


def test_rate_rises_then_falls_to_nothing():
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


@pytest.mark.slow
@pytest.mark.usefixtures("not_compiled")
def test_a_run_that_is_cut_off_and_resumed_ends_as_if_it_had_not_been(sample_corpus, tmp_path):
    class CutOffError(Exception):
        pass

    settings = TrainingSettings(**{**SMALL, "epochs": 2, "dropout": 0.3})
    state = tmp_path / "m.keras.run"
    whole, metadata = train(sample_corpus, settings)
    rounds = []
    for cut in (3, 11, None):

        def listener(progress, cut=cut):
            rounds.append(progress.round)
            if cut is not None and progress.round >= cut:
                raise CutOffError

        try:
            resumed, again = train(sample_corpus, settings, Run(listener, state, resume=True))
        except CutOffError:
            assert cut is not None
    assert rounds == sorted(rounds)  # nothing that was saved is done twice
    assert again.training["validation_bits_per_note"] == pytest.approx(
        metadata.training["validation_bits_per_note"], abs=1e-4
    )
    assert [row["step"] for row in again.training["history"]] == [row["step"] for row in metadata.training["history"]]
    for name, value in network_weights(whole).items():
        np.testing.assert_allclose(network_weights(resumed)[name], value, atol=1e-4)

    with pytest.raises(SettingError, match=r"keep the settings of the run: units was 16. Received: 17"):
        train(sample_corpus, replace(settings, units=17), Run(state=state, resume=True))
    state.write_bytes(state.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match=r"the saved run .*m.keras.run cannot be read"):
        train(sample_corpus, settings, Run(state=state, resume=True))


@pytest.mark.slow
@pytest.mark.usefixtures("not_compiled")
@pytest.mark.parametrize(("begun", "resumed"), [(1000, None), (None, 1000)], ids=["timed-first", "timed-then"])
def test_a_run_goes_on_with_its_step_though_rounds_are_of_another_length(
    sample_corpus, tmp_path, monkeypatch, begun, resumed
):
    """A run that is to end by the clock has short rounds; here 2 steps, and else a fourth of the run."""
    monkeypatch.setattr(training, "_TIMED_ROUND_STEPS", 2)
    monkeypatch.setattr(training, "NUM_ROUNDS", 4)
    settings, state = TrainingSettings(**SMALL, epochs=1), tmp_path / "m.keras.run"
    drawn, draw = [], Batches.draw

    def spy(self, rng):
        drawn.append(rng.bit_generator.seed_seq.entropy)
        return draw(self, rng)

    monkeypatch.setattr(Batches, "draw", spy)

    class CutOffError(Exception):
        pass

    def cut(progress):
        if progress.round == 2:
            raise CutOffError

    with pytest.raises(CutOffError):
        train(sample_corpus, settings, Run(cut, state, max_seconds=begun))
    drawn.clear()
    steps = []
    _, metadata = train(sample_corpus, settings, Run(lambda p: steps.append(p.step), state, True, max_seconds=resumed))
    rows = metadata.training["history"]
    lengths = np.diff([0, *(row["step"] for row in rows)])
    before, after = set(lengths[:2]), set(lengths[2:])
    assert len(before) == len(after) == 1
    assert (2 in before, 2 in after) == (begun is not None, resumed is not None)
    done = rows[1]["step"]
    assert drawn[0] == [0, done]
    assert sorted(set(steps)) == list(range(done + 1, metadata.training["steps"] + 1))
    assert metadata.training["stopped"] == "done"
    assert metadata.training["epochs"] == pytest.approx(1, abs=0.4)  # whole rounds
    rates = [row["learning_rate"] for row in rows]
    assert all(later < earlier for earlier, later in pairwise(rates[1:]))
    steps.clear()
    all_done = Run(lambda p: steps.append(p.step), state, True, max_seconds=resumed)
    _, again = train(sample_corpus, settings, all_done)
    assert steps == []
    assert again.training["validation_bits_per_note"] == metadata.training["validation_bits_per_note"]


@pytest.mark.slow
@pytest.mark.usefixtures("not_compiled")
def test_time_stops_it_with_the_best_model(sample_corpus):
    started = time.monotonic()
    _, metadata = train(sample_corpus, TrainingSettings(**SMALL, epochs=100_000, patience=1), Run(max_seconds=7))
    assert metadata.training["stopped"] == "time"
    assert time.monotonic() - started < 90
    rates = [row["learning_rate"] for row in metadata.training["history"]]
    assert all(later < earlier for earlier, later in pairwise(rates[2:]))  # with the time, not the steps
    assert len(rates) < 5 or rates[-1] < 0.5 * max(rates)
    assert metadata.training["validation_bits_per_note"] <= metadata.training["history"][0]["validation_bits"]


@pytest.mark.slow
@pytest.mark.usefixtures("not_compiled")
@pytest.mark.parametrize(("due", "stopped"), [(range(100), "patience"), ((1, 8, 14), "done")], ids=["often", "seldom"])
def test_patience_ends_what_was_validated_often_enough(sample_corpus, monkeypatch, due, stopped):
    """A run by the clock validates seldom; time that goes by without is no failure to gain."""
    bits = count()
    monkeypatch.setattr(
        TrainingMonitor, "_bits", lambda self, weights: float(next(bits))
    )  # never a gain after the first
    monkeypatch.setattr(TrainingMonitor, "_validation_is_due", lambda self, now: self._progress.round in due)
    _, metadata = train(sample_corpus, TrainingSettings(**SMALL, epochs=1))
    assert metadata.training["stopped"] == stopped
    if stopped == "patience":
        assert 0.3 < metadata.training["epochs"] < 0.5
    else:
        assert metadata.training["epochs"] >= 1


@pytest.mark.slow
def test_a_model_to_start_from_is_worth_its_epochs(sample_corpus, learned):
    """Weights carried over to a corpus with other values predict it at once; random ones do not."""
    first, metadata, _ = learned
    known = metadata.vocabulary
    pitches = known.values["pitch"]
    other_values = {
        "shift": (*known.values["shift"], 500),
        "duration": (*known.values["duration"], 500),
        "pitch": tuple(range(pitches[0] - 3, pitches[-1] + 2)),
    }
    wider = replace(known, values=other_values, meters=((7, 8), *known.meters[::-1]))
    weights = carry_over(network_weights(first), known, wider)
    other = Network(replace(metadata, vocabulary=wider), weights)
    melodies = sample_corpus.melodies("test")
    carried = evaluate(other, wider, melodies).bits_per_note
    kept = evaluate(Network(metadata, network_weights(first)), known, melodies).bits_per_note
    assert carried == pytest.approx(kept, abs=0.1)
    row = pitches[10]
    np.testing.assert_array_equal(
        weights["embed_previous_pitch/embeddings"][wider.values["pitch"].index(row) + 1],
        network_weights(first)["embed_previous_pitch/embeddings"][11],
    )
    back = carry_over(carry_over(network_weights(first), known, known), known, known)
    for name, value in network_weights(first).items():
        np.testing.assert_array_equal(back[name], value)


@pytest.mark.slow
@pytest.mark.usefixtures("not_compiled")
def test_a_model_to_start_from_is_kept_unless_something_is_gained(sample_corpus, learned):
    network, metadata, _ = learned
    weights = network_weights(network)
    best = metadata.training["validation_bits_per_note"]
    spoilt, figures = train(
        sample_corpus, TrainingSettings(**{**SMALL, "learning_rate": 1.0}, epochs=1), Run(weights=weights)
    )
    assert figures.training["start_bits_per_note"] == pytest.approx(best, abs=1e-6)
    assert figures.training["validation_bits_per_note"] == figures.training["start_bits_per_note"]
    assert min(row["validation_bits"] for row in figures.training["history"]) > best
    for name, value in network_weights(spoilt).items():
        np.testing.assert_array_equal(value, weights[name])
    weaker = {name: 0.7 * value for name, value in weights.items()}
    _, figures = train(sample_corpus, TrainingSettings(**SMALL, epochs=2), Run(weights=weaker))
    assert figures.training["start_bits_per_note"] > best
    assert figures.training["validation_bits_per_note"] < figures.training["start_bits_per_note"]


def test_sizes_follow_the_model_to_start_from():
    metadata = Metadata(None, {"units": 32, "num_layers": 3, "dropout": 0.1, "cell": "gru"})
    found = settings_from(TrainingSettings(), metadata, set())
    assert (found.units, found.num_layers, found.cell, found.dropout) == (32, 3, "gru", None)
    with pytest.raises(SettingError, match=r"units must be that of the model to start from, 32. Received: 64"):
        settings_from(TrainingSettings(units=64), metadata, {"units"})


@pytest.mark.slow
@pytest.mark.usefixtures("not_compiled")
def test_a_loss_that_explodes_stops_with_its_reason(sample_corpus):
    settings = TrainingSettings(**{**SMALL, "learning_rate": 1e4, "clip_norm": 0.0, "epochs": 50})
    with pytest.raises(TrainingError, match=r"it exploded .* Received: --learning-rate 10000 --clip-norm 0"):
        train(sample_corpus, settings)


@pytest.mark.slow
@pytest.mark.usefixtures("not_compiled")
def test_a_loss_that_explodes_late_keeps_the_last_good_model(sample_corpus):
    """The network is broken from outside after some rounds, as a step too far would break it."""

    class Break(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 5:
                for variable in self.model.trainable_variables:
                    variable.assign(np.full(variable.shape, np.nan, "float32"))

    network, metadata = train(sample_corpus, TrainingSettings(**SMALL, epochs=8), Run(callbacks=[Break()]))
    assert metadata.training["stopped"] == "exploded"
    assert len(metadata.training["history"]) == 5
    assert metadata.training["history"][0]["clipped_gradient_norm"] <= 1
    found = evaluate(
        Network(metadata, network_weights(network)), metadata.vocabulary, sample_corpus.melodies("validation")
    )
    assert found.bits_per_note == pytest.approx(metadata.training["validation_bits_per_note"], abs=1e-3)


@pytest.mark.slow
@pytest.mark.usefixtures("not_compiled")
@pytest.mark.parametrize("validated", [True, False])
def test_weights_that_break_in_the_last_step_of_a_round_are_not_kept(sample_corpus, tmp_path, validated):
    """Its loss was taken before the step that broke them, so only the weights tell."""

    class Break(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            if self.epoch == 3 and batch == self.params["steps"] - 1:
                for average in self.model.optimizer._averages:
                    average.assign(np.full(average.shape, np.nan, "float32"))

    corpus = sample_corpus
    if not validated:
        melodies = sample_corpus.melodies("train")
        write_corpus(tmp_path / "c", melodies, ["train"] * len(melodies))
        corpus = open_corpus(tmp_path / "c")
    state = tmp_path / "m.keras.run"
    network, metadata = train(corpus, TrainingSettings(**SMALL, epochs=8), Run(state=state, callbacks=[Break()]))
    assert metadata.training["stopped"] == "exploded"
    assert len(metadata.training["history"]) == 3
    assert all(np.isfinite(value).all() for value in network_weights(network).values())
    with np.load(state) as saved:
        assert all(np.isfinite(saved[name]).all() for name in saved.files if name.startswith("best/"))
