"""A sum of folded rows is the product of the rows side by side, and does not depend on the other notes."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.network.folding import FoldedTables, fold
from melodyrnn.network.products import direct

RNG = np.random.default_rng(3)
TABLES = [RNG.normal(size=size).astype(np.float32) for size in ((4, 6), (1, 3), (50, 1), (9, 16))]
KERNEL = RNG.normal(size=(26, 40)).astype(np.float32)


def indices(number: int) -> np.ndarray:
    return np.stack([RNG.integers(0, len(table), number) for table in TABLES], axis=1)


@pytest.mark.parametrize("number", [0, 1, 8, 30])
def test_it_is_the_product_of_the_joined_rows(number: int) -> None:
    chosen = indices(number)
    joined = np.concatenate([table[column] for table, column in zip(TABLES, chosen.T, strict=True)], axis=1)
    found = FoldedTables(fold(TABLES, KERNEL, direct)).sums(chosen)
    assert found.shape == (number, 40)
    np.testing.assert_allclose(found, joined @ KERNEL, atol=1e-5)


def test_a_note_does_not_depend_on_the_others() -> None:
    chosen, tables = indices(19), FoldedTables(fold(TABLES, KERNEL, direct))
    together = tables.sums(chosen)
    for n in range(len(chosen)):
        assert (tables.sums(chosen[n : n + 1])[0] == together[n]).all()


def test_indices_may_be_small_integers() -> None:
    tables = FoldedTables(fold(TABLES, KERNEL, direct))
    last = np.array([[len(table) - 1 for table in TABLES]], dtype=np.uint8)
    assert (tables.sums(last) == tables.sums(last.astype(np.int64))).all()
