from __future__ import annotations

import pytest
from musicxml_documents import note, score, zipped

from melodyrnn.errors import MidiError
from melodyrnn.formats.musicxml.read import read_musicxml

PLAIN = score([note()], head="<work><work-title> A &amp; B </work-title></work>")
CONTAINER = b'<container><rootfiles><rootfile full-path="in/side.xml"/></rootfiles></container>'


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.decode().replace('<?xml version="1.0"?>', "").encode("utf-16"),
        zipped({"META-INF/container.xml": CONTAINER, "other.xml": b"<x/>", "in/side.xml": PLAIN}),
        zipped({"score.musicxml": PLAIN}),
        PLAIN.replace(b"work-title", b"movement-title").replace(b"<work>", b"").replace(b"</work>", b""),
    ],
    ids=["plain", "with a mark", "UTF-16", "compressed", "without a container", "title of a movement"],
)
def test_every_form_is_read(data: bytes) -> None:
    title, piece = read_musicxml(data, "x")
    assert (title, piece.tracks[0].name, piece.tracks[0].notes.pitch.tolist()) == ("A & B", "Tune", [60])


def test_measures_may_hold_the_parts() -> None:
    body = '<measure number="1"><part id="P1">{}</part><part id="P2">{}</part></measure>'.format(
        note("C", 4), note("E", 4)
    )
    parts = '<part-list><score-part id="P1"/><score-part id="P2"/></part-list>'
    _, piece = read_musicxml(f"<score-timewise>{parts}{body}</score-timewise>".encode(), "x")
    assert [track.notes.pitch.tolist() for track in piece.tracks] == [[60], [64]]


def test_a_score_without_notes_is_a_piece_without_notes() -> None:
    assert read_musicxml(score([""]), "x")[1].num_notes == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (PLAIN[:200], r"a MusicXML file must be well-formed XML\. Received: x \(.*\)"),
        (b"", r"a MusicXML file must be well-formed XML\. Received: x \(.*\)"),
        (b"<plist/>", "an XML file must hold MusicXML, score-partwise or score-timewise. Received: x, with plist"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "a MusicXML file must not define entities. Received: x"),
        (b"<score-partwise/>", "a MusicXML score must hold a part. Received: x, without one"),
        (PLAIN.replace(b">8<", b">eight<"), r"a MusicXML score must follow its schema\. Received: x \(.*\)"),
        (PLAIN.replace(b">2</div", b">0</div"), r"a MusicXML score must follow its schema\. Received: x \(.*\)"),
        (PLAIN.replace(b">8<", b">1/0<"), r"a MusicXML score must follow its schema\. Received: x \(.*\)"),
        (PLAIN.replace(b">C<", b">Q<"), r"a MusicXML score must follow its schema\. Received: x \(a step 'Q'\)"),
        (PLAIN.replace(b">8<", b">999999999<"), r"a MusicXML score must follow its schema\. Received: x \(.*\)"),
        (PLAIN.replace(b"type>4<", b"type>3<"), r"a MusicXML score must follow its schema\. Received: x \(.*\)"),
        (b"PK\x03\x04 no archive", r"a compressed MusicXML file must be a zip archive\. Received: x \(.*\)"),
        (zipped({"a.txt": b"a"}), "a compressed MusicXML file must hold a score. Received: x, without one"),
        (
            zipped({"a.xml": b" " * (64 << 20) + b"<a/>"}),
            "a MusicXML score must have at most 64 MB. Received: x, with more",
        ),
    ],
)
def test_a_bad_file_is_one_line(data: bytes, message: str) -> None:
    with pytest.raises(MidiError, match=f"^{message}$"):
        read_musicxml(data, "x")
