"""The best weights of a run, among them those of the model that it started from."""

from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.checkpoint import Metadata
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.model.run import Run
from melodyrnn.model.saving import network_weights
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import train
from melodyrnn.model.validation import BestWeights, Measured, PieceValidator
from melodyrnn.network.cells import RecurrentConfig
from melodyrnn.network.network import Network, expected_shapes


class Distance:
    """Bits of a single weight: its distance from where it is best."""

    def __init__(self, best):
        self.best = best

    def measure(self, weights):
        bits = abs(float(weights["w"][0]) - self.best)
        return Measured(bits, bits)


def weight(value):
    return {"w": np.array([value], dtype=np.float32)}


@pytest.mark.parametrize(
    ("best", "value", "share"), [(0.0, 0.0, 1.0), (1.2, 0.0, 1.0), (2.2, 2.0, 0.5), (2.9, 3.0, 0.75), (9, 4, 1)]
)
def test_weights_between_start_and_best_may_be_better(best, value, share):
    kept = BestWeights(Distance(best))
    kept.start_from(weight(0))
    assert kept.validate(kept.validator, weight(4), 0.5) == abs(4 - best)
    kept.interpolate()
    assert kept.weights == weight(value)
    assert kept.share_from_start == share
    assert kept.bits == pytest.approx(abs(value - best))
    assert (kept.start, kept.start_bits) == (weight(0), best)


def test_patience_needs_three_validations_without_a_gain():
    kept = BestWeights(Distance(0))
    kept.validate(kept.validator, weight(1), 0.1)
    for done, value in ((0.3, 2), (0.5, 3)):
        kept.validate(kept.validator, weight(value), done)
        assert not kept.out_of_patience(done, 0.1)
    kept.validate(kept.validator, weight(4), 0.6)
    assert kept.out_of_patience(0.6, 0.4)
    assert not kept.out_of_patience(0.6, 0.5)
    assert (kept.weights, kept.bits, kept.found_at) == (weight(1), 1, 0.1)


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_the_start_model_is_kept_unless_training_improves_it(plain_corpus, small, learned):
    best = learned.metadata.training["network_bits_per_note"]
    spoilt, figures = train(
        plain_corpus,
        TrainingSettings(**{**small, "learning_rate": 1.0}, epochs=1),
        Run(weights=learned.weights, round_steps=1),
    )
    assert figures.training["start_bits_per_note"] == pytest.approx(best, abs=1e-6)
    assert figures.training["network_bits_per_note"] == figures.training["start_bits_per_note"]
    assert min(row["validation_bits"] for row in figures.training["history"]) > best
    for name, value in network_weights(spoilt).items():
        np.testing.assert_array_equal(value, learned.weights[name])
    weaker = {name: 0.7 * value for name, value in learned.weights.items()}
    _, figures = train(plain_corpus, TrainingSettings(**small, epochs=1), Run(weights=weaker, round_steps=6))
    assert figures.training["start_bits_per_note"] > best
    assert figures.training["network_bits_per_note"] < figures.training["start_bits_per_note"]


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_networks_that_read_layouts_are_judged_with_and_without_them(sample_corpus):
    vocabulary, pieces = sample_corpus.vocabulary, sample_corpus.scores("validation")
    metadata, rng = Metadata(vocabulary, {"units": 4, "num_layers": 1, "dropout": 0.0}), np.random.default_rng(0)
    shapes = expected_shapes(Inputs.of(vocabulary), RecurrentConfig(4, 1))
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    network = Network(metadata, weights)
    with_layouts = evaluate(network, vocabulary, pieces, rows=context_of(pieces, vocabulary, with_conditions=True))
    measured = PieceValidator(metadata, pieces).measure(weights)
    assert measured.bits == evaluate(network, vocabulary, pieces).bits_per_note
    assert measured.judged == (measured.bits + with_layouts.bits_per_note) / 2 != measured.bits
    without = replace(metadata, vocabulary=replace(vocabulary, conditions=()))
    assert PieceValidator(without, pieces).rows_with_layouts is None
