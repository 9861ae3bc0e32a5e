"""Imported files are edited by their documents: what is shown changes as asked, all else stays."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studio_documents import rich_file

from melodyrnn.errors import MidiError
from melodyrnn.midi.raw import NOTE_OFF, NOTE_ON, RawEvent, parse
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.studio.documents import piece_of
from melodyrnn.studio.endpoint import CallError
from melodyrnn.studio.library import Library
from melodyrnn.studio.source_edits import SourceMusic, same_tracks

DATA = rich_file()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "sources")


@pytest.fixture
def document(library: Library) -> Any:
    return json.loads(json.dumps(library.opened(DATA, "song.mid", "song")))


def rows(piece: Piece) -> list[list[list[int]]]:
    """The notes of each track that has some."""
    columns = ((t.notes.onset, t.notes.duration, t.notes.pitch, t.notes.velocity) for t in piece.tracks if len(t.notes))
    return [[list(row) for row in zip(*(c.tolist() for c in four), strict=True)] for four in columns]


def others(data: bytes) -> list[list[RawEvent]]:
    """The events of each track but its notes."""
    return [[e for e in track.events if e.kind not in (NOTE_ON, NOTE_OFF)] for track in parse(data, "x").tracks]


def test_a_document_shows_the_music_of_a_file(document: Any) -> None:
    shown = [
        (t["name"], t["role"], t["program"], t["channel"], t["origin"], len(t["notes"])) for t in document["tracks"]
    ]
    assert shown == [
        ("flute", "melody", 73, 0, 0, 11),
        ("bass", "bass", 32, 1, 1, 4),
        ("", "drums", 0, 9, 2, 8),
    ]
    assert (document["end"], document["meters"], document["keys"]) == (2880, [[0, 3, 4]], [[0, "D minor"]])
    assert (document["name"], document["markers"]) == ("song", [[0, "verse", False]])


def test_an_unchanged_document_is_the_file_byte_for_byte(library: Library, document: Any) -> None:
    assert library.midi(document) == DATA


def test_a_file_that_is_all_in_its_document_is_not_stored(library: Library, tmp_path: Path) -> None:
    piece = Piece(480, (Track(Notes.of([0, 480], [480, 480], [60, 62], [90, 90]), "a", 0, 0),), end=1920)
    data = midi_bytes(piece)
    document = library.opened(data, "a.mid", "a")
    assert document["source"] is None
    assert "origin" not in document["tracks"][0]
    assert library.midi(document) == data
    assert not (tmp_path / "sources").exists()


@given(st.data())
def test_edited_notes_are_those_of_the_document_and_all_else_stays(draw: st.DataObject) -> None:
    music = SourceMusic.of(DATA, "song.mid")
    tracks = []
    for track in music.piece.tracks:
        row = st.tuples(
            st.integers(0, 60).map(lambda n: 50 * n), st.integers(1, 50), st.integers(30, 90), st.integers(1, 127)
        )
        new = draw.draw(st.lists(row, max_size=5, unique_by=lambda one: (one[0], one[2])))
        kept = draw.draw(st.sets(st.integers(0, len(track.notes) - 1)))
        old = [row for n, row in enumerate(rows(Piece(240, (track,)))[0]) if n in kept]
        # MIDI cannot hold two notes of a pitch and channel at a time
        new = [n for n in new if not any(n[2] == o[2] and n[0] < o[0] + o[1] and o[0] < n[0] + n[1] for o in old)]
        columns = list(zip(*[*old, *new], strict=True))
        tracks.append(Track(Notes.of(*(columns or [[], [], [], []])), track.name, track.program, track.channel))
    edited = music.edited(replace(music.piece, tracks=tuple(tracks)), [0, 1, 2])
    assert rows(read_bytes(edited, "x")) == [found for found in rows(Piece(240, tuple(tracks))) if found]
    assert others(edited) == others(DATA)


def test_tempos_meters_keys_markers_programs_and_the_end_change(library: Library, document: Any) -> None:
    document["tempos"] = [[0, 400_000], [960, 600_000]]
    document["meters"] = [[0, 6, 8]]
    document["keys"] = [[480, "E major"]]
    document["markers"] = [[720, "chorus", False]]
    document["chords"] = [[0, "Am"], [720, "F#m7b5/E"]]
    document["command"] = "melodyrnn generate --vary 0.3 # piece 1"
    document["tracks"][0]["program"] = 40
    document["end"] = 3600
    data = library.midi(document)
    piece = read_bytes(data, "x")
    assert [(one.tick, one.microseconds_per_quarter) for one in piece.tempos] == [(0, 400_000), (960, 600_000)]
    assert [str(one.meter) for one in piece.meters] == ["6/8"]
    assert [(one.tick, str(one.key)) for one in piece.keys] == [(480, "E major")]
    assert [(one.tick, one.text) for one in piece.markers] == [(0, "Am"), (720, "chorus"), (720, "F#m7b5/E")]
    assert piece.texts == (document["command"],)
    assert [track.program for track in piece.tracks] == [40, 32, 0]
    raw = parse(data, "x")
    assert raw.end == 3600
    assert RawEvent(0, b"\xff\x7f\x03\x00\x01\x02") in raw.tracks[0].events
    assert raw.tracks[2:4] == tuple(
        type(track)(track.events, 3600) for track in parse(DATA, "x").tracks[2:4]
    )  # bass and drums
    again = library.opened(data, "y.mid", "y")
    assert (again["chords"], again["command"]) == (document["chords"], document["command"])


def test_a_track_may_be_added_taken_away_and_put_elsewhere(library: Library, document: Any) -> None:
    flute, bass, drums = document["tracks"]
    new = {"name": "pad", "role": "harmony", "program": 89, "channel": 0, "isDrum": False, "notes": [[0, 720, 60, 70]]}
    document["tracks"] = [drums, new, flute]
    data = library.midi(document)
    piece = read_bytes(data, "x")
    assert [(track.name, len(track.notes), track.program) for track in piece.tracks] == [
        ("flute", 11, 73),
        ("", 8, 0),
        ("pad", 1, 89),
    ]
    assert [Counter(events) for events in others(data)[:5]] == [Counter(events) for events in others(DATA)]
    assert bass["origin"] == 1


def test_a_damaged_file_is_opened_and_what_no_document_has_is_refused(library: Library, document: Any) -> None:
    damaged = library.opened(DATA[:-60], "cut.mid", "cut")
    assert library.midi(damaged) == DATA[:-60]
    with pytest.raises(MidiError, match="a MIDI file must begin with MThd"):
        library.opened(b"no music at all, but long enough to be", "x.mid", "x")
    for source in ("0" * 32, "../../etc/passwd", "", "A" * 32):
        with pytest.raises(CallError, match="a source must be a file that was imported in this session") as refused:
            library.midi({**document, "source": source})
        assert refused.value.status == 404
    with pytest.raises(CallError, match=r"ticksPerQuarter must be that of the imported file, 240. Received: 480"):
        library.midi({**document, "ticksPerQuarter": 480})


def test_a_document_is_given_to_a_model_without_its_silent_tracks(library: Library, document: Any) -> None:
    given = library.given(document)
    assert given.piece.data == DATA
    assert (given.track(0), given.track(2)) == (0, 2)
    document["tracks"][0]["notes"] = []
    given = library.given(document)
    assert (given.numbers, given.track(1), given.track(2)) == ([1, 2], 0, 1)
    with pytest.raises(CallError, match=r"a track must have notes. Received: track 0"):
        given.track(0)
    own = {**document, "source": None}
    assert (library.given(own).numbers, library.given(own).track(2)) == ([1, 2], 1)
    for track in document["tracks"]:
        track["notes"] = []
    with pytest.raises(CallError, match=r"a document that is worked on must hold notes. Received: none"):
        library.given(document)


def test_tracks_are_found_again_by_their_notes_then_by_name() -> None:
    def track(name: str, *pitches: int) -> Track:
        size = len(pitches)
        return Track(Notes.of([240 * n for n in range(size)], [200] * size, pitches, [90] * size), name)

    known = [track("a", 60, 62, 64), track("b", 70, 72), track("c")]
    found = Piece(240, (track("x", 70, 72), track("a", 1, 2), track("new", 5), track("y", 60, 62, 65)))
    assert same_tracks(found, known) == [1, None, None, 0]
    assert same_tracks(Piece(240, (track("c", 1), track("b", 70))), known) == [2, 1]


def test_the_document_of_an_edited_file_has_its_music(library: Library, document: Any) -> None:
    document["tracks"][0]["notes"][3][2] = 80
    again = library.opened(library.midi(document), "x.mid", "song")
    assert piece_of(again) == piece_of(document)
