from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import NotationError
from melodyrnn.music.keys import Key
from melodyrnn.music.notation import TypedNote, parse_notes
from melodyrnn.music.units import DEFAULT_TEMPO, STEPS_PER_QUARTER
from melodyrnn.score.typed import VELOCITY, melody_of_notes

steps = st.integers(1, 96)
grid_notes = st.lists(
    st.builds(TypedNote, st.none() | st.integers(0, 127), steps.map(lambda n: Fraction(n, STEPS_PER_QUARTER))),
    min_size=1,
    max_size=30,
).filter(lambda notes: any(note.pitch is not None for note in notes))


def test_notes_follow_one_another() -> None:
    melody = melody_of_notes(parse_notes("C4 r:1/2 E4:1/3 G4:2 r D4:1/4"), (3, 4))
    assert melody.onset.tolist() == [0, 18, 22, 58]
    assert melody.duration.tolist() == [12, 4, 24, 3]
    assert melody.pitch.tolist() == [60, 64, 67, 62]
    assert melody.velocity.tolist() == [VELOCITY] * 4
    assert melody.meter == (3, 4)
    assert (melody.microseconds_per_quarter, melody.name) == (DEFAULT_TEMPO, "")


def test_given_attributes_are_kept() -> None:
    melody = melody_of_notes(parse_notes("G4 C5"), (6, 8), Key(7, "minor"), 400_000, "air", 24)
    assert melody.onset.tolist() == [24, 36]
    assert melody.pickup_bars == 1
    assert (melody.meter, melody.key) == ((6, 8), Key(7, "minor"))
    assert (melody.microseconds_per_quarter, melody.name) == (400_000, "air")


@pytest.mark.parametrize(("text", "key"), [("D E F# G A B C#5 D", "D major"), ("A3 B C4 D E G# A", "A minor")])
def test_the_key_is_guessed(text: str, key: str) -> None:
    assert melody_of_notes(parse_notes(text), (4, 4)).key == Key.parse(key)


@given(grid_notes, st.integers(0, 47))
def test_all_notes_and_rests_are_kept(notes: list[TypedNote], first: int) -> None:
    melody = melody_of_notes(notes, (4, 4), Key(0, "major"), first_onset_steps=first)
    end, sounding = first, []
    for note in notes:
        length = int(note.duration * STEPS_PER_QUARTER)
        if note.pitch is not None:
            sounding.append((end, length, note.pitch))
        end += length
    assert list(zip(melody.onset.tolist(), melody.duration.tolist(), melody.pitch.tolist(), strict=True)) == sounding
    assert {a.dtype for a in (melody.onset, melody.duration, melody.pitch, melody.velocity)} == {np.dtype(np.int64)}


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        (
            parse_notes("C4 D4:1/5"),
            "a length must be one or more whole steps, 12 to the quarter note. Received: 'D4:1/5', note 2: 12/5 steps",
        ),
        (
            parse_notes("r:1/24 C4"),
            "a length must be one or more whole steps, 12 to the quarter note. Received: 'r:1/24', note 1: 1/2 steps",
        ),
        (
            [TypedNote(60, Fraction(0))],
            "a length must be one or more whole steps, 12 to the quarter note. Received: 'C4:0', note 1: 0 steps",
        ),
        (parse_notes("r r:2"), "typed notes must hold a note that is not a rest. Received: 'r r:2'"),
        ([], "typed notes must hold a note that is not a rest. Received: ''"),
    ],
)
def test_errors(notes: list[TypedNote], message: str) -> None:
    with pytest.raises(NotationError, match=f"^{re.escape(message)}$"):
        melody_of_notes(notes, (4, 4))
