"""The fast LSTM is Keras' own: the same weights, outputs and gradients; the other cells start as they should."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from melodyrnn.events.inputs import Inputs
from melodyrnn.model import recurrence
from melodyrnn.model.network import NoteNetwork
from melodyrnn.model.recurrence import LSTM, recurrent_layer
from melodyrnn.model.saving import build_network
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import compile_network
from melodyrnn.network.cells import RecurrentConfig


@pytest.fixture
def pair():
    """Keras' layer and ours with its weights, and inputs (B, T, I)."""
    keras.utils.set_random_seed(2)
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(3, 17, 5)).astype("float32")
    theirs, ours = layers.LSTM(7, return_sequences=True), LSTM(7, return_sequences=True)
    theirs(inputs), ours(inputs)
    weights = [rng.normal(0, 0.7, w.shape).astype("float32") for w in theirs.weights]
    theirs.set_weights(weights)
    ours.set_weights(theirs.get_weights())
    return theirs, ours, inputs


def test_outputs_are_those_of_the_layer_of_keras(pair):
    theirs, ours, inputs = pair
    expected = ops.convert_to_numpy(theirs(inputs))
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(ops.convert_to_numpy(ours(inputs, training=True)), expected, atol=1e-6)


def test_gradients_are_those_of_the_layer_of_keras(pair):
    """By one step of plain gradient descent, which any backend can do: what a weight moves is its gradient."""
    theirs, ours, inputs = pair
    target = np.random.default_rng(4).normal(size=(3, 17, 7)).astype("float32")
    moved = []
    for layer in (theirs, ours):
        before = layer.get_weights()
        # a dense layer first, so that the gradient of the inputs counts too
        first = layers.Dense(5, kernel_initializer="identity")
        model = keras.Sequential([layers.Input((17, 5)), first, layer])
        model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse", jit_compile=False)
        model.train_on_batch(inputs, target)
        kernels = [
            first.get_weights()[0] - np.eye(5),
            *(b - a for a, b in zip(before, layer.get_weights(), strict=True)),
        ]
        moved.append(kernels)
    for expected, found in zip(*moved, strict=True):
        assert np.abs(expected).max() > 1e-4
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_dropped_kernels_train_alike_by_the_code_of_keras_that_takes_cudnn(monkeypatch):
    """The path of a GPU, which computes here on what there is."""
    rng = np.random.default_rng(5)
    inputs, target = rng.normal(size=(3, 17, 5)).astype("float32"), rng.normal(size=(3, 17, 7)).astype("float32")
    start, moved = None, []
    for names in ([], ["gpu:0"]):
        monkeypatch.setattr(recurrence, "gpus", lambda names=names: names)
        layer = LSTM(7, 0.4, return_sequences=True)
        model = keras.Sequential([layers.Input((17, 5)), layer])
        model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse", jit_compile=False)
        start = start or layer.get_weights()
        layer.set_weights(start)
        layer.drop_seeds.state.assign(np.array([3, 4]))
        model.train_on_batch(inputs, target)
        moved.append([after - before for before, after in zip(start, layer.get_weights(), strict=True)])
    for expected, found in zip(*moved, strict=True):
        assert np.abs(expected).max() > 1e-4
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_state_given_from_outside_is_used(pair):
    theirs, ours, inputs = pair
    state = [np.full((3, 7), 0.5, "float32"), np.full((3, 7), -0.5, "float32")]
    expected = ops.convert_to_numpy(theirs(inputs, initial_state=state))
    np.testing.assert_allclose(ops.convert_to_numpy(ours(inputs, initial_state=state)), expected, atol=1e-6)
    assert np.abs(expected - ops.convert_to_numpy(ours(inputs))).max() > 0.01


def test_irnn_starts_as_the_identity_without_bias():
    layer = recurrent_layer(RecurrentConfig(6, 1, "irnn"), 0)
    layer(np.zeros((1, 2, 3), "float32"))
    kernel, recurrent, bias = layer.get_weights()
    np.testing.assert_array_equal(recurrent, np.eye(6))
    np.testing.assert_array_equal(bias, 0)
    assert 0 < np.abs(kernel).max() < 0.01
    assert layer.activation is keras.activations.relu


def test_feedforward_reads_its_window_and_no_older_notes():
    layer = recurrent_layer(RecurrentConfig(4, 1, "feedforward", window=3), 0)
    inputs = np.random.default_rng(0).normal(size=(1, 9, 2)).astype("float32")
    layer(inputs)
    changed = inputs.copy()
    changed[0, 4] += 1
    difference = np.abs(ops.convert_to_numpy(layer(changed)) - ops.convert_to_numpy(layer(inputs))).sum(axis=-1)[0]
    assert (difference[[0, 1, 2, 3, 7, 8]] == 0).all()
    assert difference[4:7].max() > 0


def test_it_writes_in_place_only_where_the_loops_are_compiled(plain_corpus):
    network = build_network(NoteNetwork(Inputs.of(plain_corpus.vocabulary), units=4, num_layers=2))
    settings = TrainingSettings().resolved(1000, 10)
    backend = keras.backend.backend()
    compile_network(network, settings, num_steps=10)
    assert [layer.compiled for layer in (network.core_0, network.core_1)] == [backend == "jax"] * 2
    compile_network(network, settings, num_steps=1000)
    assert [layer.compiled for layer in (network.core_0, network.core_1)] == [backend != "torch"] * 2


def test_only_float32_goes_to_cudnn_unless_the_backend_is_torch():
    """There jax takes any numbers for float32."""
    assert LSTM(4).use_cudnn == "auto"
    expected = "auto" if keras.backend.backend() == "torch" else False
    assert LSTM(4, dtype="mixed_bfloat16").use_cudnn == expected
