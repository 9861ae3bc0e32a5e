from __future__ import annotations

import pytest
from mido import MetaMessage

from melodyrnn.midi.chunks import scan
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.texts import TextDecoder, all_texts, track_names
from tests.midi.files import READERS, At, line, midi_file, name, read_with

NAMES = {
    "utf-8": ("メロディ", "Бас"),
    "cp932": ("メロディ", "ベース"),
    "cp1251": ("Вокал", "Бас"),
    "cp1252": ("Mélodie", "Flöte"),
    "big5": ("主旋律", "鋼琴"),
    "gb18030": ("主旋律", "钢琴"),
    "cp949": ("멜로디", "베이스"),
    "utf-16": ("Melodie für 2", "メロディ"),
    "utf-8-sig": ("Mélodie", "Bass"),
    "iso2022_jp": ("メロディ", "ベース"),
}


def named(text: bytes) -> At:
    return name(text.decode("latin-1"))


def text_event(text: bytes, kind: str = "text") -> At:
    return 0, MetaMessage(kind, text=text.decode("latin-1"))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("encoding", NAMES)
def test_every_reader_reads_names_alike(encoding: str, reader: str) -> None:
    one, other = NAMES[encoding]
    tracks = [[named(one.encode(encoding)), *line([60, 62])], [named(other.encode(encoding)), *line([64], (1,))]]
    assert [track.name for track in read_with(reader, midi_file(*tracks)).tracks] == [one, other]


@pytest.mark.parametrize("reader", READERS)
def test_other_texts_of_the_file_help(reader: str) -> None:
    """A name of one character says little; the lyrics beside it say more."""
    own = "歌".encode("euc_jp")
    lyrics = [text_event(word.encode("euc_jp"), "lyrics") for word in ("さくら", "やよいのそらは")]
    alone = read_with(reader, midi_file([named(own), *line([60])]))
    assert alone.tracks[0].name != "歌"
    assert read_with(reader, midi_file([named(own), *lyrics, *line([60])])).tracks[0].name == "歌"


@pytest.mark.parametrize("reader", READERS)
def test_a_declared_encoding_counts(reader: str) -> None:
    own = "Ã©".encode("cp1252") + b"\xe9"  # no UTF-8
    as_latin = midi_file([text_event(b"{@LATIN}", "lyrics"), named(b"\x83\x81\x83\x8d"), *line([60])])
    assert read_with(reader, as_latin).tracks[0].name == "ƒ\ufffdƒ\ufffd"
    as_japanese = midi_file([text_event(b"{@JP}", "lyrics"), named(own), *line([60])])
    assert read_with(reader, as_japanese).tracks[0].name == own.decode("cp932", "replace")


@pytest.mark.parametrize("reader", READERS)
def test_the_first_name_of_a_track_counts(reader: str) -> None:
    late = (960, MetaMessage("track_name", name="late"))
    assert (
        read_with(reader, midi_file([name("first"), name("second"), *line([60] * 4), late])).tracks[0].name == "first"
    )
    assert read_with(reader, midi_file([*line([60] * 4), late])).tracks[0].name == "late"
    assert read_with(reader, midi_file(line([60] * 4))).tracks[0].name == ""


def test_the_bytes_of_a_name_inside_other_events_are_no_name() -> None:
    inside = [text_event(b"no \xff\x03\x04name"), *line([60])]
    data = midi_file(inside)
    assert track_names(data, scan(data, "it"), TextDecoder(data)) == [""]
    data = midi_file([*inside, (480, MetaMessage("track_name", name="yes"))])
    assert track_names(data, scan(data, "it"), TextDecoder(data)) == ["yes"]
    far = midi_file([*line([60]), *[(tick + 480 + 16_259, message) for tick, message in line([3, 64])]])  # time FF 03
    assert b"\xff\x03\x90\x03" in far
    assert track_names(far, scan(far, "it"), TextDecoder(far)) == [""]


def test_all_texts_are_those_of_all_tracks() -> None:
    data = midi_file([text_event(b"a"), *line([60])], [named(b"b\xe9"), text_event(b"c" * 300, "lyrics"), *line([60])])
    assert all_texts(data) == [b"a", b"b\xe9", b"c" * 300]


def test_the_texts_at_the_start_are_decoded() -> None:
    texts = ("第一楽章", "作曲：山田太郎")
    data = midi_file([*(text_event(text.encode("cp932")) for text in texts), *line([60])])
    assert read_bytes(data, "it").texts == texts


def test_names_have_no_nuls_around_them() -> None:
    data = midi_file([named(b"Piano\0\0"), *line([60])])
    assert read_bytes(data, "it").tracks[0].name == "Piano"
