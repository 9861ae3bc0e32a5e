"""Counts of contexts become a distribution as in PPM, method C."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from melodyrnn.ngrams.blend import blend

COUNTS = arrays(np.float64, (3, 4, 5), elements=st.integers(0, 4).map(float))


def one_after_another(counts: np.ndarray, base: np.ndarray) -> np.ndarray:
    """The equation of the module, a context at a time."""
    p = base.copy()
    for own in counts:
        seen, distinct = own.sum(), (own > 0).sum()
        if seen:
            p = (own + distinct * p) / (seen + distinct)
    return p


@given(COUNTS)
def test_each_length_is_blended_with_the_next_shorter(counts: np.ndarray) -> None:
    base = np.array([[0.2] * 5, [0.5, 0.5, 0, 0, 0], [0.1, 0.2, 0.3, 0.4, 0]])
    found = blend(counts, base)
    for own, ground, p in zip(counts, base, found, strict=True):
        assert p == pytest.approx(one_after_another(own, ground))
        assert p.sum() == pytest.approx(1)


def test_without_counts_the_base_remains() -> None:
    base = np.array([[0.25, 0.75]])
    assert blend(np.zeros((1, 3, 2)), base) == pytest.approx(base)
