from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import NotationError, SettingError
from melodyrnn.music.notation import TypedNote, format_notes, parse_bars, parse_notes, parse_range

UNITS = (Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(3, 2), Fraction(1, 3))
durations = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000)
typed_notes = st.lists(st.builds(TypedNote, st.none() | st.integers(0, 127), durations), min_size=1, max_size=30)


def pitches(text: str) -> list[int | None]:
    return [note.pitch for note in parse_notes(text)]


def lengths(text: str) -> list[Fraction]:
    return [note.duration for note in parse_notes(text)]


@given(typed_notes, st.sampled_from(UNITS))
def test_round_trip(notes: list[TypedNote], unit: Fraction) -> None:
    assert parse_notes(format_notes(notes, unit), unit) == notes


@given(st.text("CDEFGABcdefgabr#♯♭:/.|0123456789- \n", max_size=40))
def test_any_text_is_either_read_and_formatted_again_or_refused(text: str) -> None:
    try:
        notes = parse_notes(text)
    except NotationError:
        return
    assert parse_notes(format_notes(notes)) == notes
    assert all(note.duration > 0 for note in notes)


def test_the_example() -> None:
    notes = parse_notes("C4 E4 G4:2 r C5 F#4:1/2 Bb3:3/2 r:2 C5:1.5")
    assert [n.pitch for n in notes] == [60, 64, 67, None, 72, 66, 58, None, 72]
    assert [n.duration for n in notes] == [1, 1, 2, 1, 1, Fraction(1, 2), Fraction(3, 2), 2, Fraction(3, 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c d e f g a b", [60, 62, 64, 65, 67, 69, 71]),
        ("C♯4 C#4 D♭4 Db4 db4", [61] * 5),
        ("B4 b4 Bb4 bb4 Bbb4 bbb4", [71, 71, 70, 70, 69, 69]),
        ("F##4 Cb4 B#4 E#4", [67, 59, 72, 65]),
        ("C-1 G9", [0, 127]),
        ("r R", [None, None]),
        ("C5 D r E B3 A", [72, 74, None, 76, 59, 57]),
        ("G9:2 G8 A", [127, 115, 117]),
    ],
)
def test_pitches(text: str, expected: list[int | None]) -> None:
    assert pitches(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("C", 1), ("C:3", 3), ("r:3/4", Fraction(3, 4)), ("C:1.25", Fraction(5, 4)), ("C4:.5", Fraction(1, 2))],
)
def test_lengths(text: str, expected: Fraction) -> None:
    assert lengths(text) == [expected]
    assert parse_notes(text, Fraction(1, 2))[0].duration == expected / 2


def test_bar_lines_are_ignored() -> None:
    assert parse_notes("|C4 D4 | E4|F ||") == parse_notes("C4 D4 E4 F4")


def test_format() -> None:
    notes = [TypedNote(61, Fraction(1)), TypedNote(None, Fraction(3, 2)), TypedNote(0, Fraction(1, 4))]
    assert format_notes(notes) == "C#4 r:3/2 C-1:1/4"
    assert format_notes(notes, Fraction(1, 4)) == "C#4:4 r:6 C-1"


NOTE_RULE = 'a note must be a letter, an accidental and an octave, or "r", as in "C4", "F#4:1/2", "r:2". '
LENGTH_RULE = 'a length must be a number above 0, as in ":2", ":1/2", ":1.5". '
PITCH_RULE = "a pitch must be in 0..127, C-1 to G9. "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C4 | H4", NOTE_RULE + "Received: 'H4', note 2"),
        ("C4 D4 4", NOTE_RULE + "Received: '4', note 3"),
        ("r4", NOTE_RULE + "Received: 'r4', note 1"),
        (":2", NOTE_RULE + "Received: ':2', note 1"),
        ("C###4", NOTE_RULE + "Received: 'C###4', note 1"),
        ("C4,D4", NOTE_RULE + "Received: 'C4,D4', note 1"),
        ("C٤", NOTE_RULE + "Received: 'C٤', note 1"),
        ("C:0", LENGTH_RULE + "Received: 'C:0', note 1"),
        ("C E:-1", LENGTH_RULE + "Received: 'E:-1', note 2"),
        ("C:0/4", LENGTH_RULE + "Received: 'C:0/4', note 1"),
        ("C:1/0", LENGTH_RULE + "Received: 'C:1/0', note 1"),
        ("r:", LENGTH_RULE + "Received: 'r:', note 1"),
        ("C:2:3", LENGTH_RULE + "Received: 'C:2:3', note 1"),
        ("C:1_0", LENGTH_RULE + "Received: 'C:1_0', note 1"),
        ("C:nan", LENGTH_RULE + "Received: 'C:nan', note 1"),
        ("G9 A", PITCH_RULE + "Received: 'A', note 2: pitch 129"),
        ("Cb-1", PITCH_RULE + "Received: 'Cb-1', note 1: pitch -1"),
        ("C100", PITCH_RULE + "Received: 'C100', note 1: pitch 1212"),
        ("", "typed notes must hold at least one note. Received: ''"),
        (" | ", "typed notes must hold at least one note. Received: ' | '"),
    ],
)
def test_errors(text: str, message: str) -> None:
    with pytest.raises(NotationError, match=f"^{re.escape(message)}$"):
        parse_notes(text)


def test_a_length_of_too_many_digits_is_refused() -> None:
    with pytest.raises(NotationError, match="a length must be a number above 0"):
        parse_notes("C:" + "9" * 5000)


@pytest.mark.parametrize(
    ("text", "pitches"), [("C4:C6", (60, 84)), ("60:84", (60, 84)), ("bb3: 127", (58, 127)), ("0:C-1", (0, 0))]
)
def test_ranges(text: str, pitches: tuple[int, int]) -> None:
    assert parse_range(text) == pitches


def test_a_range_of_other_texts_is_refused() -> None:
    with pytest.raises(SettingError, match=r"^a range must be two notes, like C4:C6\. Received: 'C4-C6'$"):
        parse_range("C4-C6")
    with pytest.raises(NotationError, match="a note must be a letter"):
        parse_range("C4:128")
    with pytest.raises(NotationError, match="a pitch must be a note, not a rest"):
        parse_range("r:C4")


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_bars(first: int, last: int) -> None:
    assert parse_bars(f"{first}-{last}") == (first, last)
    assert parse_bars(str(first)) == (first, first)


@pytest.mark.parametrize("text", ["", "3-", "-4", "3 - 4", "a-b", "1-2-3", "100000"])
def test_other_bars_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match=rf"^bars must be like 3-4\. Received: {re.escape(repr(text))}$"):
        parse_bars(text)
