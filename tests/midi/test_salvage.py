"""Damaged files: each kind of damage, what is read of such files, and what is reported."""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import mido
import pytest
import symusic
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import MidiError
from melodyrnn.midi.chunks import scan
from melodyrnn.midi.read import read_bytes, read_piece
from melodyrnn.midi.salvage import salvage
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, Tempo, TimeSignature

MAX_SIZE = int(os.environ.get("MELODYRNN_TEST_MAX_SIZE", 25_000))  # bytes; mido takes minutes for all
END = b"\x00\xff\x2f\x00"


def chunk(name: bytes, body: bytes, length: int | None = None) -> bytes:
    return name + (len(body) if length is None else length).to_bytes(4, "big") + body


def header(tracks: int = 1, kind: int = 1, division: int = 480) -> bytes:
    return chunk(b"MThd", b"".join(n.to_bytes(2, "big") for n in (kind, tracks, division)))


def on(pitch: int, wait: int = 0, status: bytes = b"\x90", velocity: int = 80) -> bytes:
    return bytes([wait]) + status + bytes([pitch, velocity])


def off(pitch: int, wait: int = 60, status: bytes = b"\x90") -> bytes:
    return on(pitch, wait, status, 0)


NOTE = on(60) + off(60)
TUNE = b"".join(on(p) + off(p) for p in (60, 62, 64, 65))
NOTES = Notes.of([0, 60, 120, 180], [60] * 4, [60, 62, 64, 65], [80] * 4)


def read(data: bytes) -> Piece:
    return read_bytes(data, "x")


class TestChunks:
    def test_a_sound_file_needs_no_repair(self) -> None:
        piece = read(header() + chunk(b"MTrk", TUNE + END))
        assert piece.repairs == ()
        assert piece.tracks[0].notes == NOTES

    @pytest.mark.parametrize("cut", range(1, 12))
    def test_a_last_track_cut_short(self, cut: int) -> None:
        piece = read((header() + chunk(b"MTrk", TUNE + END))[:-cut])
        # The last note ends where its note-off would be, as long as the time of that is there.
        assert piece.num_notes == (4 if cut <= 7 else 3)
        assert "track chunk 0 is cut short" in piece.repairs

    @pytest.mark.parametrize("length", [0, 5, 1000, 0xFFFFFFFF])
    def test_a_wrong_length(self, length: int) -> None:
        data = header(2) + chunk(b"MTrk", TUNE + END, length) + chunk(b"MTrk", NOTE + END)
        piece = read(data)
        assert [len(t.notes) for t in piece.tracks] == [4, 1]
        assert any("track chunk 0 has a wrong length" in repair for repair in piece.repairs)

    def test_no_end_of_track(self) -> None:
        piece = read(header(2) + chunk(b"MTrk", TUNE) + chunk(b"MTrk", NOTE + END))
        assert [len(t.notes) for t in piece.tracks] == [4, 1]
        assert piece.repairs == ("track chunk 0 has no end-of-track",)

    def test_fewer_and_more_tracks_than_named(self) -> None:
        for named, words in ((5, "2 tracks where the header names 5"), (1, "2 tracks where the header names 1")):
            piece = read(header(named) + chunk(b"MTrk", TUNE + END) + chunk(b"MTrk", NOTE + END))
            assert piece.num_notes == 5
            assert words in piece.repairs

    def test_unknown_chunks_are_skipped_and_misnamed_tracks_are_read(self) -> None:
        data = header(2) + chunk(b"XFIH", b"what it is") + chunk(b"MTrx", TUNE + END) + chunk(b"MTrk", NOTE + END)
        piece = read(data)
        assert piece.num_notes == 5
        assert "track chunk 0 has another name" in piece.repairs

    def test_bytes_after_the_last_track_are_ignored(self) -> None:
        piece = read(header() + chunk(b"MTrk", TUNE + END) + b"\0" * 40)
        assert (piece.num_notes, piece.repairs) == (4, ())

    def test_riff_and_macintosh_wrappers(self) -> None:
        data = header() + chunk(b"MTrk", TUNE + END)
        riff = b"RIFF" + (len(data) + 12).to_bytes(4, "little") + b"RMIDdata" + len(data).to_bytes(4, "little") + data
        assert (read(riff).tracks[0].notes, read(riff).repairs) == (NOTES, ())
        assert read(bytes(128) + data).repairs == ("128 bytes before the header",)
        assert read(bytes(128) + data).tracks[0].notes == NOTES

    def test_no_header(self) -> None:
        piece = read(chunk(b"MTrk", TUNE + END))
        assert (piece.tracks[0].notes, piece.ticks_per_quarter) == (NOTES, 480)
        assert piece.repairs == ("no header: 480 ticks per quarter assumed",)
        piece = read(b"MT0d" + header()[4:] + chunk(b"MTrk", TUNE + END))
        assert piece.repairs == ("the header has another name",)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (header(2, kind=2) + chunk(b"MTrk", NOTE + END) * 2, "type 2 holds patterns without a common time"),
            (header(division=0xE728) + chunk(b"MTrk", NOTE + END), "not SMPTE frames"),
            (header(division=0) + chunk(b"MTrk", NOTE + END), "at least one tick per quarter note"),
            (header(), "must hold a track"),
            (header()[:10], "its header is damaged or cut short"),
        ],
    )
    def test_what_is_refused_by_name(self, data: bytes, words: str) -> None:
        with pytest.raises(MidiError, match=words):
            read(data)

    def test_type_2_with_one_track_is_type_0(self) -> None:
        assert read(header(1, kind=2) + chunk(b"MTrk", TUNE + END)).tracks[0].notes == NOTES


class TestEvents:
    def only(self, body: bytes) -> Piece:
        data = header() + chunk(b"MTrk", body)
        return salvage(data, scan(data, "x"))

    def test_running_status_continues_after_meta_and_system_messages(self) -> None:
        body = on(60) + b"\0\xff\x01\x02hi" + off(60, status=b"") + b"\0\xf0\x02\1\xf7" + on(62, status=b"") + off(62)
        piece = self.only(body + END)
        assert piece.tracks[0].notes == Notes.of([0, 60], [60, 60], [60, 62], [80, 80])
        assert piece.repairs == ()
        assert read(header() + chunk(b"MTrk", body + END)).num_notes == 2

    def test_data_bytes_above_127(self) -> None:
        piece = self.only(on(60, velocity=0xC8) + off(60) + END)
        assert piece.tracks[0].notes == Notes.of([0], [60], [60], [127])
        assert piece.repairs == ("data bytes above 127 taken as 127",)

    def test_no_status_at_all(self) -> None:
        piece = self.only(b"\0\x40" + TUNE + END)
        assert piece.tracks[0].notes == NOTES
        assert piece.repairs == ("bytes without a status",)

    def test_unknown_statuses_are_skipped(self) -> None:
        piece = self.only(b"\0\xf4" + b"\0\xf3\x05" + b"\0\xf2\1\2" + TUNE + END)
        assert piece.tracks[0].notes == NOTES
        assert piece.repairs == tuple(f"status byte {s} passed over" for s in ("0xf4", "0xf3", "0xf2"))

    def test_a_system_message_with_a_wrong_length(self) -> None:
        piece = self.only(b"\0\xf0\x7fabc\xf7" + TUNE + END)
        assert piece.tracks[0].notes == NOTES

    def test_after_damage_a_silence_of_hours_ends_the_track(self) -> None:
        lost = b"\xff\xff\xff\x7f"
        assert self.only(TUNE + lost + NOTE[1:] + END).num_notes == 5
        piece = self.only(TUNE + b"\0\xf4" + lost + NOTE[1:] + END)
        assert piece.num_notes == 4
        assert "the rest of a damaged track left out" in piece.repairs

    def test_meta_events(self) -> None:
        body = b"\0\xff\x51\x03\x06\x1a\x80" + b"\0\xff\x58\x04\x06\x03\x18\x08" + b"\0\xff\x03\x04name" + NOTE
        piece = self.only(body + b"\0\xff\x58\x04\x06\xff\x18\x08\0\xff\x59\x02\x63\x00" + END)
        assert piece.tempos == (Tempo(0, 400_000),)
        assert piece.meters == (TimeSignature(0, Meter(6, 8)),)
        assert (piece.tracks[0].name, piece.keys) == ("name", ())

    def test_channels_are_voices(self) -> None:
        body = on(60, status=b"\x91") + on(36, status=b"\x99") + off(60, status=b"\x91") + off(36, 0, b"\x99")
        assert [(t.channel, t.is_drums) for t in self.only(body + END).tracks] == [(1, False), (9, True)]


@given(st.binary(max_size=400))
def test_random_bytes_after_a_sound_header(data: bytes) -> None:
    for head in (header(), header() + b"MTrk\0\0\0\x40"):
        try:
            piece = read(head + data)
        except MidiError:
            continue
        for track in piece.tracks:
            assert (track.notes.onset >= 0).all()
            assert (track.notes.pitch <= 127).all()


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=8), st.integers(0, 120))
def test_mutations_of_a_sound_file(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(header(2) + chunk(b"MTrk", TUNE * 2 + END) + chunk(b"MTrk", TUNE + END))
    for place, value in changes:
        data[place % len(data)] = value
    try:
        read(bytes(data[: len(data) - cut]))
    except MidiError as error:
        assert "x" in str(error)


@pytest.mark.slow
def test_more_of_the_broken_files_than_either_library(shared: Path) -> None:
    """Every small file of the collection: read, or refused by the reader's own error; the table is printed (pytest
    -s), and that of all files stands in docs/ingest.md.
    """
    table: dict[str, Counter[str]] = defaultdict(Counter)
    files = sorted(p for p in (shared / "midi-defects").rglob("*") if p.suffix.lower() == ".mid")
    for path in (p for p in files if p.stat().st_size < MAX_SIZE):
        data, row = path.read_bytes(), table[path.parent.name]
        row["files"] += 1
        row["symusic"] += _reads(lambda data=data: symusic.Score.from_midi(data).note_num() > 0)
        row["mido"] += _reads(lambda path=path: any(m.type == "note_on" for m in mido.MidiFile(path, clip=True)))
        try:
            piece = read_piece(path)
        except MidiError:
            row["refused"] += 1
        else:
            row["read"] += piece.num_notes > 0
            row["without notes"] += piece.num_notes == 0
            row["repaired"] += bool(piece.repairs)
    total = sum(table.values(), Counter[str]())
    columns = ("files", "symusic", "mido", "read", "repaired", "without notes", "refused")
    for name, row in [*table.items(), ("all", total)]:
        print(f"| {name} | " + " | ".join(str(row[column]) for column in columns) + " |")
    assert total["files"] == total["read"] + total["without notes"] + total["refused"] > 200
    assert total["read"] > max(total["symusic"], total["mido"]) + 20
    for name, row in table.items():
        assert row["read"] >= max(row["symusic"], row["mido"]), name


def _reads(notes: object) -> bool:
    try:
        return bool(notes())  # type: ignore[operator]
    except Exception:  # whatever a library raises, it has not read the file
        return False


def test_truncated_real_files_keep_their_remaining_notes(shared: Path) -> None:
    rng = random.Random(2)
    for path in sorted((shared / "nottingham" / "melody").glob("*.mid"))[::150]:
        data = path.read_bytes()
        complete = read(data).tracks[0].notes
        place = rng.randrange(len(data) // 2, len(data) - 20)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "cut.mid").write_bytes(data[:place])
            cut = read_piece(Path(folder) / "cut.mid")
        notes = cut.tracks[0].notes
        assert 0.3 * len(complete) < len(notes) < len(complete)
        assert notes == complete[: len(notes)]
        assert any("cut short" in repair for repair in cut.repairs)
