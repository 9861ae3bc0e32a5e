from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest
import symusic
from hypothesis import given
from strategies import melodies

from melodyrnn.errors import OutputError
from melodyrnn.midi.chunks import scan
from melodyrnn.midi.read import read_piece
from melodyrnn.midi.symusic_reader import read_with_symusic
from melodyrnn.midi.write import channels, midi_bytes, to_pretty_midi, write_piece
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Quads = list[tuple[int, int, int, int]]

PIECE = Piece(
    ticks_per_quarter=480,
    tracks=(
        Track(Notes.of([0, 480, 480, 960], [480, 240, 480, 480], [60, 62, 60, 60], [70, 80, 90, 100]), "lead", 73, 2),
        Track(Notes.of([0], [1920], [36], [99]), "drums", 0, 9),
        Track(Notes.of([], [], [], []), "nothing", 5, 4),
    ),
    tempos=(Tempo(0, 400_000), Tempo(960, 600_000)),
    meters=(TimeSignature(0, Meter(3, 4)),),
    keys=(KeySignature(0, Key(3, "minor")),),
    end=2880,
    texts=("made by a test, naïvely",),
)


def tracks_of(piece: Piece) -> list[mido.MidiTrack]:
    return list(mido.MidiFile(file=io.BytesIO(midi_bytes(piece)), charset="utf-8").tracks)


def test_reading_gives_the_piece_back(tmp_path: Path) -> None:
    write_piece(PIECE, tmp_path / "a.mid")
    piece = read_piece(tmp_path / "a.mid")
    assert (piece.ticks_per_quarter, piece.tempos, piece.meters, piece.keys) == (
        PIECE.ticks_per_quarter,
        PIECE.tempos,
        PIECE.meters,
        PIECE.keys,
    )
    found = [(t.notes, t.name, t.program, t.is_drums) for t in piece.tracks if len(t.notes)]
    for (notes, *rest), (expected, *other) in zip(
        found, [(t.notes, t.name, t.program, t.is_drums) for t in PIECE.tracks[:2]], strict=True
    ):
        assert notes == expected
        assert rest == other
    assert piece.texts == PIECE.texts


def test_type_1_with_tempo_and_meter_in_the_first_track() -> None:
    midi = mido.MidiFile(file=io.BytesIO(midi_bytes(PIECE)), charset="utf-8")
    assert midi.type == 1
    assert midi.ticks_per_beat == 480
    assert len(midi.tracks) == 1 + len(PIECE.tracks)
    kinds = [m.type for m in midi.tracks[0]]
    assert kinds == ["text", "time_signature", "key_signature", "set_tempo", "set_tempo", "end_of_track"]
    assert midi.tracks[0][0].text == PIECE.texts[0]
    for track in midi.tracks[1:]:
        assert {m.type for m in track} <= {"track_name", "program_change", "note_on", "note_off", "end_of_track"}
        assert [m.type for m in track[:2]] == ["track_name", "program_change"]


def test_every_track_ends_at_the_end_of_the_piece() -> None:
    for track in tracks_of(PIECE):
        assert sum(m.time for m in track) == PIECE.end
        assert [m.type for m in track].count("end_of_track") == 1
        assert track[-1].type == "end_of_track"


def test_a_note_past_the_end_is_not_cut() -> None:
    piece = Piece(480, (Track(Notes.of([0], [100], [60], [90])),), end=50)
    assert [sum(m.time for m in t) for t in tracks_of(piece)] == [50, 100]


def test_note_off_before_note_on_at_one_tick() -> None:
    tick, order = 0, defaultdict(list)
    for message in tracks_of(PIECE)[1]:
        tick += message.time
        if message.type in ("note_on", "note_off"):
            order[tick].append(message.type)
    assert order[480] == ["note_off", "note_on", "note_on"]
    assert order[960] == ["note_off", "note_off", "note_on"] or order[960] == ["note_off", "note_on"]
    for kinds in order.values():
        assert kinds == sorted(kinds)  # "note_off" < "note_on"


def test_channel_and_program_are_written() -> None:
    for track, written in zip(PIECE.tracks, tracks_of(PIECE)[1:], strict=True):
        assert {m.channel for m in written if hasattr(m, "channel")} == {track.channel}
        assert written[1].program == track.program
        assert written.name == track.name


def test_tracks_of_one_channel_get_channels_of_their_own() -> None:
    line = Notes.of([0], [480], [60], [90])
    tracks = [Track(line, "a", 0, 0), Track(line, "b", 32, 0), Track(line, "kit", 0, 9), Track(line, "c", 0, 2)]
    piece = Piece(480, (*tracks, Track(Notes.of([], [], [], []), "empty", 5, 0), Track(line, "d", 0, 0)), end=480)
    assert channels(piece) == [0, 1, 9, 2, 0, 3]
    for track, written in zip(tracks_of(piece)[1:], (0, 1, 9, 2, 0, 3), strict=True):
        assert {m.channel for m in track if hasattr(m, "channel")} == {written}
    found = {(i.name, i.program, i.is_drum) for i in to_pretty_midi(piece).instruments}
    assert found == {("a", 0, False), ("b", 32, False), ("kit", 0, True), ("c", 0, False), ("d", 0, False)}


def test_without_a_free_channel_tracks_share_those_of_their_programs() -> None:
    line = Notes.of([0], [480], [60], [90])
    piece = Piece(480, tuple(Track(line, "", n % 15, 0) for n in range(17)), end=480)
    assert channels(piece) == [*range(9), *range(10, 16), 0, 1]
    others = Piece(480, tuple(Track(line, "", n, 0) for n in range(17)), end=480)
    assert channels(others)[15:] == [0, 0]  # programs that no channel has


def test_a_piece_with_a_channel_for_each_track_keeps_them() -> None:
    line = Notes.of([0], [480], [60], [90])
    for order in ([0, 1, 2], [5, 9, 3], [9, 9, 0], [15]):
        assert channels(Piece(480, tuple(Track(line, "", 0, n) for n in order), end=480)) == order


def test_existing_file_is_refused_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_text("old")
    with pytest.raises(OutputError, match=r"must not exist yet .* Received: "):
        write_piece(PIECE, tmp_path / "a.mid")
    assert (tmp_path / "a.mid").read_text() == "old"
    write_piece(PIECE, tmp_path / "a.mid", force=True)
    assert (tmp_path / "a.mid").read_bytes() == midi_bytes(PIECE)


@given(melodies(max_notes=30))
def test_every_reader_reads_the_same_notes(melody: Score) -> None:
    piece = to_piece(replace(melody, key=melody.key.basis))  # MIDI has no other modes
    data = midi_bytes(piece)
    notes = piece.tracks[0].notes
    expected = list(
        zip(notes.onset.tolist(), notes.duration.tolist(), notes.pitch.tolist(), notes.velocity.tolist(), strict=True)
    )
    assert read_by_mido(data) == expected
    assert read_by_symusic(data) == expected
    assert read_by_pretty_midi(piece) == expected
    again = read_with_symusic(data, scan(data, "it"))
    assert again is not None
    assert again.tracks[0].notes == notes
    assert (again.keys, again.meters, again.tempos) == (piece.keys, piece.meters, piece.tempos)


def read_by_mido(data: bytes) -> Quads:
    tick, started, found = 0, {}, []
    for message in mido.MidiFile(file=io.BytesIO(data)).tracks[1]:
        tick += message.time
        if message.type == "note_on":
            assert message.note not in started
            started[message.note] = (tick, message.velocity)
        elif message.type == "note_off":
            onset, velocity = started.pop(message.note)
            found.append((onset, tick - onset, message.note, velocity))
    assert not started
    return sorted(found)


def read_by_symusic(data: bytes) -> Quads:
    (track,) = symusic.Score.from_midi(data).tracks
    return sorted((n.time, n.duration, n.pitch, n.velocity) for n in track.notes)


def read_by_pretty_midi(piece: Piece) -> Quads:
    midi = to_pretty_midi(piece)
    assert isinstance(midi, pretty_midi.PrettyMIDI)
    (instrument,) = midi.instruments
    found = []
    for n in instrument.notes:
        start, end = (int(np.rint(midi.time_to_tick(t))) for t in (n.start, n.end))
        found.append((start, end - start, n.pitch, n.velocity))
    return sorted(found)
