"""A run that was stopped continues from its state as if it had not been."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tracing import traced_once

from melodyrnn.corpus.batches import Batches
from melodyrnn.errors import CheckpointError, SettingError
from melodyrnn.model.resume import load_run
from melodyrnn.model.run import Run
from melodyrnn.model.saving import network_weights
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import train


class CutOffError(Exception):
    pass


@pytest.mark.slow
def test_an_interrupted_and_resumed_run_ends_like_an_uninterrupted_one(plain_corpus, small, tmp_path):
    settings = TrainingSettings(**small, epochs=1)
    state = tmp_path / "m.keras.run"
    through, metadata = train(plain_corpus, settings, Run(round_steps=2))
    rounds = []

    def listener(progress, cut):
        rounds.append(progress.round)
        if cut is not None and progress.round >= cut:
            raise CutOffError

    for cut in (3, 7):
        run = Run(lambda progress, cut=cut: listener(progress, cut), state, resume=True, round_steps=2)
        with pytest.raises(CutOffError), traced_once():  # unlike `through`, which a new network learned
            train(plain_corpus, settings, run)
    run = Run(lambda progress: listener(progress, None), state, resume=True, round_steps=2)
    with traced_once():
        resumed, again = train(plain_corpus, settings, run)
    assert rounds == sorted(rounds)  # no round that was saved is done twice
    assert again.training["validation_bits_per_note"] == pytest.approx(
        metadata.training["validation_bits_per_note"], abs=1e-4
    )
    assert [row["step"] for row in again.training["history"]] == [row["step"] for row in metadata.training["history"]]
    for name, value in network_weights(through).items():
        np.testing.assert_allclose(network_weights(resumed)[name], value, atol=1e-4)

    with pytest.raises(SettingError, match=r"keep the settings of the run: units was 16. Received: 17"):
        train(plain_corpus, replace(settings, units=17), Run(state=state, resume=True))
    resolved = TrainingSettings(**again.training["settings"])
    assert load_run(state, plain_corpus.fingerprint, resolved).step == again.training["steps"]
    with pytest.raises(SettingError, match=r"must use the corpus of the saved run"):
        load_run(state, "another corpus", resolved)
    state.write_bytes(state.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match=r"the saved run .*m.keras.run cannot be read"):
        load_run(state, plain_corpus.fingerprint, resolved)


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize(
    ("begun", "resumed"), [((2, 1000), (6, None)), ((6, None), (2, 1000))], ids=["timed-first", "timed-then"]
)
def test_a_run_continues_at_its_step_though_rounds_are_of_another_length(
    plain_corpus, small, tmp_path, monkeypatch, begun, resumed
):
    """A run with a time limit has shorter rounds; each of `begun` and `resumed` is steps of a round and limit."""
    settings, state = TrainingSettings(**small, epochs=1), tmp_path / "m.keras.run"
    drawn, draw = [], Batches.draw

    def spy(self, rng):
        drawn.append(rng.bit_generator.seed_seq.entropy)
        return draw(self, rng)

    monkeypatch.setattr(Batches, "draw", spy)

    def cut(progress):
        if progress.round == 2:
            raise CutOffError

    with pytest.raises(CutOffError):
        train(plain_corpus, settings, Run(cut, state, round_steps=begun[0], max_seconds=begun[1]))
    drawn.clear()
    steps = []
    run = Run(lambda p: steps.append(p.step), state, True, round_steps=resumed[0], max_seconds=resumed[1])
    _, metadata = train(plain_corpus, settings, run)
    rows = metadata.training["history"]
    lengths = np.diff([0, *(row["step"] for row in rows)])
    assert set(lengths[:2]) == {begun[0]}
    assert set(lengths[2:]) == {resumed[0]}
    done = rows[1]["step"]
    assert drawn[0] == [0, done]
    assert sorted(set(steps)) == list(range(done + 1, metadata.training["steps"] + 1))
    assert metadata.training["stopped"] == "done"
    assert metadata.training["epochs"] == pytest.approx(1, abs=0.4)  # whole rounds
    rates = [row["learning_rate"] for row in rows]
    assert all(later < earlier for earlier, later in pairwise(rates[1:]))
    steps.clear()
    _, again = train(plain_corpus, settings, run)
    assert steps == []
    assert again.training["validation_bits_per_note"] == metadata.training["validation_bits_per_note"]
