"""Experts change the distributions of a network by their weights, note by note as over finished pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_rows import SIZES, experts, rows

from melodyrnn.arrays import IntArray
from melodyrnn.ngrams.ngrams import Ngrams, can_count, mixed

TUNE = np.array([[0, 1, p] for p in (0, 1, 2, 0, 1, 2, 0, 1, 2)])
WEIGHTS = {"duration": (0.8, 0.1, 0.2), "pitch": (0.5, 0.1, 0.2, 0.1, 0.2)}


def uniform(num_rows: int, field: str = "pitch") -> np.ndarray:
    return np.full((num_rows, SIZES[field]), 1 / SIZES[field], dtype=np.float32)


@settings(max_examples=20)
@given(st.lists(rows(), min_size=1, max_size=4))
def test_note_by_note_is_as_over_finished_pieces(pieces: list[IntArray]) -> None:
    ngrams, longest = experts([TUNE], WEIGHTS), max(map(len, pieces))
    for name in WEIGHTS:
        p = np.random.default_rng(0).dirichlet(np.ones(SIZES[name]), sum(map(len, pieces))).astype(np.float32)
        whole = np.split(ngrams.over(name, p, pieces), np.cumsum([len(piece) for piece in pieces])[:-1])
        own = np.split(p, np.cumsum([len(piece) for piece in pieces])[:-1])
        reader = ngrams.begin(len(pieces), longest)
        for n in range(longest):
            chosen = np.array([i for i, piece in enumerate(pieces) if n < len(piece)])
            notes = np.array([pieces[i][n] for i in chosen])
            found = reader.mix(name, np.array([own[i][n] for i in chosen]), chosen, notes)
            assert found == pytest.approx(np.array([whole[i][n] for i in chosen]))
            assert found.sum(axis=1) == pytest.approx(np.ones(len(chosen)))
            reader.append(np.array([piece[min(n, len(piece) - 1)] for piece in pieces]))


def test_what_followed_before_becomes_likelier() -> None:
    by_corpus = experts([TUNE], {"pitch": (1, 1, 0, 0, 0)}).over("pitch", uniform(9), [TUNE])
    assert (by_corpus.argmax(axis=1) == TUNE[:, 2]).all()
    other = np.array([[0, 1, p] for p in (3, 3, 1, 3, 3, 1, 3, 3)])
    by_piece = experts([TUNE], {"pitch": (1, 0, 1, 0, 0)}).over("pitch", uniform(8), [other])
    assert by_piece[5].argmax() == 1
    assert by_piece[7].argmax() == 3
    higher = TUNE[:3] + np.array([0, 0, 1])
    transposed = experts([TUNE], {"pitch": (1, 0, 0, 1, 0)}).over("pitch", uniform(3), [higher])
    assert transposed[2].argmax() == 3


def test_fields_without_weights_stay() -> None:
    p = uniform(9, "duration")
    assert experts([TUNE], {"pitch": WEIGHTS["pitch"]}).over("duration", p, [TUNE]) is p
    nothing = Ngrams().begin(2, 3)
    nothing.append(TUNE[:2])
    assert nothing.mix("pitch", p, np.arange(2), TUNE[:2]) is p


def test_a_weighted_product_is_normalised() -> None:
    p = np.array([[0.5, 0.25, 0.25]], dtype=np.float32)
    found = mixed(p, np.array([[[0.25, 0.5, 0.25]]]), (1, 0.5))
    product = np.array([0.5 * 0.25**0.5, 0.25 * 0.5**0.5, 0.25 * 0.25**0.5])
    assert found[0] == pytest.approx(product / product.sum())
    assert found.dtype == np.float32


@pytest.mark.parametrize(
    ("sizes", "can"),
    [
        (SIZES, True),
        ({**SIZES, "velocity": 200}, True),
        ({**SIZES, "pitch": 128}, True),
        ({**SIZES, "duration": 129}, False),
        ({"shift": 3, "pitch": 4}, False),
    ],
)
def test_values_must_fit_into_the_numbers_of_contexts(sizes: dict[str, int], can: bool) -> None:
    assert can_count(sizes) is can
