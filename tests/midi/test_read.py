from __future__ import annotations

import random
import tempfile
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido import Message, MetaMessage

from melodyrnn.errors import MidiError
from melodyrnn.midi.chunks import scan
from melodyrnn.midi.mido_reader import read_with_mido
from melodyrnn.midi.read import read_piece, with_channels
from melodyrnn.midi.salvage import salvage
from melodyrnn.midi.symusic_reader import read_with_symusic
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track

READERS = ("symusic", "mido", "salvage")


def save(path: Path, *tracks: list[mido.Message], ticks: int = 480, type: int = 1) -> Path:
    midi = mido.MidiFile(type=type, ticks_per_beat=ticks)
    midi.tracks.extend(mido.MidiTrack(track) for track in tracks)
    midi.save(path)
    return path


def note(pitch: int, length: int, velocity: int = 80, wait: int = 0, **more: int) -> list[mido.Message]:
    return [
        Message("note_on", note=pitch, velocity=velocity, time=wait, **more),
        Message("note_off", note=pitch, time=length, **more),
    ]


def read_with(reader: str, path: Path) -> Piece:
    data = path.read_bytes()
    if reader == "salvage":
        return salvage(data, scan(data, "a"))
    piece = read_with_mido(data) if reader == "mido" else read_with_symusic(data, scan(data, "a"))
    assert piece is not None
    return piece


@pytest.mark.parametrize("reader", READERS)
class TestEveryReader:
    def test_everything(self, tmp_path: Path, reader: str) -> None:
        head = [
            MetaMessage("set_tempo", tempo=400_000),
            MetaMessage("time_signature", numerator=6, denominator=8),
            MetaMessage("key_signature", key="F#m"),
            MetaMessage("set_tempo", tempo=600_000, time=960),
        ]
        tune = [MetaMessage("track_name", name="tune"), Message("program_change", program=73)]
        piece = read_with(reader, save(tmp_path / "a.mid", head, tune + note(60, 100, 70) + note(64, 50, 90, wait=20)))
        track = next(t for t in piece.tracks if len(t.notes))
        assert piece.ticks_per_quarter == 480
        assert track.notes == Notes.of([0, 120], [100, 50], [60, 64], [70, 90])
        assert (track.name, track.program, track.is_drums) == ("tune", 73, False)
        assert piece.tempos == (Tempo(0, 400_000), Tempo(960, 600_000))
        assert piece.meters == (TimeSignature(0, Meter(6, 8)),)
        assert piece.keys == (KeySignature(0, Key(6, "minor")),)
        assert piece.end == 170
        assert piece.num_notes == 2

    def test_defaults_stand_from_the_first_tick(self, tmp_path: Path, reader: str) -> None:
        late = [
            MetaMessage("set_tempo", tempo=400_000, time=480),
            MetaMessage("time_signature", numerator=3, denominator=4),
        ]
        piece = read_with(reader, save(tmp_path / "a.mid", late + note(60, 10)))
        assert piece.tempos == (Tempo(0, 500_000), Tempo(480, 400_000))
        assert piece.meters == (TimeSignature(0, Meter(4, 4)), TimeSignature(480, Meter(3, 4)))

    def test_note_on_of_velocity_0_is_a_note_off(self, tmp_path: Path, reader: str) -> None:
        track = [Message("note_on", note=60, velocity=80), Message("note_on", note=60, velocity=0, time=30)]
        assert notes_of(read_with(reader, save(tmp_path / "a.mid", track))) == Notes.of([0], [30], [60], [80])

    def test_drums_are_known_by_their_channel(self, tmp_path: Path, reader: str) -> None:
        piece = read_with(reader, save(tmp_path / "a.mid", note(36, 10, channel=9), note(60, 10, channel=1)))
        assert [t.is_drums for t in piece.tracks] == [True, False]

    def test_name_in_latin_1(self, tmp_path: Path, reader: str) -> None:
        """A name need not be UTF-8, but it must be read as text that can be printed and stored."""
        path = save(tmp_path / "a.mid", [MetaMessage("track_name", name="Café"), *note(60, 10)])
        piece = read_with(reader, path)
        assert piece.tracks[0].name.startswith("Caf")
        piece.tracks[0].name.encode("utf-8")


def test_onsets_never_run_backwards(tmp_path: Path) -> None:
    """2**31 ticks and more overflow the integers of symusic."""
    track = [m for n in range(12) for m in note(60 + n, 0x0FFFFFFF)]
    assert (notes_of(read_piece(save(tmp_path / "a.mid", track))).onset >= 0).all()


@pytest.mark.parametrize("key", ["Cb", "C#", "Abm", "A#m", "C", "Am", "Gb"])
def test_both_readers_know_all_signatures(tmp_path: Path, key: str) -> None:
    path = save(tmp_path / "a.mid", [MetaMessage("key_signature", key=key), *note(60, 10)])
    assert read_with("mido", path).keys == read_with("symusic", path).keys == (KeySignature(0, Key.parse(key)),)


def test_texts_that_open_the_file_are_kept(tmp_path: Path) -> None:
    texts = ("melodyrnn generate: seed 1", "x" * 200)
    head = [MetaMessage("text", text=text) for text in texts]
    path = save(tmp_path / "a.mid", [*head, MetaMessage("set_tempo", tempo=1), *note(60, 10)], note(62, 10))
    assert read_piece(path).texts == texts
    assert read_piece(save(tmp_path / "b.mid", note(60, 10))).texts == ()


def test_all_readers_agree_on_real_files(shared: Path) -> None:
    files = sorted((shared / "nottingham" / "melody").glob("*.mid"))[::94][:10]
    files += sorted((shared / "openewld").rglob("*.mid"))[::45][:10]
    assert len(files) == 20
    for path in files:
        one, *others = (read_with(reader, path) for reader in READERS)
        for other in others:
            for name in ("ticks_per_quarter", "tempos", "meters", "keys", "end", "num_notes"):
                assert getattr(one, name) == getattr(other, name), (path, name)
            for a, b in zip(sounding(one), sounding(other), strict=True):
                assert a.notes == b.notes, path
                assert (a.name, a.program, a.is_drums) == (b.name, b.program, b.is_drums), path


def test_both_readers_number_tracks_alike(tmp_path: Path) -> None:
    """Reports name a track by its number, so it must not depend on the reader."""
    path = save(tmp_path / "a.mid", [MetaMessage("set_tempo", tempo=400_000)], note(60, 10))
    assert [len(t.notes) for t in read_with("symusic", path).tracks] == [
        len(t.notes) for t in read_with("mido", path).tracks
    ]


def test_both_readers_part_the_channels_of_type_0(tmp_path: Path) -> None:
    """One track may hold a tune and drums: they are two voices."""
    path = save(tmp_path / "a.mid", note(60, 10, channel=0) + note(36, 10, channel=9), type=0)
    for reader in READERS:
        assert [(len(t.notes), t.is_drums) for t in read_with(reader, path).tracks] == [(1, False), (1, True)], reader


def test_files_that_symusic_refuses_are_read_by_mido(tmp_path: Path) -> None:
    """A data byte over 127 in a note."""
    path = save(tmp_path / "a.mid", note(60, 10, 100) + note(62, 10, 101))
    data = path.read_bytes().replace(bytes([62, 101]), bytes([62, 0xE5]), 1)
    path.write_bytes(data)
    assert read_with_symusic(data, scan(data, "a")) is None
    assert read_piece(path).num_notes == 2


def test_a_bad_key_signature_is_no_reason_to_refuse(tmp_path: Path) -> None:
    """mido raises KeySignatureError, which is none of the usual errors."""
    path = save(tmp_path / "a.mid", [MetaMessage("key_signature", key="C"), *note(60, 10)])
    for sharps, minor in ((0, 5), (99, 0), (3, 2)):
        bad = path.read_bytes().replace(b"\xff\x59\x02\x00\x00", bytes([0xFF, 0x59, 2, sharps, minor]))
        (tmp_path / "b.mid").write_bytes(bad)
        assert read_piece(tmp_path / "b.mid").num_notes == 1
        assert read_with("salvage", tmp_path / "b.mid").num_notes == 1


def test_smpte_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.mid", note(60, 10))
    data = bytearray(path.read_bytes())
    data[12:14] = bytes([0xE7, 0x28])  # 25 frames a second, 40 ticks a frame
    path.write_bytes(data)
    with pytest.raises(MidiError, match=r"must count ticks per quarter note, not SMPTE frames\. Received: .*a\.mid"):
        read_piece(path)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match=r"a MIDI file must exist\. Received: .*no\.mid"):
        read_piece(tmp_path / "no.mid")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match=r"must be a file\. Received the folder: "):
        read_piece(str(tmp_path))


@pytest.mark.parametrize("data", [b"", b"MT", b"Dear diary,", b"\0" * 100])
def test_not_midi(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.mid").write_bytes(data)
    with pytest.raises(MidiError) as error:
        read_piece(tmp_path / "a.mid")
    assert f"must begin with MThd. Received: {tmp_path / 'a.mid'}, beginning with {data[:4]!r}" in str(error.value)


@pytest.mark.parametrize(
    "data", [b"MThd", b"RIFF", b"MThd\0\0\0\6\0\1\0\1\1\xe0", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0"]
)
def test_only_a_beginning(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.mid").write_bytes(data)
    try:
        piece = read_piece(tmp_path / "a.mid")
    except MidiError as error:
        assert str(tmp_path / "a.mid") in str(error)
    else:
        assert piece.num_notes == 0


@given(st.binary(max_size=300))
def test_random_bytes_raise_midi_error_alone(data: bytes) -> None:
    for head in (b"", b"MThd", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk"):
        answer(head + data)


def test_mutations_of_real_files_raise_midi_error_alone(shared: Path) -> None:
    rng = random.Random(1)
    files = sorted((shared / "nottingham" / "with-chords").glob("*.mid"))[::90]
    results = []
    for path in files:
        for _ in range(12):
            data = bytearray(path.read_bytes()[:3000])
            for _ in range(rng.choice((1, 3, 30))):
                data[rng.randrange(len(data))] = rng.randrange(256)
            results.append(answer(bytes(data)))
    assert {True, False} <= set(results)  # some pass, some do not


def test_broken_files_of_others_raise_midi_error_alone(shared: Path) -> None:
    files = sorted(p for p in (shared / "midi-defects").rglob("*.mid") if p.stat().st_size < 20_000)[::4]
    assert len(files) > 30
    for path in files:
        answer(path.read_bytes())


def answer(data: bytes) -> bool:
    """Whether the bytes can be read; what is read must make sense."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mid"
        path.write_bytes(data)
        try:
            piece = read_piece(path)
        except MidiError as error:
            assert str(path) in str(error)
            return False
    assert piece.ticks_per_quarter > 0
    assert piece.tempos[0].tick == piece.meters[0].tick == 0
    for track in piece.tracks:
        assert (track.notes.onset >= 0).all()
        assert (track.notes.duration >= 0).all()
        assert (track.notes.pitch >= 0).all()
        assert (track.notes.pitch <= 127).all()
        assert np.all(np.diff(track.notes.onset) >= 0)
    return True


def notes_of(piece: Piece) -> Notes:
    return next(t for t in piece.tracks if len(t.notes)).notes


def sounding(piece: Piece) -> list[Track]:
    return [t for t in piece.tracks if len(t.notes)]


def test_a_file_cut_in_its_header_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "cut.mid"
    path.write_bytes(b"MThd\0\0")
    with pytest.raises(MidiError, match=r"cannot read .*cut\.mid as MIDI: \S"):
        read_piece(path)


def test_channels_are_read_from_the_events(tmp_path: Path) -> None:
    path = save(tmp_path / "a.mid", note(60, 480, channel=3), note(67, 480, channel=9), note(64, 480, channel=14))
    data = path.read_bytes()
    piece = with_channels(read_piece(path), data)
    assert [track.channel for track in piece.tracks] == [3, 9, 14]
    assert [track.notes for track in piece.tracks] == [track.notes for track in read_piece(path).tracks]
    assert with_channels(piece, b"X:1\nK:C\nCDEF|") == piece
