"""Files of every kind by what is in them: as pieces, as MIDI, and the other way round."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from musicxml_documents import note, score, zipped

from melodyrnn.errors import MidiError, OutputError
from melodyrnn.formats.files import as_midi, files_of_bytes, read_file
from melodyrnn.formats.read import is_notation, read_piece, read_tune, read_tunes
from melodyrnn.formats.write import FORMATS, WRITTEN_SUFFIXES, piece_bytes, write_piece
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.piece import Notes, Piece, Track

ABC = b"X:1\nT:One\nL:1/4\nK:C\nC D E F|]\n"
BOOK = ABC + b"\nX:2\nT:Two\nL:1/4\nK:C\nG A|]\n\nX:3\nK:C\nc|]\n"
PIECE = Piece(480, (Track(Notes.of([0], [480], [60], [90]), "melody"),), end=960)


@pytest.mark.parametrize("name", ["tune.abc", "this file", "tune.mid"])
def test_abc_is_known_by_its_fields(name: str) -> None:
    assert read_tune(ABC, name).piece.num_notes == 4


@pytest.mark.parametrize("data", [score([note()]), zipped({"a.xml": score([note()])})], ids=["plain", "compressed"])
@pytest.mark.parametrize("name", ["tune.xml", "tune.mxl", "this file"])
def test_musicxml_is_known_by_its_tags(data: bytes, name: str) -> None:
    assert read_tune(data, name).piece.num_notes == 1


def test_midi_is_midi_whatever_its_name() -> None:
    data = midi_bytes(PIECE)
    assert read_tune(data, "x.abc").piece == read_bytes(data, "x")
    assert as_midi(data, "x.abc") == data
    assert files_of_bytes(data, "a/x.abc")[0].data == data


@given(st.binary(max_size=300))
def test_other_bytes_are_read_as_before(data: bytes) -> None:
    """What is neither ABC nor XML goes to the reader of MIDI, which says what it does not like."""
    assume(not is_notation(data, "this file"))
    try:
        expected: object = read_bytes(data, "this file")
    except MidiError as error:
        expected = str(error)
    try:
        found: object = read_tune(data, "this file").piece
    except MidiError as error:
        found = str(error)
    assert found == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.abc", "an ABC file must hold a tune, with a K: field. Received: x.abc, without one"),
        ("x.musicxml", r"a MusicXML file must be well-formed XML\. Received: x\.musicxml \(.*\)"),
        ("x.mid", r".*MIDI.*x\.mid.*"),
    ],
)
def test_the_name_says_what_a_bad_file_should_be(name: str, message: str) -> None:
    with pytest.raises(MidiError, match=f"^{message}$"):
        read_tunes(b"neither", name)


def test_a_book_is_several_tunes() -> None:
    assert [tune.label for tune in read_tunes(BOOK, "b.abc")] == ["tune 1 (One)", "tune 2 (Two)", "tune 3"]
    names = [file.name for file in files_of_bytes(BOOK, "a/b.abc")]
    assert names == ["b.abc, tune 1 (One)", "b.abc, tune 2 (Two)", "b.abc, tune 3"]


def test_one_piece_is_one_tune(tmp_path: Path) -> None:
    (tmp_path / "b.abc").write_bytes(BOOK)
    rule = r"^a file that is one piece must hold one tune\. Received: .*b\.abc, with 3 tunes$"
    for read in (read_piece, read_file):
        with pytest.raises(MidiError, match=rule):
            read(tmp_path / "b.abc")


def test_notation_as_midi(tmp_path: Path) -> None:
    (tmp_path / "a.abc").write_bytes(ABC)
    file = read_file(tmp_path / "a.abc")
    assert (file.name, file.piece.num_notes) == ("a.abc", 4)
    assert read_bytes(file.data, "x").num_notes == read_bytes(as_midi(ABC, "a.abc"), "x").num_notes == 4


@pytest.mark.parametrize("suffix", [*WRITTEN_SUFFIXES, ".MusicXML", ".ABC"])
def test_the_suffix_names_the_format(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"tune{suffix}"
    write_piece(PIECE, path)
    assert read_piece(path).tracks[0].notes.pitch.tolist() == [60]
    with pytest.raises(OutputError):
        write_piece(PIECE, path)


@pytest.mark.parametrize("name", ["tune.mp3", "tune", "tune.abc.gz"])
def test_another_suffix_is_refused(name: str) -> None:
    names = ", ".join(WRITTEN_SUFFIXES)
    with pytest.raises(OutputError, match=f"^the name of a written piece must end in {names}. Received: {name}$"):
        piece_bytes(PIECE, name)


def test_every_format_has_suffixes_of_its_own() -> None:
    assert len(set(WRITTEN_SUFFIXES)) == len(WRITTEN_SUFFIXES)
    assert [kind.is_notation for kind in FORMATS.values()] == [name != "mid" for name in FORMATS]
