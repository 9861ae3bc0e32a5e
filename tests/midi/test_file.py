"""A complete file: its bytes, all its messages in order, and the rest at its end."""

from __future__ import annotations

import io
from pathlib import Path

import mido
import pytest
from mido import Message, MetaMessage

from melodyrnn.errors import MidiError
from melodyrnn.midi.file import file_of, read_file
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.music.timeline import num_bars


def save(path: Path, *tracks: list, type: int = 1) -> Path:
    midi = mido.MidiFile(type=type)
    midi.tracks += [mido.MidiTrack(track) for track in tracks]
    midi.save(path)
    return path


def test_messages_of_all_tracks_in_order_of_time(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.mid",
        [MetaMessage("set_tempo", tempo=400_000, time=0), Message("control_change", control=7, value=3, time=960)],
        [
            Message("program_change", channel=2, program=5, time=0),
            Message("note_on", channel=2, note=60, velocity=90, time=480),
            Message("note_off", channel=2, note=60, time=960),
        ],
    )
    file = read_file(path)
    assert [(tick, m.type) for tick, m in file.messages()] == [
        (0, "program_change"),
        (480, "note_on"),
        (960, "control_change"),
        (1440, "note_off"),
    ]
    assert file.data == path.read_bytes()
    assert file.name == "a.mid"


def test_bars_of_rest_at_the_end_are_kept_but_not_an_absurd_length(tmp_path: Path) -> None:
    note = [Message("note_on", note=60, velocity=90, time=0), Message("note_off", note=60, time=1900)]
    rest = save(tmp_path / "rest.mid", [*note, MetaMessage("end_of_track", time=1900)])
    assert num_bars(read_file(rest).piece) == 2
    absurd = save(tmp_path / "absurd.mid", [*note, MetaMessage("end_of_track", time=2**27)])
    assert num_bars(read_file(absurd).piece) == 1


def test_nothing_is_left_long_after_the_music(tmp_path: Path) -> None:
    """What plays or renders the bytes of a file would wait for it, for weeks."""
    for late in (MetaMessage("set_tempo", tempo=400_000, time=10**8), Message("control_change", control=7, time=10**8)):
        notes = [Message("note_on", note=60, velocity=90), Message("note_off", note=60, time=480), late]
        file = read_file(save(tmp_path / "a.mid", [MetaMessage("text", text="x", time=0)], notes))
        parsed = mido.MidiFile(file=io.BytesIO(file.data))
        assert [sum(m.time for m in track) for track in parsed.tracks] == [480, 480]
        assert [m.type for track in parsed.tracks for m in track] == [
            *("text", "end_of_track"), *("note_on", "note_off", "end_of_track")]  # fmt: skip
        assert file.piece.end == 480
        assert [tick for tick, _ in file.messages()] == [0, 480]


def test_a_piece_is_the_file_it_would_be_written_to(tmp_path: Path) -> None:
    piece = Piece(480, (Track(Notes.of([0, 480], [480, 480], [60, 60], [90, 91])),), end=1920)
    file = file_of(piece, "x.mid")
    write_piece(piece, tmp_path / "x.mid")
    assert file == read_file(tmp_path / "x.mid")
    assert [(t, m.type) for t, m in file.messages() if "note" in m.type] == [
        (0, "note_on"),
        (480, "note_off"),
        (480, "note_on"),
        (960, "note_off"),
    ]


def test_files_that_mido_refuses_are_played_from_the_read_piece(tmp_path: Path) -> None:
    """mido refuses a key signature of 9 sharps, which symusic reads past."""
    midi = mido.MidiFile()
    note = [Message("note_on", note=60, velocity=90, time=0), Message("note_off", note=60, time=480)]
    midi.tracks.append(mido.MidiTrack([MetaMessage("key_signature", key="C", time=0), *note]))
    buffer = io.BytesIO()
    midi.save(file=buffer)
    data = buffer.getvalue().replace(b"\xff\x59\x02\x00\x00", b"\xff\x59\x02\x09\x00")
    path = tmp_path / "odd.mid"
    path.write_bytes(data)
    with pytest.raises(Exception, match="9 sharps"):
        mido.MidiFile(path)
    assert [m.type for _, m in read_file(path).messages() if m.type.startswith("note")] == ["note_on", "note_off"]


def test_files_that_are_not_midi_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"nothing")
    with pytest.raises(MidiError, match="must begin with MThd"):
        read_file(tmp_path / "a.mid")
