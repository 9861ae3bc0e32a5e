"""New tracks of a MIDI file: a free channel each, the file's own events as they are, and one track for type 0."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable

import mido
import pretty_midi
import pytest
import symusic
from hypothesis import given
from strategies import ensembles

from melodyrnn.errors import MidiError
from melodyrnn.midi.new_tracks import with_tracks
from melodyrnn.midi.raw import RawFile, parse
from melodyrnn.midi.read import read_bytes
from melodyrnn.music.piece import Notes, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from tests.midi.files import At, line, midi_file, name, off, on, program

FLUTE = Track(Notes.of([0, 480, 960], [480, 480, 960], [72, 74, 76], [90, 80, 70]), "Flute", 73)
BASS = Track(Notes.of([0, 960], [960, 960], [36, 43], [100, 90]), "Bass", 33)
KIT = Track(Notes.of([0, 480], [60, 60], [36, 38], [99, 98]), "Kit", 0, 9)
SONG = [name("Song"), program(0, 40), *line([60, 62, 64, 65])]


def with_new(*new: Track, tracks: Iterable[list[At]] = (SONG,), kind: int = 1, end: int = 1920) -> RawFile:
    return with_tracks(parse(midi_file(*tracks, kind=kind), "it"), new, end, "it.mid")


def channels_of(file: RawFile) -> list[set[int]]:
    return [{event.channel for event in track.events if event.kind == 0x90} for track in file.tracks]


class TestChannels:
    def test_each_track_has_one_of_its_own(self) -> None:
        assert channels_of(with_new(FLUTE, KIT, BASS)) == [{0}, {1}, {9}, {2}]

    def test_one_without_any_message_goes_first(self) -> None:
        setup = [*SONG, program(0, 5, 1), (0, mido.Message("control_change", control=7, value=3, channel=2))]
        assert channels_of(with_new(FLUTE, tracks=[setup])) == [{0}, {3}]
        full = [*setup, *(program(0, 5, channel) for channel in range(3, 16))]
        assert channels_of(with_new(FLUTE, tracks=[full])) == [{0}, {1}]

    def test_one_that_changes_its_program_later_is_not_free(self) -> None:
        setup = [*SONG, *(program(480, 5, channel) for channel in range(1, 15))]
        assert channels_of(with_new(FLUTE, tracks=[setup])) == [{0}, {15}]

    def test_where_none_is_free_one_of_the_program_is_shared(self) -> None:
        full = [[*line([60], [channel]), program(0, 60 + channel, channel)] for channel in range(16)]
        shared = with_new(FLUTE, tracks=full)
        assert channels_of(shared)[16:] == [{13}]
        assert [track.events for track in shared.tracks[:16]] == [
            track.events for track in with_new(tracks=full).tracks
        ]

    def test_a_file_without_any_is_refused(self) -> None:
        full = [[*line([60], [channel]), program(0, 5, channel)] for channel in range(16)]
        with pytest.raises(MidiError) as error:
            with_new(KIT, FLUTE, tracks=full)
        assert str(error.value) == (
            "a MIDI file must have a free channel for each new part, or one with its program. "
            "Received: it.mid, whose channels are all in use, and a part for Flute"
        )

    def test_a_kit_that_is_there_is_kept(self) -> None:
        drums = [program(0, 25, 9), *line([36, 38], [9])]
        (_, new) = with_new(KIT, tracks=[drums]).tracks
        assert [event.data for event in new.events if event.kind == 0xC0] == []
        alone = with_new(KIT).tracks[1]
        assert [event.data for event in alone.events if event.kind == 0xC0] == [bytes([0xC9, 0])]


class TestTracks:
    def test_name_and_program_come_first_and_note_offs_before_note_ons(self) -> None:
        new = with_new(FLUTE).tracks[1]
        assert [(event.tick, event.data[0]) for event in new.events] == [
            (0, 0xFF),
            (0, 0xC1),
            (0, 0x91),
            (480, 0x81),
            (480, 0x91),
            (960, 0x81),
            (960, 0x91),
            (1920, 0x81),
        ]

    def test_a_track_ends_with_the_file_or_later_if_a_note_does(self) -> None:
        assert with_new(FLUTE, end=4000).tracks[1].end == 4000
        assert with_new(FLUTE, end=100).tracks[1].end == 1920

    def test_a_pitch_struck_again_ends_the_note_before(self) -> None:
        again = Track(Notes.of([0, 480], [960, 240], [60, 60], [90, 80]), "again")
        (_, read) = read_bytes(with_new(again).to_bytes(), "it").tracks
        assert read.notes == Notes.of([0, 480], [480, 240], [60, 60], [90, 80])

    def test_nothing_new_changes_nothing(self) -> None:
        for kind in (0, 1):
            assert with_new(kind=kind) == parse(midi_file(SONG, kind=kind), "it")


class TestTypeZero:
    def test_a_channel_of_the_single_track_is_a_new_track(self) -> None:
        file = with_new(FLUTE, KIT, kind=0)
        assert (file.format, len(file.tracks)) == (0, 1)
        midi = mido.MidiFile(file=io.BytesIO(file.to_bytes()))
        assert midi.type == 0
        named = [(m.type, getattr(m, "name", getattr(m, "channel", None))) for m in midi.tracks[0] if "name" in m.type]
        assert named == [("track_name", "Song"), ("instrument_name", "Flute"), ("instrument_name", "Kit")]
        assert [m.channel for m in midi.tracks[0] if m.type == "channel_prefix"] == [1, 9]
        piece = read_bytes(file.to_bytes(), "it")
        assert [(t.program, len(t.notes), t.is_drums) for t in piece.tracks] == [
            (40, 4, False),
            (73, 3, False),
            (0, 2, True),
        ]

    def test_two_tracks_of_one_channel_make_it_a_file_of_type_1(self) -> None:
        file = with_new(KIT, KIT, kind=0)
        assert (file.format, len(file.tracks)) == (1, 3)
        drums = with_new(KIT, tracks=[[*SONG, *line([35, 35], [9])]], kind=0)
        assert (drums.format, len(drums.tracks)) == (1, 2)


def spans(found: Iterable[tuple[int, int, int, int]]) -> Counter[tuple[int, int, int, int]]:
    return Counter((int(onset), int(end), int(pitch), int(velocity)) for onset, end, pitch, velocity in found)


@given(ensembles())
def test_new_tracks_read_alike_by_three_readers(score: Score) -> None:
    own = [track for track in to_piece(score).tracks if len(track.notes)]
    file = with_new(*own, tracks=[[off(1, 60), on(0, 60, channel=4)]])
    data = file.to_bytes()
    ours = read_bytes(data, "it").tracks[1:]
    expected = [spans(zip(t.notes.onset, t.notes.end, t.notes.pitch, t.notes.velocity, strict=True)) for t in ours]
    assert [len(track.notes) for track in ours] == [len(track.notes) for track in own]
    assert [(t.name, t.is_drums) for t in ours] == [(t.name, t.is_drums) for t in own]
    theirs = symusic.Score.from_midi(data).tracks
    by_name = {t.name: spans((n.time, n.end, n.pitch, n.velocity) for n in t.notes) for t in theirs}
    assert [by_name[track.name] for track in own] == expected
    midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
    tick = midi.time_to_tick
    by_name = {
        one.name: spans((tick(n.start), tick(n.end), n.pitch, n.velocity) for n in one.notes)
        for one in midi.instruments
    }
    assert [by_name[track.name] for track in own] == expected
