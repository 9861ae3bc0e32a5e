from __future__ import annotations

import pytest

from melodyrnn.errors import MidiError
from melodyrnn.formats.abc.read import read_abc

BOOK = """%abc-2.1
M:3/4
R:waltz

This book has words between its tunes: X, K and others.

X:1
T:One
L:1/4
K:G
G A B|]

X:7
T:Two
M:4/4
L:1/4
K:D
D E F G|]

not a line of the book: C D E

X:9
K:C
"""


def test_a_book_has_a_piece_for_each_tune_and_its_header_holds_for_all() -> None:
    found = read_abc(BOOK.encode(), "book.abc")
    assert [title for title, _ in found] == ["One", "Two", ""]
    assert [str(piece.meters[0]) for _, piece in found[:2]] == ["3/4", "4/4"]
    assert [piece.num_notes for _, piece in found] == [3, 4, 0]
    assert [piece.tracks[0].notes.pitch[0] for _, piece in found[:2]] == [67, 62]


def test_a_tune_without_a_number_is_one() -> None:
    [(title, piece)] = read_abc(b"T:No number\nL:1/4\nK:C\nC D E F|]", "x.abc")
    assert (title, piece.num_notes) == ("No number", 4)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings(encoding: str) -> None:
    [(title, _)] = read_abc("X:1\nT:Für Élise\nK:C\nC|]".encode(encoding), "x.abc")
    assert title == "Für Élise"


@pytest.mark.parametrize("data", [b"", b"words", b"X:1\nT:without a key\nC D E F|", b"\xff\xfe\x00"])
def test_a_file_without_a_tune_is_refused(data: bytes) -> None:
    with pytest.raises(
        MidiError, match=r"^an ABC file must hold a tune, with a K: field\. Received: x\.abc, without one$"
    ):
        read_abc(data, "x.abc")


@pytest.mark.parametrize(
    "text",
    [
        "X:1\nL:1/4\nP:(A100)100\nK:C\nP:A\n" + "C4|" * 100,
        "X:1\nK:C\n" + "Z999 | " * 100,
        "X:1\nK:C\n" + "|1C8" * 30_000,
    ],
    ids=["by parts", "of rest", "of endings"],
)
def test_too_many_bars_are_refused(text: str) -> None:
    with pytest.raises(MidiError, match=r"^a piece must have at most 20000 bars, with its repeats\. Received: more$"):
        read_abc(text.encode(), "x.abc")
