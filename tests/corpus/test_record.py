"""Records of pieces: the entries of pieces.json, valid and invalid ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import ensembles, melodies

from melodyrnn.corpus.layout import SPLITS
from melodyrnn.corpus.record import NOT_DRAWN, PieceRecord
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score

RECORD = PieceRecord("tüne", "test", 7, 11, Meter(6, 8), Key(2, "minor"), 400_000)
ENTRY = {
    "name": "tüne",
    "split": "test",
    "first": 7,
    "notes": 11,
    "meter": [6, 8],
    "key": "D minor",
    "tempo": 400_000,
}


def test_an_entry_of_pieces_json() -> None:
    """Values that would expose a swap."""
    assert json.loads(json.dumps(RECORD.to_json())) == ENTRY
    assert list(RECORD.to_json()) == ["name", "split", "first", "notes", "meter", "key", "tempo"]
    assert PieceRecord.from_json(ENTRY) == RECORD
    assert RECORD.rows == slice(7, 18)


@given(melodies(), st.text(), st.sampled_from((NOT_DRAWN, *SPLITS)))
def test_there_and_back(melody: Score, name: str, split: str) -> None:
    record = PieceRecord.of(melody)
    assert (record.num_notes, record.meter, record.key) == (len(melody), melody.meter, melody.key)
    entry = {**record.to_json(), "name": name, "split": split}
    assert json.loads(json.dumps(PieceRecord.from_json(entry).to_json())) == json.loads(json.dumps(entry))


@given(ensembles())
def test_parts_there_and_back(score: Score) -> None:
    entry = {**PieceRecord.of(score).to_json(), "split": "train"}
    record = PieceRecord.from_json(json.loads(json.dumps(entry)))
    assert record.parts == score.parts
    assert record.has_slots


def test_a_plain_melody_has_no_entry_of_parts() -> None:
    assert not RECORD.has_slots
    assert PieceRecord.from_json({**ENTRY, "parts": [["", "melodic", 0, "melody"]]}) == RECORD


@pytest.mark.parametrize(
    "parts",
    [
        [["a", "melodic", 0]],
        [["a", "melodic", 128, "bass"]],
        [["a", "melodic", "0", "bass"]],
        [["a", "melodic", 0, "tuba"]],
        [["a", "noise", 0, "bass"]],
        [[3, "melodic", 0, "bass"]],
        [["a", "melodic", 0, "bass"]] * 3,
        3,
    ],
)
def test_parts_that_are_none(parts: object) -> None:
    with pytest.raises(ValueError, match=r"^a piece must have the entries of pieces\.json\. Received: "):
        PieceRecord.from_json({**ENTRY, "parts": parts})


@pytest.mark.parametrize("key", ENTRY)
def test_a_missing_entry(key: str) -> None:
    with pytest.raises(ValueError, match=r"^a piece must have the entries of pieces\.json\. Received: \{.*KeyError"):
        PieceRecord.from_json({name: value for name, value in ENTRY.items() if name != key})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 3),
        ("split", "exam"),
        ("split", None),
        ("first", -1),
        ("first", 1.0),
        ("notes", 0),
        ("notes", True),
        ("notes", "x"),
        ("meter", 4),
        ("meter", [4]),
        ("meter", [1, 64]),
        ("meter", [4.0, 4]),
        ("key", "I major"),
        ("key", ["C major"]),
        ("tempo", 0),
        ("tempo", 5e5),
    ],
)
def test_an_entry_that_cannot_be(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"^a piece must have the entries of pieces\.json\. Received: "):
        PieceRecord.from_json({**ENTRY, key: value})


@pytest.mark.parametrize("data", [None, 3, "x", [], [1, 2]])
def test_entries_that_are_not_objects(data: object) -> None:
    with pytest.raises(ValueError, match=r"^a piece must have the entries of pieces\.json\. Received: "):
        PieceRecord.from_json(data)
