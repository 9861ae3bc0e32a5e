"""Influence over distance: compared with a numerical derivative, and the verdicts on constructed runs."""

import keras
import numpy as np
import pytest

from melodyrnn.checkpoint import Metadata
from melodyrnn.errors import SettingError
from melodyrnn.evaluation.bits import bits_of_batch
from melodyrnn.evaluation.diagnosis import judge
from melodyrnn.evaluation.training_figures import TrainingFigures
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.model.gradients import influence
from melodyrnn.model.network import NoteNetwork
from melodyrnn.model.saving import build_network, network_weights, set_weights
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import train
from melodyrnn.network.network import Network


def network_of(corpus, **settings):
    keras.utils.set_random_seed(3)
    return build_network(NoteNetwork(Inputs.of(corpus.vocabulary), units=6, num_layers=1, **settings))


def test_influence_is_the_derivative_of_the_loss(plain_corpus, tmp_path):
    """By central differences on the NumPy network, for one piece and one distance."""
    network, vocabulary = network_of(plain_corpus, cell="rnn"), plain_corpus.vocabulary
    longest = max(plain_corpus.melodies("all"), key=len)
    found = influence(network, vocabulary, [longest])
    contexts, targets = context_of([longest], vocabulary)
    numpy_network = Network(Metadata(vocabulary, network.settings), network_weights(network))
    start, k = 16, 4
    state = numpy_network.initial_state(1)
    for row in contexts[0][:start]:
        _, state = numpy_network.step(row[None], state)

    def loss(h):
        layer = [(h.astype(np.float64),)]
        for row in contexts[0][start : start + k + 1]:
            output, layer = numpy_network.step(row[None], layer)
        total = 0.0
        for place, name in enumerate(numpy_network.inputs.values):
            spot = slice(start + k, start + k + 1)
            p = numpy_network.head(name, output, contexts[0][spot], targets[0][spot]).probabilities()
            total -= float(np.log(p[0, targets[0][start + k, place]]))
        return total

    (h,) = state[0]
    gradient = []
    for unit in range(6):
        step = np.zeros((1, 6))
        step[0, unit] = 1e-3
        gradient.append((loss(h + step) - loss(h - step)) / 2e-3)
    expected = float(np.linalg.norm(gradient))
    assert found.norms[0, found.distances.index(k)] == pytest.approx(expected, rel=0.02)
    assert found.constant == ()  # of a single piece
    assert len(bits_of_batch(numpy_network, contexts, targets)) == 1


def test_a_feed_forward_network_has_no_state_to_watch(plain_corpus):
    with pytest.raises(SettingError, match=r"sees its window of 5 notes and no further. Received: cell feedforward"):
        influence(
            network_of(plain_corpus, cell="feedforward", window=5),
            plain_corpus.vocabulary,
            plain_corpus.melodies("all"),
        )


PLANTED = {
    "vanishing": {"cell": "rnn", "activation": "sigmoid"},
    "exploding": {"cell": "irnn", "clip_norm": 0.0, "learning_rate": 0.1},
    "clipped": {"clip_norm": 0.01},
}


def test_units_with_one_value_are_counted(plain_corpus):
    network = network_of(plain_corpus, cell="rnn", activation="relu")
    shortest = sorted(plain_corpus.melodies("all"), key=len)[:4]
    before = influence(network, plain_corpus.vocabulary, shortest).constant
    assert before[0] < 0.5
    weights = network.core_0.get_weights()
    weights[-1][:3] = -100.0  # the biases of three of six units, which relu then never lets out
    network.core_0.set_weights(weights)
    assert influence(network, plain_corpus.vocabulary, shortest).constant[0] >= 0.5


@pytest.mark.slow
@pytest.mark.parametrize("word", PLANTED)
def test_constructed_runs_get_the_right_verdict(plain_corpus, word):
    settings = {"units": 24, "num_layers": 1, "batch_size": 8, "length": 32, "epochs": 1, "seed": 1, **PLANTED[word]}
    network, metadata = train(plain_corpus, TrainingSettings(**settings))
    assert verdict(plain_corpus, network, metadata) == word


@pytest.mark.slow
def test_a_usual_run_is_healthy(plain_corpus, learned):
    network = build_network(NoteNetwork(Inputs.of(plain_corpus.vocabulary), **learned.metadata.network))
    set_weights(network, learned.weights)
    assert verdict(plain_corpus, network, learned.metadata) == "healthy"


def verdict(corpus, network, metadata):
    found, training = influence(network, corpus.vocabulary, corpus.melodies("all")), metadata.training
    figures = TrainingFigures(training["history"], training["stopped"], training["settings"]["clip_norm"])
    return judge(found.distances, found.norms, figures, found.constant).word
