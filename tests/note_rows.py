"""Pieces as indices of notes, for tests of n-grams."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from melodyrnn.arrays import IntArray
from melodyrnn.ngrams.ngrams import Ngrams
from melodyrnn.ngrams.table import Table
from melodyrnn.ngrams.views import VIEWS

FIELDS = ("shift", "duration", "pitch")
SIZES = {"shift": 3, "duration": 3, "pitch": 4}


def rows(min_notes: int = 1, max_notes: int = 20) -> st.SearchStrategy[IntArray]:
    """Notes of few values, so that much repeats."""
    return st.integers(min_notes, max_notes).flatmap(
        lambda n: arrays(np.int64, (n, len(FIELDS)), elements=st.integers(0, 2))
    )


def experts(pieces: list[IntArray], weights: dict[str, tuple[float, ...]]) -> Ngrams:
    return Ngrams(FIELDS, weights, {view.name: Table.of(view, pieces, FIELDS) for view in VIEWS})
