"""Dropout whose masks cost little: a hash of the place, instead of a random generator that is run for each number.

XLA computes the random numbers of Keras (Philox) one after the other on a CPU, which took a sixth of a training step
at two layers of 128 units. A hash of the place in the array and of the two numbers that the layer's seed generator
gives for this call can be computed for many places at once. Each place is dropped with probability `rate`, as in
`keras.layers.Dropout` (Srivastava et al. 2014), independently of other places and calls.
"""

from __future__ import annotations

import math

import keras
from keras import layers, ops

from ..json_types import JsonObject
from .types import Tensor

_BITS = 31  # of a hash that are compared with the rate


@keras.saving.register_keras_serializable("melodyrnn")
class Dropout(layers.Dropout):  # type: ignore[misc]
    """`keras.layers.Dropout`, with the same variables and other masks.

    With `is_locked` all steps of a sequence, axis 1, have the same mask (Gal and Ghahramani 2016).
    """

    def __init__(self, rate: float, is_locked: bool = False, **kwargs: object) -> None:
        super().__init__(rate, **kwargs)
        self.is_locked = is_locked

    def get_config(self) -> JsonObject:
        return {**super().get_config(), "is_locked": self.is_locked}

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return the inputs, a share `rate` of them replaced by 0 and the others divided by 1 - rate while training."""
        if not training or not self.rate:
            return inputs
        shape = ops.shape(inputs)
        shape = (shape[0], 1, *shape[2:]) if self.is_locked else shape
        kept = _kept(self.seed_generator, shape, self.rate)
        return ops.where(kept, inputs / (1 - self.rate), 0.0)


def dropped(weights: Tensor, rate: float, seeds: keras.random.SeedGenerator) -> Tensor:
    """Return weights, a share `rate` of them replaced by 0 and the others divided by 1 - rate (Wan et al. 2013)."""
    return ops.where(_kept(seeds, ops.shape(weights), rate), weights / (1 - rate), 0.0)


def _kept(seeds: keras.random.SeedGenerator, shape: tuple[int, ...], rate: float) -> Tensor:
    """Return which places of an array are kept, each with probability 1 - rate."""
    keys = ops.cast(seeds.next(), "int32")
    places = ops.reshape(ops.arange(math.prod(shape), dtype="int32"), shape)
    hashes = _mixed(_mixed(places + _mixed(keys[0])) + _mixed(keys[1]))
    return ops.bitwise_and(hashes, 2**_BITS - 1) >= round(rate * 2**_BITS)


def _mixed(x: Tensor) -> Tensor:
    """Return a hash of each int32 in which every bit depends on all of its bits.

    It is "lowbias32" of C. Wellons' hash prospector (github.com/skeeto/hash-prospector): products modulo 2^32, and
    shifts to the right that fill with zeros.
    """
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B - 2**32)):
        x = ops.bitwise_xor(x, _shifted(x, shift)) * factor
    return ops.bitwise_xor(x, _shifted(x, 16))


def _shifted(x: Tensor, shift: int) -> Tensor:
    # a shift of a negative int32 fills with ones
    return ops.bitwise_and(ops.right_shift(x, shift), 2 ** (32 - shift) - 1)
