"""N-gram experts as bytes: a compressed archive of NumPy arrays.

fields              names of the fields of a note
FIELD.weights       float64 (1 + E,), for each field with experts
VIEW.entries        int64 (num_entries,), the differences of the sorted entries, which take less room
VIEW.counts         uint16 (num_entries,)
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np

from .ngrams import Ngrams
from .table import Table
from .views import views_of


def to_bytes(ngrams: Ngrams) -> bytes:
    """Return experts as bytes; equal ones give equal bytes."""
    arrays = {"fields": np.array(ngrams.fields)}
    for name, weights in ngrams.weights.items():
        arrays[f"{name}.weights"] = np.array(weights)
        for view in views_of(name):
            table = ngrams.tables[view.name]
            arrays[f"{view.name}.entries"] = np.diff(table.entries, prepend=0)
            arrays[f"{view.name}.counts"] = table.counts
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def from_bytes(data: bytes, sizes: Mapping[str, int]) -> Ngrams:
    """Return the experts in bytes, for a vocabulary with these numbers of values.

    Raises:
        ValueError, KeyError, OSError, zipfile.BadZipFile: where they are damaged or those of another vocabulary.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        fields = tuple(map(str, arrays["fields"]))
        if fields != tuple(sizes):
            raise ValueError(f"n-grams of {', '.join(fields)}")
        names = [name for name in fields if f"{name}.weights" in arrays]
        weights = {name: _weights(arrays[f"{name}.weights"], 1 + 2 * len(views_of(name))) for name in names}
        views = [view.name for name in names for view in views_of(name)]
        return Ngrams(
            fields, weights, {view: _table(arrays[f"{view}.entries"], arrays[f"{view}.counts"]) for view in views}
        )


def _weights(array: np.ndarray, number: int) -> tuple[float, ...]:
    if array.shape != (number,) or not np.isfinite(array).all():
        raise ValueError(f"{number} finite weights are needed, not {array}")
    return tuple(array.astype(np.float64).tolist())


def _table(differences: np.ndarray, counts: np.ndarray) -> Table:
    if differences.dtype != np.int64 or counts.dtype != np.uint16 or differences.shape != counts.shape:
        raise ValueError("entries and counts must be int64 and uint16 of one shape")
    entries = np.cumsum(differences)
    if (np.diff(entries) <= 0).any():
        raise ValueError("entries must be sorted")
    return Table(entries, counts)
