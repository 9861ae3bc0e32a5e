"""A file that is parsed into events and written again holds the same events."""

from __future__ import annotations

import io
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import MidiError
from melodyrnn.midi.raw import RawEvent, RawFile, RawTrack, merged, parse
from melodyrnn.shipped import data_folder

TUNES = sorted((data_folder("samples") / "tunes").glob("*.mid"))[:8]

channel_events = st.one_of(
    st.tuples(
        st.sampled_from([0x80, 0x90, 0xA0, 0xB0, 0xE0]), st.integers(0, 15), st.integers(0, 127), st.integers(0, 127)
    ).map(lambda e: bytes([e[0] | e[1], e[2], e[3]])),
    st.tuples(st.sampled_from([0xC0, 0xD0]), st.integers(0, 15), st.integers(0, 127)).map(
        lambda e: bytes([e[0] | e[1], e[2]])
    ),
)
texts = st.tuples(st.integers(1, 7), st.binary(max_size=100)).map(lambda e: bytes([0xFF, e[0], len(e[1])]) + e[1])
sysex = st.binary(max_size=60).map(lambda body: bytes([0xF0, len(body)]) + body)
events = st.lists(st.tuples(st.integers(0, 1000), st.one_of(channel_events, texts, sysex)), max_size=20)


@st.composite
def raw_files(draw: st.DrawFn) -> RawFile:
    tracks = []
    for _ in range(draw(st.integers(1, 3))):
        tick, found = 0, []
        for delta, data in draw(events):
            tick += delta
            found.append(RawEvent(tick, data))
        tracks.append(RawTrack(tuple(found), tick + draw(st.integers(0, 200_000))))
    return RawFile(1, draw(st.integers(1, 960)), tuple(tracks))


@given(raw_files())
def test_what_is_written_is_parsed_again(file: RawFile) -> None:
    assert parse(file.to_bytes(), "a file") == file


@given(raw_files())
def test_mido_reads_the_same_messages(file: RawFile) -> None:
    midi = mido.MidiFile(file=io.BytesIO(file.to_bytes()), clip=True, charset="latin-1")
    for own, track in zip(file.tracks, midi.tracks, strict=True):
        assert len(track) == len(own.events) + 1  # mido lists the end of the track
        assert sum(message.time for message in track) == own.end


@pytest.mark.parametrize("path", TUNES, ids=lambda path: path.stem)
def test_real_files_keep_their_messages(path: Path) -> None:
    again = mido.MidiFile(file=io.BytesIO(parse(path.read_bytes(), path.name).to_bytes()))
    assert again.tracks == mido.MidiFile(path).tracks


def test_running_status_is_expanded() -> None:
    body = bytes([0, 0x90, 60, 90, 10, 60, 0, 5, 62, 90, 10, 62, 0, 0, 0xFF, 0x2F, 0])
    data = b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + len(body).to_bytes(4, "big") + body
    events = parse(data, "a file").tracks[0].events
    assert [event.data[0] for event in events] == [0x90] * 4
    assert [event.tick for event in events] == [0, 10, 15, 25]


def test_ticks_can_be_made_finer() -> None:
    file = RawFile(0, 4, (RawTrack((RawEvent(3, b"\x90\x3c\x5a"),), 8),))
    assert file.rescaled(12) == RawFile(0, 48, (RawTrack((RawEvent(36, b"\x90\x3c\x5a"),), 96),))


def _with_body(body: bytes) -> bytes:
    return b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + len(body).to_bytes(4, "big") + body


@pytest.mark.parametrize(
    "body",
    [
        bytes([0, 0x90, 60, 90]),  # without an end
        bytes([0, 60, 90, 0, 0xFF, 0x2F, 0]),  # a message without a status
        bytes([0, 0x90, 200, 90, 0, 0xFF, 0x2F, 0]),  # a data byte above 127
        bytes([0, 0xF4, 0, 0xFF, 0x2F, 0]),  # a status that MIDI does not define
        bytes([0x80, 0x80, 0x80, 0x80, 0x80, 0xFF, 0x2F, 0]),  # a delta time of five bytes
    ],
)
def test_a_damaged_file_is_refused(body: bytes) -> None:
    with pytest.raises(MidiError, match=r"a MIDI file must be whole to be changed in places\. Received: bad\.mid"):
        parse(_with_body(body), "bad.mid")


def test_events_of_one_tick_are_merged_in_the_order_of_their_groups() -> None:
    def at(tick: int, number: int) -> RawEvent:
        return RawEvent(tick, bytes([number]))

    own = [at(0, 1), at(5, 2), at(5, 3)]
    assert [e.data[0] for e in merged(own, [at(5, 4)], [at(0, 5), at(5, 6)])] == [1, 5, 4, 2, 3, 6]
