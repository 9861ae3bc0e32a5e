"""A document is a piece and a piece is a document, exactly; what is no document is refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from strategies import bands
from studio_documents import pieces

from melodyrnn.json_types import JsonObject
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.piece import Marker, Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.studio.documents import document_of, origins_of, piece_of
from melodyrnn.studio.endpoint import CallError


def through_json(document: JsonObject) -> JsonObject:
    found: JsonObject = json.loads(json.dumps(document))
    return found


@given(pieces())
def test_a_piece_becomes_a_document_and_the_piece_again(piece: Piece) -> None:
    document = through_json(document_of(piece))
    back = piece_of(document)
    assert back == piece
    assert [key.key.sharps for key in back.keys] == [key.key.sharps for key in piece.keys]
    assert document_of(back) == document


@given(bands())
def test_music_of_scores_gives_the_same_file(score: Score) -> None:
    piece = to_piece(score)
    assert midi_bytes(piece_of(through_json(document_of(piece)))) == midi_bytes(piece)


def small() -> JsonObject:
    notes = Notes.of([0, 480], [480, 240], [60, 64], [90, 80])
    chords = (Marker(0, "Am7"), Marker(480, "verse"), Marker(480, "D7"), Marker(960, "G"))
    texts = ("melodyrnn generate --seed 3 # piece 1", "by me")
    piece = Piece(480, (Track(notes, "flute", 73, 2),), end=1920, texts=texts, markers=chords)
    return through_json(document_of(piece, ["melody"], "a piece"))


def test_a_document_looks_like_this() -> None:
    assert small() == {
        "ticksPerQuarter": 480,
        "end": 1920,
        "tempos": [[0, 500000]],
        "meters": [[0, 4, 4]],
        "keys": [],
        "tracks": [
            {
                "name": "flute",
                "role": "melody",
                "program": 73,
                "channel": 2,
                "isDrum": False,
                "notes": [[0, 480, 60, 90], [480, 240, 64, 80]],
            }
        ],
        "chords": [[0, "Am7"], [480, "D7"], [960, "G"]],
        "chordsAreTexts": False,
        "markers": [[480, "verse", False]],
        "texts": ["by me"],
        "command": "melodyrnn generate --seed 3 # piece 1",
        "source": None,
        "name": "a piece",
    }


def test_what_the_page_leaves_out_has_a_default_and_notes_may_come_in_any_order() -> None:
    notes = [[480, 240, 64, 80], [0, 480, 67, 90], [0, 480, 60, 90]]
    piece = piece_of(
        {"ticksPerQuarter": 96, "end": 960, "tempos": [[0, 1]], "meters": [[0, 3, 8]], "tracks": [{"notes": notes}]}
    )
    assert piece.tracks == (Track(Notes.of([0, 0, 480], [480, 480, 240], [60, 67, 64], [90, 90, 80])),)
    assert (piece.texts, piece.markers, piece.keys) == ((), (), ())


def test_chord_symbols_that_are_texts_stay_texts() -> None:
    markers = (Marker(0, "Am", is_text=True), Marker(480, "C", is_text=True))
    document = document_of(Piece(480, (), markers=markers))
    assert (document["chords"], document["chordsAreTexts"]) == ([[0, "Am"], [480, "C"]], True)
    assert piece_of(document).markers == markers


def with_value(change: Callable[[Any], object]) -> JsonObject:
    document = small()
    change(document)
    return document


A_NOTE = r"a note must be \[onset, duration, pitch, velocity\], whole numbers\. Received: list"
IN_MIDI = "a note must have an onset from 0, a duration from 1, a pitch 0..127 and a velocity 1..127. Received: "


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(ticksPerQuarter=0), r"ticksPerQuarter must be a whole number 1\.\.32767\. Received: 0"),
        (lambda d: d.update(ticksPerQuarter=True), "ticksPerQuarter must be a whole number"),
        (lambda d: d.update(end="x"), 'end must be a whole number 0..268435455. Received: "x"'),
        (lambda d: d.update(tracks={}), "tracks must be a list of at most 128 values. Received: dict"),
        (lambda d: d.update(tracks=[{}] * 129), "tracks must be a list of at most 128 values. Received: 129 values"),
        (lambda d: d.update(tracks=[3]), "a track must be a JSON object. Received: 3"),
        (lambda d: d["tracks"][0].update(channel=16), "channel must be a whole number 0..15. Received: 16"),
        (lambda d: d["tracks"][0].update(isDrum=True), "isDrum must be true on channel 9 alone"),
        (lambda d: d["tracks"][0].update(program=1.5), "program must be a whole number 0..127. Received: 1.5"),
        (lambda d: d["tracks"][0].update(name=None), "the name of a track must be a text of at most 10000 characters"),
        (lambda d: d["tracks"][0].update(name="\ud800"), "the name of a track must be text of Unicode"),
        (lambda d: d["tracks"][0]["notes"].append([0, 1, 2]), A_NOTE),
        (lambda d: d["tracks"][0]["notes"].append([0, 1, 2, 3.0]), A_NOTE),
        (lambda d: d["tracks"][0]["notes"].append([0, 1, 2, True]), A_NOTE),
        (lambda d: d["tracks"][0]["notes"].append([10**30, 1, 2, 3]), "a note must be .* within those of MIDI"),
        (lambda d: d["tracks"][0]["notes"].append([-1, 1, 2, 3]), IN_MIDI + r"\[-1, 1, 2, 3\]"),
        (lambda d: d["tracks"][0]["notes"].append([0, 0, 2, 3]), IN_MIDI),
        (lambda d: d["tracks"][0]["notes"].append([0, 1, 128, 3]), IN_MIDI),
        (lambda d: d["tracks"][0]["notes"].append([0, 1, 2, 0]), IN_MIDI),
        (lambda d: d.update(tempos=[]), "tempos must be in order of tick, the first at tick 0"),
        (lambda d: d.update(tempos=[[5, 500000]]), "tempos must be in order of tick, the first at tick 0"),
        (lambda d: d.update(tempos=[[0, 0]]), "a tempo must be at least 1 microsecond"),
        (lambda d: d.update(tempos=[[0]]), "a tempo must be a list of 2 values. Received: 1 values"),
        (lambda d: d.update(meters=[[0, 4, 3]]), "over a power of two up to 128. Received: 4/3"),
        (lambda d: d.update(meters=[[0, 4, 4], [9, 4, 4], [8, 4, 4]]), "meters must be in order of tick"),
        (lambda d: d.update(keys=[[0, "H dur"]]), 'a key must be a tonic and one of major, minor'),
        (lambda d: d.update(keys=[[9, "C major"], [8, "C major"]]), "keys must be in order of tick. Received"),
        (lambda d: d.update(chords=[[0, 7]]), "a chord must be a text of at most 10000 characters. Received: 7"),
        (lambda d: d.update(chords=["Am"]), 'a chord must be a list of 2 values. Received: "Am"'),
        (lambda d: d.update(markers=[[0, "x"]]), r"a marker must be \[tick, text, whether it is a text event\]"),
        (lambda d: d.update(chordsAreTexts=1), "chordsAreTexts must be true or false. Received: 1"),
        (lambda d: d.update(texts=[None]), "a text must be a text of at most 10000 characters. Received: null"),
        (lambda d: d.update(command=7), "command must be a text of at most 10000 characters. Received: 7"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(change: Callable[[Any], object], message: str) -> None:
    with pytest.raises(CallError, match=message) as refused:
        piece_of(with_value(change))
    assert refused.value.status == 400


def test_no_more_notes_than_a_piece_may_have() -> None:
    many = [[n, 1, 60, 90] for n in range(50_001)]
    document = with_value(lambda d: d.update(tracks=[{"notes": many}, {"notes": many, "channel": 1}]))
    with pytest.raises(CallError, match=r"a document must have at most 100,000 notes\. Received: 100,002"):
        piece_of(document)


def test_a_piece_of_more_bars_than_any_is_refused() -> None:
    bar, track = 30, {"notes": [[0, 30, 60, 90]]}
    most = {**small(), "meters": [[0, 1, 64]], "tracks": [track, track], "chords": [], "markers": [], "keys": []}
    assert piece_of({**most, "end": 50_000 * bar}).end == 50_000 * bar
    with pytest.raises(CallError, match=r"at most 100,000 bars in all tracks\. Received: 100,002") as refused:
        piece_of({**most, "end": 50_001 * bar})
    assert refused.value.status == 413


@pytest.mark.parametrize("value", [None, 3, "x", []])
def test_a_document_is_an_object(value: object) -> None:
    with pytest.raises(CallError, match=r"a document must be a JSON object. Received: "):
        piece_of(value)


def test_the_origin_of_a_track_is_one_of_its_file() -> None:
    piece = replace(piece_of(small()), tracks=(Track(Notes.of([], [], [], [])),) * 3)
    document = document_of(piece, source="id", origins=[2, None, 0])
    assert origins_of(document, 3) == [2, None, 0]
    with pytest.raises(CallError, match=r"the origin of a track must be a whole number 0\.\.1\. Received: 2"):
        origins_of(document, 2)
    document["tracks"][0]["origin"] = 0
    with pytest.raises(CallError, match=r"the origins of tracks must differ. Received: one twice"):
        origins_of(document, 3)
