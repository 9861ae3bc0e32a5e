"""Products of rows with a fixed kernel: the library's own, and one that rounds a row alike whatever rows are beside it.

Shapes: N rows, I inputs, O outputs. A matrix product of a library rounds a row differently depending on the number of
rows; products of always eight rows do not (measured on OpenBLAS; true of blocks of 4 and 8, not of 16).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..arrays import Float32s

Product = Callable[[Float32s], Float32s]  # (N, I) -> (N, O)
ProductOf = Callable[[Float32s], Product]  # of a kernel (I, O)

_ROWS = 8  # of one product
# Rows x inputs x outputs of one product. Up to 2^18 OpenBLAS takes one thread, whatever the machine has, and up to 10^6
# its kernels for AVX-512 read the matrix as it is, which halves the time: copying it first takes longer than the
# product of eight rows (interface/gemm.c of OpenBLAS).
_MAX_ELEMENTS = 2**18
# NumPy asks Linux for huge pages for arrays of 4 MiB and more. With them a kernel is read twice as fast, in virtual
# machines above all, so those of 1 MiB and more get an array of that size.
_HUGE, _LARGE = 2**20, 2**18  # numbers of 4 bytes


def direct(kernel: Float32s) -> Product:
    """Return the product of the library for any number of rows at once."""

    def product(x: Float32s) -> Float32s:
        return x @ kernel

    return product


def batch_invariant(kernel: Float32s) -> Product:
    """Return a product whose result for a row is bit for bit the same whatever the other rows are."""
    outputs, blocks = kernel.shape[1], _blocks_of_columns(kernel)
    num_blocks, _, inputs, width = blocks.shape

    def product(x: Float32s) -> Float32s:
        count = -(-len(x) // _ROWS)
        rows = x
        if count * _ROWS > len(x):
            rows = np.zeros((count * _ROWS, inputs), dtype=np.float32)
            rows[: len(x)] = x
        out = np.empty((count, _ROWS, num_blocks, width), dtype=np.float32)
        np.matmul(rows.reshape(1, count, _ROWS, inputs), blocks, out=out.transpose(2, 0, 1, 3))
        return out.reshape(count * _ROWS, -1)[: len(x), :outputs]

    return product


def _blocks_of_columns(kernel: Float32s) -> Float32s:
    """Return the columns of a kernel in blocks of equal width, each in one piece, (blocks, 1, I, width).

    Columns of 0 fill the last block.
    """
    inputs, outputs = kernel.shape
    fewest = max(1, -(-_ROWS * inputs * outputs // _MAX_ELEMENTS))
    count = next((n for n in range(fewest, 2 * fewest + 1) if outputs % n == 0), fewest)
    missing = -outputs % count
    whole = np.pad(kernel, ((0, 0), (0, missing))) if missing else kernel
    blocks = whole.reshape(inputs, 1, count, -1).transpose(2, 1, 0, 3)
    size = max(blocks.size, _HUGE) if blocks.size >= _LARGE else blocks.size
    copy = np.empty(size, dtype=np.float32)[: blocks.size].reshape(blocks.shape)
    copy[...] = blocks
    return copy
