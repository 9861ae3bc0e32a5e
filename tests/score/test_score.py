"""Scores: frozen columns in order, selections, joins, equality, and rows of several parts."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.events.rows import decode, encode
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import COLUMNS, Part, Score, concat, in_parts

PARTS = (Part("melody", "melodic", 40), Part("drums", "drums"), Part("bass", "melodic", 32))
Make = Callable[..., Score]


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """Three parts, in any order, some notes at once."""
    note = st.tuples(
        st.integers(0, 200), st.integers(1, 48), st.integers(30, 90), st.integers(1, 127), st.integers(0, 2)
    )
    notes = draw(st.lists(note, min_size=1, max_size=30, unique_by=lambda n: (n[0], n[4], n[2])))
    columns = [np.array(column, dtype=np.int64) for column in zip(*notes, strict=True)]
    key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(("major", "minor"))))
    return Score(*columns, Meter(3, 4), key, 400_000, "three", PARTS)


@given(scores())
def test_notes_are_sorted_by_onset_part_and_pitch(score: Score) -> None:
    order = list(zip(score.onset.tolist(), score.part.tolist(), score.pitch.tolist(), strict=True))
    assert order == sorted(order)


@pytest.mark.parametrize("column", COLUMNS)
def test_columns_cannot_be_written(make_melody: Make, column: str) -> None:
    melody = make_melody([60, 62])
    with pytest.raises(ValueError, match="read-only"):
        getattr(melody, column)[0] = 1
    with pytest.raises(FrozenInstanceError):
        melody.name = "other"  # type: ignore[misc]


def test_what_it_is_made_of_stays_the_callers(make_melody: Make) -> None:
    onset = np.array([0, 12])
    score = Score.line(onset, [12, 12], [60, 62], [90, 90], Meter(4, 4), Key(0, "major"))
    onset[0] = 6
    assert score.onset.tolist() == [0, 12]
    assert pickle.loads(pickle.dumps(score)) == score
    assert not pickle.loads(pickle.dumps(score)).onset.flags.writeable


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must have one length. Received: \[2, 1, 2, 2, 2\]"):
        Score.line([0, 12], [12], [60, 62], [90, 90], Meter(4, 4), Key(0, "major"))


@given(scores(), st.data())
def test_a_selection_and_its_complement_make_the_score(score: Score, data: st.DataObject) -> None:
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(score), max_size=len(score))))
    assert concat(score[mask], score[~mask]) == score
    assert score[np.flatnonzero(mask)] == score[mask]
    assert score[:3] == score[np.arange(len(score)) < 3]


@given(scores(), st.integers(-50, 50))
def test_shifted_there_and_back(score: Score, steps: int) -> None:
    moved = score.shifted(steps)
    np.testing.assert_array_equal(moved.onset, score.onset + steps)
    assert moved.shifted(-steps) == score


@given(scores())
def test_parts_alone_hold_all_notes(score: Score) -> None:
    alone = [score.only(number) for number in range(3)]
    assert sum(map(len, alone)) == len(score)
    for number, (part, own) in enumerate(zip(PARTS, alone, strict=True)):
        assert own.parts == (part,)
        assert not own.part.any()
        np.testing.assert_array_equal(own.pitch, score.pitch[score.part == number])


@given(scores())
def test_equality_compares_every_attribute(score: Score) -> None:
    assert score == replace(score)
    assert score != replace(score, pitch=score.pitch + 1)
    assert score != replace(score, name="another")
    assert score != replace(score, parts=(Part("x"), *PARTS[1:]))
    assert score != score[:-1]
    assert score != "a score"


def test_parts_that_differ_are_not_joined(make_melody: Make) -> None:
    melody = make_melody([60])
    with pytest.raises(ValueError, match="must have the same parts"):
        concat(melody, replace(melody, parts=(Part("flute"),)))


@given(scores())
def test_rows_of_several_parts_and_back(score: Score) -> None:
    rows = encode(score)
    assert rows.shape == (len(score), 5)
    again = decode(rows, score.meter, score.key, score.microseconds_per_quarter, score.name, score.parts)
    assert again == score


@given(melodies())
def test_a_melody_has_no_column_for_its_part(melody: Score) -> None:
    assert encode(melody).shape == (len(melody), 4)
    assert decode(encode(melody), melody.meter, melody.key) == melody


@given(scores())
def test_a_piece_has_a_track_and_a_channel_a_part(score: Score) -> None:
    piece = to_piece(score)
    assert [(track.name, track.program, track.channel) for track in piece.tracks] == [
        ("melody", 40, 0),
        ("drums", 0, 9),
        ("bass", 32, 1),
    ]
    for number, track in enumerate(piece.tracks):
        own = score.only(number)
        np.testing.assert_array_equal(track.notes.onset, own.onset * 40)
        np.testing.assert_array_equal(track.notes.pitch, own.pitch)
    read = read_bytes(midi_bytes(piece), "it")
    assert read.num_notes <= len(score)  # a reader pairs overlapping notes of one pitch in its own way
    assert {track.name for track in read.tracks if len(track.notes)} <= {part.name for part in PARTS}


def test_parts_of_scores_stand_after_one_another(make_melody: Make) -> None:
    one, other = make_melody([60, 62], [12, 12], name="one"), make_melody([48], [24], name="other")
    both = in_parts(one, other, one)
    assert both.parts == one.parts + other.parts + one.parts
    assert [both.only(n).pitch.tolist() for n in range(3)] == [[60, 62], [48], [60, 62]]
    assert (both.name, both.meter, both.key) == ("one", one.meter, one.key)
    assert in_parts(one) == one
