"""Arrays that cannot be written, distinct and common values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.arrays import common, distinct, frozen


def test_frozen_copies_only_writable_arrays() -> None:
    writable = np.array([1, 2], dtype=np.int64)
    one = frozen(writable)
    assert one is not writable
    assert frozen(one) is one
    with pytest.raises(ValueError, match="read-only"):
        one[0] = 3
    writable[0] = 7
    assert one.tolist() == [1, 2]
    assert frozen([3, 4]).dtype == frozen(np.array([3], dtype=np.int16)).dtype == np.int64


@given(st.lists(st.integers(-(2**60), 2**60)))
def test_distinct_values_are_those_of_numpy(values: list[int]) -> None:
    array = np.array(values, dtype=np.int64)
    np.testing.assert_array_equal(distinct(array), np.unique(array))
    np.testing.assert_array_equal(distinct(np.sort(array)), np.unique(array))


@given(st.sets(st.integers(-50, 50)), st.sets(st.integers(-50, 50)))
def test_common_values_are_those_of_sets(one: set[int], other: set[int]) -> None:
    arrays = (np.array(sorted(values), dtype=np.int64) for values in (one, other))
    assert common(*arrays).tolist() == sorted(one & other)
