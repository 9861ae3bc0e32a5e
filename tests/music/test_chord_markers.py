from __future__ import annotations

from melodyrnn.music.chord_markers import chord_markers
from melodyrnn.music.piece import Marker, Piece


def chords_of(*texts: str, are_texts: bool = False, more: tuple[Marker, ...] = ()) -> list[tuple[int, str]]:
    """(tick, symbol) of the chords of a piece with a text every 480 ticks."""
    markers = tuple(Marker(480 * n, text, are_texts) for n, text in enumerate(texts))
    return [(marker.tick, marker.text) for marker in chord_markers(Piece(480, (), markers=(*markers, *more)))]


def test_markers_are_read_as_they_are_spelled() -> None:
    assert chords_of("C", "F#m7b5/E", "Gbmin7", "N.C.") == [
        (0, "C"),
        (480, "F#m7b5/E"),
        (960, "Gbmin7"),
        (1440, "N.C."),
    ]


def test_names_of_sections_among_them_are_passed_over() -> None:
    assert chords_of("Verse", "C", "Am", "Chorus", "G") == [(480, "C"), (960, "Am"), (1920, "G")]


def test_spaces_around_a_symbol_do_not_count() -> None:
    assert chords_of(" C", "G7 ") == [(0, "C"), (480, "G7")]


def test_texts_are_read_where_no_markers_are_chords() -> None:
    sections = tuple(Marker(1000 + n, text) for n, text in enumerate(["Verse", "Chorus", "Verse"]))
    assert chords_of("C", "G", are_texts=True, more=sections) == [(0, "C"), (480, "G")]
    chords = tuple(Marker(1000 + n, text) for n, text in enumerate(["Am", "F"]))
    assert chords_of("C", "G", are_texts=True, more=chords) == [(1000, "Am"), (1001, "F")]


def test_other_markers_are_no_chords() -> None:
    assert chords_of("Verse", "Chorus", "Am", "Bridge", "Dm") == []  # most of them are something else
    assert chords_of("A", "B", "A", "C") == []  # letters in order are sections
    assert chords_of("A", "D", "A", "E") != []
    assert chords_of("C") == []  # one alone
    assert chords_of() == []
