from __future__ import annotations

from xml.etree import ElementTree

import pytest

from melodyrnn.formats.musicxml.harmony import chord_text, harmony_lines
from melodyrnn.music.chord_kinds import KIND_NAMES


def read(xml: str, semitones: int = 0) -> str | None:
    return chord_text(ElementTree.fromstring(xml), semitones)


def harmony(
    kind: str, more: str = "", root: str = "<root><root-step>B</root-step><root-alter>-1</root-alter></root>"
) -> str:
    return f"<harmony>{root}<kind>{kind}</kind>{more}</harmony>"


def degree(value: int, alter: int, kind: str) -> str:
    return (
        f"<degree><degree-value>{value}</degree-value><degree-alter>{alter}</degree-alter>"
        f"<degree-type>{kind}</degree-type></degree>"
    )


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_every_kind_is_written_and_read(kind: str) -> None:
    for text in (f"F#{kind}", f"Eb{kind}/Ab"):
        assert read("\n".join(harmony_lines(text, 0))) == text


def test_no_chord_is_written_and_read() -> None:
    assert read("\n".join(harmony_lines("N.C.", 0))) == "N.C."


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (harmony("major"), "Bb"),
        (harmony("half-diminished"), "Bbm7b5"),
        (harmony("dominant", degree(9, -1, "add")), "Bb7b9"),
        (harmony("dominant", degree(5, 1, "alter")), "Bb7#5"),
        (harmony("dominant", degree(3, 0, "subtract") + degree(4, 0, "add")), "Bb7sus4"),
        (harmony("minor", "<bass><bass-step>D</bass-step><bass-alter>-1</bass-alter></bass>"), "Bbm/Db"),
        ('<harmony><root><root-step>C</root-step></root><kind text="7sus4">other</kind></harmony>', "C7sus4"),
        (harmony("none"), "N.C."),
        (harmony("Neapolitan"), None),  # a kind without a symbol and without a text
        (harmony("major", degree(7, 0, "subtract")), None),
        ('<harmony><function>V</function><kind text="x">major</kind></harmony>', None),
        ("<harmony><root><root-step>C</root-step></root></harmony>", None),
        (harmony("major", root="<root><root-step>H</root-step></root>"), None),
    ],
)
def test_texts(xml: str, text: str | None) -> None:
    assert read(xml) == text


def test_an_instrument_that_transposes_sounds_other_chords() -> None:
    assert read(harmony("minor", "<bass><bass-step>F</bass-step></bass>"), -2) == "Abm/Eb"
    assert read(harmony("minor"), 12) == "Bbm"


@pytest.mark.parametrize(("written", "text"), [("E#min7b5/B♯", "E#m7b5/B#"), ("C7(b9)", "C7b9"), ("Cbaug7", "Cb7#5")])
def test_spellings_of_notes_are_kept(written: str, text: str) -> None:
    assert read("\n".join(harmony_lines(written, 0))) == text


def test_the_offset_is_in_divisions() -> None:
    xml = "\n".join(harmony_lines("C", 36))
    assert ElementTree.fromstring(xml).findtext("offset") == "36"
