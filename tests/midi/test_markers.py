from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido import Message, MetaMessage

from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.piece import Marker, Notes, Piece, Track
from tests.midi.files import line, midi_file, name, on

TRACK = Track(Notes.of([0], [480], [60], [90]))
markers = st.lists(
    st.builds(Marker, st.integers(0, 2000), st.text("ABCm7é日", min_size=1, max_size=200), st.booleans()), max_size=8
)


@given(markers, st.lists(st.text("xyzü", min_size=1), max_size=3))
def test_markers_and_opening_texts_are_written_and_read(found: list[Marker], texts: list[str]) -> None:
    in_order = tuple(sorted(found, key=lambda marker: marker.tick))
    read = read_bytes(midi_bytes(Piece(480, (TRACK,), end=960, texts=tuple(texts), markers=in_order)), "it")
    assert read.markers == in_order
    assert read.texts == tuple(texts)


def test_markers_of_all_tracks_are_read_in_order_of_tick() -> None:
    data = midi_file(
        [(0, MetaMessage("text", text="about")), (480, MetaMessage("marker", text="C"))],
        [
            (0, MetaMessage("text", text="in a track")),
            name("lead"),
            *line([60, 62]),
            (240, MetaMessage("text", text="G")),
        ],
    )
    piece = read_bytes(data, "it")
    assert piece.texts == ("about",)
    assert piece.markers == (Marker(0, "in a track", True), Marker(240, "G", True), Marker(480, "C"))


def test_a_text_after_another_event_at_the_start_is_a_marker() -> None:
    data = midi_file([(0, MetaMessage("set_tempo", tempo=400_000)), (0, MetaMessage("text", text="C")), *line([60])])
    assert read_bytes(data, "it").markers == (Marker(0, "C", True),)


def test_the_bytes_of_a_marker_in_another_event_are_none() -> None:
    hidden = MetaMessage("lyrics", text="\xff\x06\x01C\xff\x01\x01D")
    data = midi_file([(0, hidden), (10, Message("sysex", data=[6, 1, 1])), *line([60])])
    assert read_bytes(data, "it").markers == ()


@pytest.mark.parametrize(
    ("damage", "repair"),
    [
        ("none", ()),
        ("a data byte", ("read by mido, which takes data bytes above 127 as 127",)),
        ("no end of track", ("a track without its end",)),
    ],
)
def test_markers_do_not_depend_on_the_reader(damage: str, repair: tuple[str, ...]) -> None:
    marks = [(0, MetaMessage("marker", text="Am")), (960, MetaMessage("marker", text="F"))]
    data = midi_file([*marks, *line([60, 64, 67])])
    if damage == "a data byte":
        data = data.replace(bytes([67, 90]), bytes([67, 200]))
    elif damage == "no end of track":
        data = data[:-4]
    piece = read_bytes(data, "it")
    assert piece.markers == (Marker(0, "Am"), Marker(960, "F"))
    assert piece.repairs[-1:] == repair


def test_of_a_track_that_is_cut_short_the_markers_before_are_read() -> None:
    data = midi_file([(0, MetaMessage("marker", text="Am")), on(0, 60), (960, MetaMessage("marker", text="F" * 20))])
    assert read_bytes(data[:-30], "it").markers == (Marker(0, "Am"),)
