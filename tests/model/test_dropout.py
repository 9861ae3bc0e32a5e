"""Dropout drops the given share, at places independent of each other, of the call and of the layer."""

import keras
import numpy as np
import pytest
from keras import ops

from melodyrnn.model.dropout import Dropout

SHAPE = (16, 64, 64)
TOLERANCE = 5 / np.sqrt(np.prod(SHAPE))  # five standard deviations of the mean of independent values of variance 1


def masks(rate, num, seed=1):
    """Which values are kept, in the calls one after the other, (num, *SHAPE)."""
    keras.utils.set_random_seed(seed)
    layer = Dropout(rate)
    return np.array([ops.convert_to_numpy(layer(np.ones(SHAPE, "float32"), training=True)) > 0 for _ in range(num)])


def correlation(a, b):
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


@pytest.mark.parametrize("rate", [0.05, 0.3, 0.5, 0.9])
def test_the_share_is_dropped_and_the_rest_scaled_so_that_the_mean_stays(rate):
    keras.utils.set_random_seed(0)
    out = ops.convert_to_numpy(Dropout(rate)(np.full(SHAPE, 3.0, "float32"), training=True))
    np.testing.assert_allclose(np.unique(out), [0, 3 / (1 - rate)], rtol=1e-6)
    assert (out == 0).mean() == pytest.approx(rate, abs=TOLERANCE * np.sqrt(rate * (1 - rate)))


def test_values_pass_unchanged_outside_training_and_at_rate_0():
    values = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(Dropout(0.5)(values)), values)
    np.testing.assert_array_equal(ops.convert_to_numpy(Dropout(0)(values, training=True)), values)


def test_places_are_independent_of_their_neighbours_along_each_axis():
    (kept,) = masks(0.5, 1)
    for axis in range(3):
        for distance in (1, 2, 3, 8, 32):
            along = np.moveaxis(kept, axis, 0)
            if distance < len(along):
                found = correlation(along[:-distance], along[distance:])
                assert abs(found) < TOLERANCE * np.sqrt(len(along) / (len(along) - distance))


def test_calls_are_independent_of_each_other():
    kept = masks(0.3, 6)
    for n, one in enumerate(kept):
        for other in kept[:n]:
            assert abs(correlation(one, other)) < TOLERANCE


def test_layers_are_independent_of_each_other_and_a_seed_repeats_them():
    (kept,), (again,), (other,) = masks(0.5, 1), masks(0.5, 1), masks(0.5, 1, seed=2)
    np.testing.assert_array_equal(kept, again)
    assert abs(correlation(kept, other)) < TOLERANCE


def test_its_variables_are_those_of_the_layer_of_keras():
    ours, theirs = Dropout(0.5).variables, keras.layers.Dropout(0.5).variables
    assert [(v.name, v.shape, v.dtype) for v in ours] == [(v.name, v.shape, v.dtype) for v in theirs]
