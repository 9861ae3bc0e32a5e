"""Verses that repeat within a piece: found where all of it is played again, not where a section repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from strategies import melodies

from melodyrnn.evaluation.bits import Evaluation
from melodyrnn.evaluation.breakdown import by_verse
from melodyrnn.evaluation.verses import repeated_notes, verse_length
from melodyrnn.score.score import Score, in_parts

BAR = 48


def section(seed: int, bars: int = 8) -> np.ndarray:
    """Return the pitches of a section of eighths, of which no two seeds share a bar."""
    return np.random.default_rng(seed).integers(55, 80, 8 * bars)


A, B, C, V = (section(seed) for seed in range(4))
LONG = section(9, bars=16)


def piece_of(make_melody: Callable[..., Score], *sections: np.ndarray) -> Score:
    pitch = np.concatenate(sections)
    return make_melody(pitch.tolist(), 6)


@pytest.mark.parametrize(
    ("sections", "bars"),
    [
        ((A, A), 8),
        ((A, A, A), 8),
        ((A, B, A, B), 16),
        ((A, A, B, A, A, B), 24),
        ((A, A, B, B, A, A, B, B), 32),  # a whole tune, twice
        ((A[:32], A[:32]), 4),  # a third of the piece
        ((LONG, LONG[:120]), 16),  # a shorter last verse
        ((A, A, B, B), None),
        ((A, A, B, A), None),
        ((A, B, A), None),
        ((A, B, A, C), None),
        ((A, A, B), None),
        ((V,), None),
        ((LONG, LONG[:96]), None),  # three quarters of a verse
    ],
)
def test_a_verse_repeats_where_all_of_a_piece_is_played_again(
    make_melody: Callable[..., Score], sections: tuple[np.ndarray, ...], bars: int | None
) -> None:
    score = piece_of(make_melody, *sections)
    assert verse_length(score) == (None if bars is None else bars * BAR)
    first = len(score) if bars is None else 8 * bars
    assert np.flatnonzero(repeated_notes(score)).tolist() == [*range(first, len(score))]


@pytest.mark.parametrize(("changed", "repeats"), [(6, True), (7, False)])
def test_one_note_in_ten_may_differ(make_melody: Callable[..., Score], changed: int, repeats: bool) -> None:
    other = A.copy()
    other[:changed] = 100
    assert (verse_length(piece_of(make_melody, A, other)) is not None) == repeats


def test_a_pickup_belongs_to_its_verse(make_melody: Callable[..., Score]) -> None:
    score = piece_of(make_melody, A, A)
    late = replace(score, onset=score.onset + 36)
    assert verse_length(late) == 8 * BAR
    assert repeated_notes(late).tolist() == repeated_notes(score).tolist()


def test_the_same_notes_in_another_part_are_not_the_verse_again(make_melody: Callable[..., Score]) -> None:
    first, second = piece_of(make_melody, A), piece_of(make_melody, A)
    second = replace(second, onset=second.onset + 8 * BAR)
    assert verse_length(in_parts(first, second)) is None
    both = piece_of(make_melody, A, A)
    assert verse_length(in_parts(both, replace(both, pitch=both.pitch - 24))) == 8 * BAR


@given(melodies())
def test_repeated_notes_are_the_last_and_equal_earlier_ones(score: Score) -> None:
    late, verse = repeated_notes(score), verse_length(score)
    assert late.shape == (len(score),)
    assert (np.diff(late.astype(int)) >= 0).all()
    assert late.any() == (verse is not None)
    if verse is not None:
        places = [*zip(score.onset.tolist(), score.pitch.tolist(), strict=True)]
        equal = [(onset - verse, pitch) in places for onset, pitch in np.array(places)[late].tolist()]
        assert sum(equal) >= 0.9 * len(equal)


def test_a_long_last_note_is_no_verse(make_melody: Callable[..., Score]) -> None:
    pitch = [60, *A.tolist()]
    assert verse_length(make_melody([*pitch, 60], [*[6] * len(pitch), 9 * BAR])) is None


def test_bits_with_and_without_repeated_verses() -> None:
    bits = [np.array([[2.0], [4.0], [1.0], [1.0]]), np.array([[3.0], [3.0]])]
    repeated = [np.array([False, False, True, True]), np.array([False, False])]
    found = by_verse(bits, [8.0, 4.0], repeated, [], np.random.default_rng(0))
    assert (found["pieces"], found["notes"], found["bits_per_note"]) == (1, 2, 1.0)
    assert found["without"] == (2 + 4 + 8 + 3 + 3 + 4) / 4
    assert found["without_interval"] == [5.0, 7.0]
    given = [np.array([True, False, True, False]), np.array([False, False])]
    of_others = by_verse(bits, [8.0, 4.0], repeated, given, np.random.default_rng(0))
    assert (of_others["notes"], of_others["without"]) == (1, 24 / 3)


def test_without_repeated_verses_the_figures_are_those_of_all_notes() -> None:
    bits = [np.array([[2.0], [4.0]]), np.array([[3.0], [1.0]])]
    evaluation = Evaluation(("pitch",), bits, [np.zeros(2, dtype=np.int64)] * 2, [1.0] * 2, [4.0] * 2, [2.0] * 2, 0)
    found = evaluation.verses()
    assert (found["pieces"], found["notes"], found["bits_per_note"]) == (0, 0, None)
    assert found["without"] == evaluation.bits_per_note
    assert found["without_interval"] == list(evaluation.interval())
    assert evaluation.to_json()["verses"] == found
