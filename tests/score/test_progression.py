from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chord_scores

from melodyrnn.errors import NotationError
from melodyrnn.music.chords import ChordSymbol, transpose_codes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.chords import CHORDS, chord_score
from melodyrnn.score.progression import key_of_chords, progression_of, score_of_progression
from melodyrnn.score.score import Score

FOUR, C_MAJOR = Meter(4, 4), Key(0, "major")


def code(text: str) -> int:
    return ChordSymbol.parse(text).code


@given(chord_scores())
def test_score_to_text_to_score(score: Score) -> None:
    assert score_of_progression(progression_of(score), score.meter, score.key) == score


@given(chord_scores(), st.integers(0, 11))
def test_a_transposed_progression_is_one_of_transposed_codes(score: Score, semitones: int) -> None:
    key = Key((score.key.tonic + semitones) % 12, score.key.mode)
    moved = chord_score(
        score.onset, transpose_codes(score.pitch, semitones), score.num_bars * score.bar, score.meter, key
    )
    assert score_of_progression(progression_of(moved), moved.meter, key) == moved


def test_a_part_of_chords() -> None:
    score = score_of_progression("C:2 G7/B:2 | Am F", FOUR, C_MAJOR, 400_000)
    assert score.onset.tolist() == [0, 24, 48, 72]
    assert score.duration.tolist() == [24] * 4
    assert score.pitch.tolist() == [code("C"), code("G7/B"), code("Am"), code("F")]
    assert score.velocity.tolist() == [80] * 4
    assert score.parts == (CHORDS,)
    assert (CHORDS.kind, CHORDS.role) == ("chords", "chords")
    assert (score.meter, score.key, score.microseconds_per_quarter) == (FOUR, C_MAJOR, 400_000)


@pytest.mark.parametrize(
    ("text", "key"),
    [("C | F | G | C", "C"), ("Am | Dm | E7 | Am", "A minor"), ("Eb | Ab | Bb7 | Eb", "Eb"), ("N.C.", "C")],
)
def test_the_key_is_found_where_none_is_given(text: str, key: str) -> None:
    assert score_of_progression(text, FOUR).key == Key.parse(key)


def test_the_key_counts_how_long_chords_last() -> None:
    chords = np.array([code("C"), code("F#"), code("C")])
    assert key_of_chords(chords, np.array([96, 12, 96])) == C_MAJOR
    assert key_of_chords(chords[[1, 0, 1]], np.array([96, 12, 96])) == Key(6, "major")


def test_a_chord_that_begins_between_steps_is_refused() -> None:
    with pytest.raises(NotationError) as caught:
        score_of_progression("C | C D E F G", FOUR)
    rule = "a chord must last for whole steps, 12 to the quarter note."
    assert str(caught.value) == f"{rule} Received: C, which ends in bar 2 after 288/5 steps"


def test_where_there_is_no_chord_the_text_says_so() -> None:
    chords = chord_score(np.array([48]), np.array([code("Bb")]), 96, FOUR, Key.parse("F"))
    assert progression_of(chords) == "N.C. | Bb"
