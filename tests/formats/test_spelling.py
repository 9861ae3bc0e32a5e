from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.formats.spelling import Accidentals, Name, spelled
from melodyrnn.music.keys import LETTERS, MODES, Key, signature


@given(st.integers(0, 127), st.integers(-7, 7), st.sampled_from(MODES))
def test_a_name_is_its_pitch_and_notes_of_the_key_are_those_of_its_signature(
    pitch: int, sharps: int, mode: str
) -> None:
    key = Key.of_signature(sharps, mode)
    name = spelled(pitch, key)
    assert 12 * (name.octave + 1) + LETTERS[name.letter] + name.alteration == pitch
    scale = [(7 * (sharps + n)) % 12 for n in range(-1, 6)]
    if pitch % 12 in scale:
        assert not Accidentals(key).needs_sign(name)


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("C", "C C# D Eb E F F# G G# A Bb B"),
        ("Am", "C C# D D# E F F# G G# A Bb B"),
        ("D", "C C# D D# E F F# G G# A A# B"),
        ("Eb", "C Db D Eb E F Gb G Ab A Bb B"),
    ],
)
def test_other_notes_lie_next_to_the_key(key: str, names: str) -> None:
    found = [spelled(60 + n, Key.parse(key)) for n in range(12)]
    assert [name.letter + {1: "#", -1: "b", 0: ""}[name.alteration] for name in found] == names.split()


def test_octaves_follow_the_letter() -> None:
    assert spelled(59, Key.parse("Gb")) == Name("C", -1, 4)
    assert spelled(60, Key.parse("C#")) == Name("B", 1, 3)
    assert signature(Key.parse("C#")) == 7


def test_an_accidental_is_written_where_octaves_might_differ() -> None:
    held = Accidentals(Key.parse("C"))
    notes = [Name("F", 1, 4), Name("F", 1, 4), Name("F", 1, 5), Name("F", 0, 5), Name("F", 1, 4), Name("G", 0, 4)]
    assert [held.needs_sign(note) for note in notes] == [True, False, True, True, True, False]
    held.begin_bar()
    assert [held.needs_sign(note) for note in (Name("F", 0, 4), Name("F", 1, 4))] == [False, True]
