"""Averages of the weights and norms of the gradients, beside what they are by definition."""

import keras
import numpy as np
import pytest
from keras import ops

from melodyrnn.model.optimizer import AVERAGED, Adam


@pytest.fixture
def variable():
    return keras.Variable(np.zeros(3, dtype="float32"))


def steps(optimizer, variable, num, gradient=(1.0, -2.0, 2.0)):
    """The values after each step."""
    optimizer.build([variable])
    optimizer.learning_rate = 0.1
    seen = []
    for _ in range(num):
        optimizer.apply([ops.convert_to_tensor(np.array(gradient, dtype="float32"))], [variable])
        seen.append(ops.convert_to_numpy(variable))
    return np.array(seen)


def test_the_average_covers_the_last_twelfth_for_any_length_of_run(variable):
    optimizer = Adam()
    seen = steps(optimizer, variable, 120)
    expected = seen[0]
    for t, value in enumerate(seen[1:], start=2):
        expected = expected + (value - expected) * AVERAGED / (t + AVERAGED - 1)
    found = optimizer.averaged([variable])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    # with a constant gradient Adam moves evenly, so the value tells the mean age of what is averaged
    age = 1 - found[0] / seen[-1][0]
    assert 1 / 16 < age < 1 / 10


def test_after_one_step_the_average_is_the_value(variable):
    optimizer = Adam()
    seen = steps(optimizer, variable, 1)
    np.testing.assert_allclose(optimizer.averaged([variable])[0], seen[-1], rtol=1e-6)


@pytest.mark.parametrize(("clip", "after", "share"), [(1.0, 1.0, 1.0), (4.0, 3.0, 0.0), (0.0, 3.0, 0.0)])
def test_norms_before_and_after_clipping(variable, clip, after, share):
    optimizer = Adam(clip)
    steps(optimizer, variable, 4)
    norms = optimizer.take_norms()
    assert norms.mean == pytest.approx(3.0)
    assert norms.largest == pytest.approx(3.0)
    assert norms.mean_clipped == pytest.approx(after)
    assert norms.clipped == pytest.approx(share)
    assert optimizer.take_norms().mean == 0


def test_its_steps_are_those_of_the_adam_of_keras():
    """Of several variables at once, and with an embedding, whose gradient tensorflow gives as rows and their places."""
    rng = np.random.default_rng(5)
    places, target = rng.integers(0, 9, (4, 3)), rng.normal(size=(4, 3, 2)).astype("float32")
    learned = []
    for optimizer in (Adam(0.5), keras.optimizers.Adam(1e-3, global_clipnorm=0.5)):
        keras.utils.set_random_seed(6)
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Embedding(9, 5), keras.layers.Dense(2)])
        model.compile(optimizer=optimizer, loss="mse", jit_compile=False)
        optimizer.build(model.trainable_variables)
        start = model.get_weights()
        for _ in range(5):
            model.train_on_batch(places, target)
        learned.append([after - before for before, after in zip(start, model.get_weights(), strict=True)])
    for found, expected in zip(*learned, strict=True):
        assert np.abs(expected).max() > 1e-3
        np.testing.assert_allclose(found, expected, atol=1e-6)
