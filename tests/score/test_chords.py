from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import NotationError
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.chords import NO_CHORD, NUM_CODES, ChordSymbol, transpose_codes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Marker
from melodyrnn.score.chords import (
    CHORDS,
    chord_score,
    has_chords,
    key_of_chords,
    markers_of,
    progression_of,
    score_of_progression,
)
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import MELODY, Score

FOUR, C_MAJOR = Meter(4, 4), Key(0, "major")
METERS = [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(5, 8)]
codes = st.just(NO_CHORD) | st.integers(12, NUM_CODES - 1)
LEAD = (CHORDS, MELODY)


def code(text: str) -> int:
    return ChordSymbol.parse(text).code


@st.composite
def chord_scores(draw: st.DrawFn) -> Score:
    """Chords from step 0 to a bar line."""
    meter = draw(st.sampled_from(METERS))
    onset = sorted({0, *draw(st.lists(st.integers(0, 300), max_size=12))})
    code = draw(st.lists(codes, min_size=len(onset), max_size=len(onset)))
    bar = meter.bar(12)
    key = Key.of_signature(draw(st.integers(-7, 7)), draw(st.sampled_from(("major", "minor"))))
    return chord_score(np.array(onset), np.array(code), (onset[-1] // bar + 1) * bar, meter, key)


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


@given(chord_scores())
def test_chords_are_markers_of_a_file(score: Score) -> None:
    markers = read_bytes(midi_bytes(to_piece(score)), "it").markers
    onset = np.array([marker.tick // 40 for marker in markers])
    code = np.array([ChordSymbol.parse(marker.text).code for marker in markers])
    assert chord_score(onset, code, score.num_bars * score.bar, score.meter, score.key) == score


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


def test_of_several_symbols_at_one_step_the_last_counts_and_repeated_ones_are_one() -> None:
    c, g = code("C"), code("G")
    score = chord_score(np.array([0, 0, 12, 24, 24]), np.array([g, c, c, c, g]), 48, FOUR, C_MAJOR)
    assert (score.onset.tolist(), score.duration.tolist(), score.pitch.tolist()) == ([0, 24], [24, 24], [c, g])


def test_no_symbols_give_no_notes() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(chord_score(none, none, 48, FOUR, C_MAJOR)) == 0


def test_a_chord_that_begins_between_steps_is_refused() -> None:
    with pytest.raises(NotationError) as caught:
        score_of_progression("C | C D E F G", FOUR)
    rule = "a chord must last for whole steps, 12 to the quarter note."
    assert str(caught.value) == f"{rule} Received: C, which ends in bar 2 after 288/5 steps"


def test_markers_say_where_there_is_no_chord() -> None:
    chords = chord_score(np.array([48]), np.array([code("Bb")]), 96, FOUR, Key.parse("F"))
    assert markers_of(chords, 192, 40) == (Marker(0, "N.C."), Marker(1920, "Bb"), Marker(3840, "N.C."))
    assert progression_of(chords) == "N.C. | Bb"


def test_a_piece_has_tracks_of_melodic_parts_and_markers_of_chords() -> None:
    score = Score([0, 0, 24], [48, 12, 24], [code("Am"), 60, 62], [80, 90, 90], [0, 1, 1], FOUR, C_MAJOR, parts=LEAD)
    piece = to_piece(score, num_bars=1)
    assert [track.notes.pitch.tolist() for track in piece.tracks] == [[60, 62]]
    assert piece.markers == (Marker(0, "Am"),)
    assert has_chords(score)
    assert not has_chords(score.only(1))
    assert to_piece(score.only(1)).markers == ()
