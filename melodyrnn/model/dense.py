"""Several dense layers that read the same inputs, computed as one product.

A processor multiplies by one wide kernel faster than by several narrow ones, forward and backward, and reads the inputs
once. Shapes: (..., I) inputs, (..., O) outputs of each layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from keras import layers, ops

from .types import Tensor


def side_by_side(dense: Sequence[layers.Dense], *inputs: Tensor) -> list[Tensor]:
    """Return the outputs of built dense layers before their activations.

    Args:
        inputs: what all of them read, in the order of the rows of their kernels; rows after those are left out.
    """
    widths = [x.shape[-1] for x in inputs]
    kernel = ops.concatenate([ops.convert_to_tensor(layer.kernel)[: sum(widths)] for layer in dense], axis=-1)
    out = ops.concatenate([ops.convert_to_tensor(layer.bias) for layer in dense], axis=-1)
    for x, width, end in zip(inputs, widths, accumulate(widths), strict=True):
        out = out + ops.matmul(x, kernel[end - width : end])
    ends = list(accumulate(layer.units for layer in dense))
    return [out[..., end - layer.units : end] for layer, end in zip(dense, ends, strict=True)]
