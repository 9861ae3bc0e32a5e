"""Further constraints of a plan: they are followed, and their needs are met within the room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.arrays import Bools, IntArray
from melodyrnn.errors import SettingError
from melodyrnn.generation.constraints.base import Constraint, Preference, State
from melodyrnn.generation.constraints.room import Room
from melodyrnn.generation.constraints.table import CONSTRAINTS, Terms
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.request import Request
from melodyrnn.generation.wishes import Wishes
from melodyrnn.music.keys import Key
from melodyrnn.score.score import Score

GUARD = {"no empty bars", "not stuck on a pitch", "not stuck on a bar"}


class NoPitchClass(Constraint):
    """One pitch class is forbidden."""

    def __init__(self, pitch_class: int) -> None:
        self._pitch_class = pitch_class

    def allowed(self, field: str, state: State) -> Bools | None:
        return state.pitch % 12 != self._pitch_class if field == "pitch" else None


class AtLeast(Constraint):
    """A piece has at least this many new notes."""

    def __init__(self, num: int) -> None:
        self._num = num

    def needs(self, state: State) -> IntArray | None:
        return self._num - state.count


class AtMost(Constraint):
    """A piece has at most this many new notes."""

    def __init__(self, num: int) -> None:
        self._num = num

    def allowed(self, field: str, state: State) -> Bools | None:
        return state.count < self._num if field == "shift" else None

    def room(self, state: State) -> IntArray | None:
        return self._num - state.count


class OnlyShortNotes(Constraint):
    """No note is longer than an eighth."""

    def allowed(self, field: str, state: State) -> Bools | None:
        return state.end - state.onset <= 6 if field == "duration" else None


class RatherHigh(Preference):
    """Pitches from 76 up, where there are any."""

    def preferred(self, field: str, state: State) -> Bools | None:
        return state.pitch >= 76 if field == "pitch" else None


@pytest.fixture(scope="module")
def model() -> Generator:
    return load()


def written(model: Generator, request: Request, *constraints: Constraint | Preference) -> list[Score]:
    plan = replace(model.plan(request), constraints=constraints, layout=None)
    return generate_melodies(model.network, model.vocabulary, plan)


def test_a_pitch_class_that_is_not_allowed_does_not_occur(model: Generator) -> None:
    request = Request(num=6, bars=8, seed=1, key="G")
    plain, without = written(model, request), written(model, request, NoPitchClass(6))
    assert any((melody.pitch % 12 == 6).any() for melody in plain)
    assert not any((melody.pitch % 12 == 6).any() for melody in without)
    assert all(melody.pitch[-1] % 12 == 7 for melody in without)


@pytest.mark.parametrize("temperature", [0.0, 0.85, 3.0])
def test_needs_are_met_within_the_room(model: Generator, temperature: float) -> None:
    request = Request(num=8, bars=2, seed=2, meter=(4, 4), temperature=temperature, end="tonic")
    assert min(map(len, written(model, request))) < 24
    for melody in written(model, request, AtLeast(24)):
        assert len(melody) >= 24
        assert (melody.onset + melody.duration)[-1] <= 96
        assert melody.pitch[-1] % 12 == melody.key.tonic


def test_needs_and_room_together_fix_the_number_of_notes(model: Generator) -> None:
    request = Request(num=8, bars=4, seed=3, key="D", max_interval=4, temperature=2.0)
    for melody in written(model, request, AtLeast(9), AtMost(9)):
        assert len(melody) == 9
        assert melody.pitch[-1] % 12 == 2
        assert np.abs(np.diff(melody.pitch)).max() <= 4


def test_the_last_notes_lead_to_an_ending_while_there_is_room(model: Generator) -> None:
    """With steps of at most two semitones the tonic is several notes away, also with a limit on their number."""
    request = Request(num=8, bars=8, seed=4, key="C", max_interval=2, temperature=3.0)
    for melody in written(model, request, AtMost(7)):
        assert len(melody) <= 7
        assert melody.pitch[-1] % 12 == 0


def test_every_field_may_be_constrained(model: Generator) -> None:
    assert all((melody.duration <= 6).all() for melody in written(model, Request(num=4, seed=5), OnlyShortNotes()))


def test_a_preference_is_ignored_where_no_other_value_remains(model: Generator) -> None:
    high = written(model, Request(num=4, seed=6, scale="chromatic", end="any"), RatherHigh())
    assert all((melody.pitch >= 76).all() for melody in high)
    low = written(model, Request(num=4, seed=6, range=(55, 70)), RatherHigh())
    assert all((melody.pitch <= 70).all() for melody in low)


def test_fewer_notes_than_an_ending_takes_are_refused(model: Generator) -> None:
    """From F# in steps of two semitones to the C below or above takes three notes."""
    request = Request(bars=1, seed=1, key="C", max_interval=2, primer="C4 E4 G4 F#4")
    assert written(model, replace(request, density=4))
    with pytest.raises(SettingError, match=r"must leave room for the notes .* at least 3\. Received: room for 2"):
        written(model, replace(request, density=2))
    with pytest.raises(SettingError, match=r"at least 5\. Received: room for 4"):
        written(model, Request(seed=1), AtLeast(5), AtMost(4))


def test_constraints_that_leave_no_pitch_are_refused(model: Generator) -> None:
    """The piece must end on the tonic, which is forbidden."""
    with pytest.raises(SettingError, match="must leave a value for every field of a note"):
        written(model, Request(bars=1, seed=1, key="C", scale="0", range=(60, 72)), NoPitchClass(0))


OF_LAST = ("last note", "last pitch class", "approach")


@pytest.mark.parametrize(
    ("wishes", "may_end", "guard", "missing"),
    [
        ({}, False, False, {"interval", *OF_LAST, "no gaps", "ending", "density", *GUARD}),
        ({"max_interval": 5}, True, False, {*OF_LAST, "no gaps", "density", *GUARD}),
        ({"density": 4}, True, True, {"interval", *OF_LAST, "no gaps"}),
        ({"density": 4, "max_interval": 5}, False, True, {*OF_LAST, "no gaps", "ending"}),
    ],
)
def test_the_table_makes_the_constraints_of_the_wishes(
    model: Generator, wishes: dict[str, int], may_end: bool, guard: bool, missing: set[str]
) -> None:
    room = Room(model.vocabulary, 96)
    terms = Terms(model.vocabulary, Wishes(Key(0, "major"), **wishes), 0, 96, 48, may_end, guard, room)
    assert {name for name, make in CONSTRAINTS.items() if make(terms) is None} == missing
