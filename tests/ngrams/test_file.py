"""Experts survive the way through a file; damaged ones are refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
from note_rows import SIZES, experts

from melodyrnn.ngrams.file import from_bytes, to_bytes

TUNE = np.array([[0, 1, p] for p in (0, 1, 2, 0, 1, 2, 0, 1, 2)])
NGRAMS = experts([TUNE, TUNE[::-1]], {"pitch": (0.5, 0.1, 0.2, 0.1, 0.25)})


def changed(**arrays: np.ndarray) -> bytes:
    """The bytes of the experts with other arrays in place of some."""
    with np.load(io.BytesIO(to_bytes(NGRAMS))) as old:
        content = {**old, **{name.replace("_", "."): array for name, array in arrays.items()}}
    file = io.BytesIO()
    np.savez(file, **content)
    return file.getvalue()


def test_bytes_hold_weights_and_counts() -> None:
    found = from_bytes(to_bytes(NGRAMS), SIZES)
    assert (found.fields, found.weights) == (NGRAMS.fields, NGRAMS.weights)
    assert set(found.tables) == {"pitch", "interval"}  # what no weight needs is left out
    for name, table in found.tables.items():
        assert (table.entries == NGRAMS.tables[name].entries).all()
        assert (table.counts == NGRAMS.tables[name].counts).all()
    assert to_bytes(found) == to_bytes(NGRAMS)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pitch_weights": np.ones(3)}, "5 finite weights are needed"),
        ({"pitch_weights": np.full(5, np.nan)}, "5 finite weights are needed"),
        ({"pitch_counts": np.ones(3, dtype=np.uint16)}, "int64 and uint16 of one shape"),
        ({"interval_entries": np.ones(2)}, "int64 and uint16 of one shape"),
        ({"fields": np.array(["shift", "pitch"])}, "n-grams of shift, pitch"),
    ],
)
def test_damaged_arrays_are_refused(change: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_bytes(changed(**change), SIZES)


def test_entries_must_be_sorted() -> None:
    counts = NGRAMS.tables["pitch"].counts
    with pytest.raises(ValueError, match="entries must be sorted"):
        from_bytes(changed(pitch_entries=np.zeros(len(counts), dtype=np.int64)), SIZES)


def test_a_missing_array_is_refused() -> None:
    with pytest.raises(KeyError):
        from_bytes(to_bytes(NGRAMS).replace(b"interval.", b"intervax."), SIZES)
