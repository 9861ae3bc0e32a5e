"""What a musician expects of a written score."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from melodyrnn.formats.musicxml.read import read_musicxml
from melodyrnn.formats.musicxml.write import musicxml_bytes, mxl_bytes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track

EIGHTH = 240


def piece_of(
    notes: list[tuple[int, int, int]], meter: tuple[int, int] = (4, 4), key: str = "D", channel: int = 0, bars: int = 1
) -> Piece:
    """A piece at 480 ticks per quarter: (onset, duration, pitch) in eighths."""
    onset, duration, pitch = (np.array(column) for column in zip(*notes, strict=True))
    track = Track(Notes.of(onset * EIGHTH, duration * EIGHTH, pitch, [90] * len(notes)), "A & B\x07", 73, channel)
    end = bars * Meter(*meter).bar(480)
    signs = (TimeSignature(0, Meter(*meter)),), (KeySignature(0, Key.parse(key)),)
    return Piece(480, (track,), (Tempo(0, 500_000),), *signs, end, ("made <by> a test",))


def written(piece: Piece) -> Element:
    return ElementTree.fromstring(musicxml_bytes(piece, "A & B\x07"))


def texts(root: Element, path: str) -> list[str]:
    return [element.text or "" for element in root.iterfind(path)]


def test_title_key_meter_tempo_clef_and_end() -> None:
    root = written(piece_of([(0, 8, 60)], key="Bbm"))
    assert texts(root, "work/work-title") == ["A & B"]
    assert texts(root, ".//fifths") + texts(root, ".//mode") == ["-5", "minor"]
    assert texts(root, ".//beats") + texts(root, ".//beat-type") == ["4", "4"]
    assert texts(root, ".//beat-unit") + texts(root, ".//per-minute") == ["quarter", "120"]
    assert texts(root, ".//sign") == ["G"]
    assert texts(root, ".//bar-style") == ["light-heavy"]
    assert texts(root, ".//midi-program") == ["74"]
    assert texts(root, ".//miscellaneous-field") == ["made <by> a test"]


def test_a_compound_meter_counts_dotted_beats() -> None:
    root = written(piece_of([(0, 6, 60)], meter=(6, 8)))
    assert texts(root, ".//beat-unit") + texts(root, ".//per-minute") == ["quarter", "80"]
    assert len(root.findall(".//beat-unit-dot")) == 1


def test_low_parts_have_a_bass_clef() -> None:
    assert texts(written(piece_of([(0, 8, 40)])), ".//sign") == ["F"]


def test_pitches_are_spelled_by_the_key() -> None:
    for key, pitch, name in (
        ("D", 61, ("C", "1")),
        ("F", 70, ("B", "-1")),
        ("Am", 68, ("G", "1")),
        ("Gb", 71, ("C", "-1")),
    ):
        [note] = written(piece_of([(0, 8, pitch)], key=key)).iterfind(".//pitch")
        assert (note.findtext("step"), note.findtext("alter")) == name


def test_accidentals_are_written_where_the_bar_needs_them() -> None:
    root = written(piece_of([(0, 2, 66), (2, 2, 65), (4, 2, 65), (6, 2, 66), (8, 8, 65)], key="D", bars=2))
    assert [note.findtext("accidental") for note in root.iterfind(".//note")] == [
        None,
        "natural",
        None,
        "sharp",
        "natural",
    ]


def test_a_pickup_is_a_measure_of_its_own() -> None:
    root = written(piece_of([(6, 2, 62), (8, 8, 66)], bars=2))
    measures = root.findall(".//measure")
    assert [(m.get("number"), m.get("implicit")) for m in measures] == [("0", "yes"), ("1", None)]
    assert [len(m.findall("note")) for m in measures] == [1, 1]


def test_ties_over_bar_lines() -> None:
    notes = written(piece_of([(4, 8, 62)], bars=2)).findall(".//note")
    sounding = [note for note in notes if note.find("pitch") is not None]
    assert [[tie.get("type") for tie in note.findall("tie")] for note in sounding] == [["start"], ["stop"]]
    assert [[tie.get("type") for tie in note.iterfind("notations/tied")] for note in sounding] == [["start"], ["stop"]]


def test_beams_follow_the_beats() -> None:
    notes = [(n, 1, 62) for n in range(8)]
    assert texts(written(piece_of(notes)), ".//beam") == ["begin", "end"] * 4
    assert texts(written(piece_of(notes[:6], meter=(6, 8))), ".//beam") == ["begin", "continue", "end"] * 2


def test_an_empty_bar_has_one_rest() -> None:
    [rest, note] = written(piece_of([(8, 8, 62)], bars=2)).iterfind(".//note")
    assert rest.find("rest[@measure='yes']") is not None
    assert rest.find("type") is None
    assert note.findtext("type") == "whole"


def test_drums_keep_their_pitches() -> None:
    piece = piece_of([(0, 2, 36), (2, 2, 38)], channel=9)
    assert texts(written(piece), ".//sign") == ["percussion"]
    _, read = read_musicxml(musicxml_bytes(piece, "x"), "x")
    assert (read.tracks[0].is_drums, read.tracks[0].notes.pitch.tolist()) == (True, [36, 38])


def test_a_compressed_file_names_its_score_and_does_not_depend_on_the_time() -> None:
    piece = piece_of([(0, 8, 60)])
    assert mxl_bytes(piece, "x") == mxl_bytes(piece, "x")
    with zipfile.ZipFile(io.BytesIO(mxl_bytes(piece, "x"))) as archive:
        assert archive.namelist() == ["META-INF/container.xml", "score.musicxml"]
        assert archive.read("score.musicxml") == musicxml_bytes(piece, "x")
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
