"""Dense layers side by side give what each gives by itself."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops

from melodyrnn.model.dense import side_by_side


def test_layers_side_by_side_give_what_each_gives() -> None:
    keras.utils.set_random_seed(3)
    x = np.random.default_rng(0).normal(size=(2, 5, 7)).astype(np.float32)
    dense = [layers.Dense(units, bias_initializer="normal") for units in (4, 1, 3)]
    expected = [ops.convert_to_numpy(layer(x)) for layer in dense]
    for inputs in ((x,), (x[..., :2], x[..., 2:]), (x[..., :1], x[..., 1:6], x[..., 6:])):
        for found, alone in zip(side_by_side(dense, *inputs), expected, strict=True):
            np.testing.assert_allclose(ops.convert_to_numpy(found), alone, rtol=1e-5, atol=1e-6)


def test_rows_past_the_inputs_are_left_out() -> None:
    keras.utils.set_random_seed(3)
    x = np.random.default_rng(0).normal(size=(3, 6)).astype(np.float32)
    narrow, wide = layers.Dense(2), layers.Dense(2)
    narrow.build((None, 4))
    of_all = wide(x)
    found = side_by_side([narrow, wide], x[:, :4])
    np.testing.assert_allclose(found[0], narrow(x[:, :4]), rtol=1e-5, atol=1e-6)
    rest = ops.matmul(x[:, 4:], ops.convert_to_tensor(wide.kernel)[4:])
    np.testing.assert_allclose(found[1] + rest, of_all, rtol=1e-5, atol=1e-6)
