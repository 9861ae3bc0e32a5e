"""A batch-invariant product is the product, and a row's bits do not depend on the number, place or values of others."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from melodyrnn.arrays import Float32s
from melodyrnn.network.products import batch_invariant, direct
from melodyrnn.threads import THREAD_VARIABLES

# (inputs, outputs): one block of columns; several; a number of columns that no number of blocks divides
SHAPES = [(5, 3), (64, 7), (128, 512), (384, 448), (384, 1536), (509, 1019)]


def matrices(inputs: int, outputs: int, rows: int) -> tuple[Float32s, Float32s]:
    rng = np.random.default_rng(inputs + rows)
    x, kernel = rng.normal(size=(rows, inputs)), rng.normal(size=(inputs, outputs))
    return x.astype(np.float32), kernel.astype(np.float32)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("rows", [1, 7, 8, 9, 24])
def test_it_is_the_product(shape: tuple[int, int], rows: int) -> None:
    x, kernel = matrices(*shape, rows)
    wanted = x.astype(np.float64) @ kernel
    for product in (batch_invariant(kernel), direct(kernel)):
        found = product(x)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, wanted, atol=2e-6 * shape[0])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_row_does_not_depend_on_the_others(shape: tuple[int, int]) -> None:
    x, kernel = matrices(*shape, 21)
    product = batch_invariant(kernel)
    together = product(x)
    for n in range(len(x)):
        assert (product(x[n : n + 1])[0] == together[n]).all()
    order = np.random.default_rng(1).permutation(len(x))
    assert (product(x[order]) == together[order]).all()


def test_rows_need_not_be_contiguous() -> None:
    x, kernel = matrices(12, 5, 16)
    product = batch_invariant(kernel)
    assert (product(x[::2]) == product(x[::2].copy())).all()
    assert (product(np.asfortranarray(x)) == product(x)).all()


def test_a_product_leaves_its_operands_as_they_are() -> None:
    x, kernel = matrices(509, 1019, 3)
    before = x.copy(), kernel.copy()
    batch_invariant(kernel)(x)
    assert (x == before[0]).all()
    assert (kernel == before[1]).all()


SHARE_OF_THIS_THREAD = """
import time
import numpy as np
from melodyrnn.network.products import batch_invariant

def seconds():
    return np.array([time.process_time(), time.thread_time()])

def idle():  # the threads that OpenBLAS starts when it is imported look for work for a while before they sleep
    before = seconds()
    time.sleep(0.05)
    whole, own = seconds() - before
    return whole - own < 0.001

x, kernel = np.ones((64, 384), dtype=np.float32), np.ones((384, 1536), dtype=np.float32)
product = batch_invariant(kernel)
for _ in range(100):
    if idle():
        break
before = seconds()
for _ in range(100):
    product(x)
whole, own = seconds() - before
print(own / whole)
"""


@pytest.mark.parametrize("core", ["", "Haswell"])  # the kernels of OpenBLAS for this processor, and older ones
def test_one_thread_does_it_where_four_are_allowed(core: str) -> None:
    environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "4"), "OPENBLAS_CORETYPE": core}
    done = subprocess.run([sys.executable, "-c", SHARE_OF_THIS_THREAD], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 0.9  # of threads that share the work each does a half or less
