"""Types of NumPy arrays, each named once. Shapes are given where an array is used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]
Columns = npt.NDArray[np.uint8]  # context columns, see events/inputs.py
AnyInts = npt.NDArray[np.integer]
AnyFloats = npt.NDArray[np.floating]


_INT64 = np.dtype(np.int64)


def frozen(array: Sequence[int] | npt.NDArray[np.generic]) -> IntArray:
    """Return `array` as read-only int64: itself where it is already, else a copy."""
    if isinstance(array, np.ndarray) and array.dtype == _INT64 and not array.flags.writeable:
        return array  # type: ignore[return-value]
    copy: IntArray = np.array(array, dtype=np.int64, ndmin=1)
    copy.setflags(write=False)
    return copy


def distinct(values: IntArray) -> IntArray:
    """Return the distinct values in order, several times faster than `np.unique`, which hashes them before it sorts."""
    ordered = np.ravel(values)
    if np.count_nonzero(ordered[1:] < ordered[:-1]):
        ordered = np.sort(ordered)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]


def common(one: IntArray, other: IntArray) -> IntArray:
    """Return the values that are in both arrays, in order; in each array the values are distinct and in order."""
    merged = np.sort(np.concatenate([one, other]), kind="stable")  # which merges what is sorted in linear time
    return merged[1:][merged[1:] == merged[:-1]]
