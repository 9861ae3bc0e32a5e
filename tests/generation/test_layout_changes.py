"""A layout that meets a wish stays; another is changed as little as the wish needs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.conditions.layout import UNKNOWN, Layout
from melodyrnn.conditions.returns import EXACT, NEW_BAR, OTHER_ENDING, SAME_RHYTHM, VARIED
from melodyrnn.conditions.sections import parse_sections
from melodyrnn.errors import SettingError
from melodyrnn.generation.layout_changes import (
    closes,
    ended,
    mean_notes,
    placed,
    typical_places,
    with_density,
    with_form,
    with_pickup,
)
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter

LAYOUT = Layout(
    meter=Meter(4, 4),
    key=Key(0, "major"),
    pickup=0,
    form="1144",
    returns=(NEW_BAR, NEW_BAR, EXACT, EXACT),
    sources=(1, 1, 3, 3),
    notes=(4, 6, 4, 6),
    last=(36, 42, 36, 42),
    cadences=(4, 7, 4, 2),
    final=6,
    compass=(60, 67, 76),
    character=(0, 0, 0, 0, 0, 0),
    approach=4,
)
CLOSING = replace(LAYOUT, notes=(4, 6, 4, 3), last=(36, 42, 36, 24), cadences=(4, 7, 4, 0), final=18, approach=5)


@pytest.mark.parametrize(
    ("wishes", "compass"),
    [
        ((None, None, None), (60, 67, 76)),
        ((74, None, None), (67, 74, 83)),
        ((None, 62, 80), (62, 69, 78)),
        ((None, None, 72), (56, 63, 72)),
        ((None, 60, 68), (60, 64, 68)),  # half as wide
        ((74, 62, 80), (67, 74, 80)),
        ((50, 60, 80), (60, 60, 60)),
    ],
)
def test_the_compass_moves_to_a_register_and_into_a_range(
    wishes: tuple[int | None, int | None, int | None], compass: tuple[int, int, int]
) -> None:
    assert placed(LAYOUT, *wishes).compass == compass


def test_a_pickup_shortens_the_last_note_where_it_leaves_no_room() -> None:
    assert with_pickup(LAYOUT, None) is LAYOUT
    assert with_pickup(LAYOUT, 0) is LAYOUT
    assert with_pickup(CLOSING, 6) == replace(CLOSING, pickup=6)  # ends 6 steps before the bar line
    assert with_pickup(CLOSING, 12) == replace(CLOSING, pickup=12, final=12)
    moved = with_pickup(LAYOUT, 12)  # the last note begins within the pick-up
    assert (moved.last[-1], moved.notes[-1], moved.final) == (0, 1, 36)


def test_endings_are_those_asked_for() -> None:
    assert ended(LAYOUT, None) is LAYOUT
    assert ended(LAYOUT, "open") is LAYOUT
    assert ended(LAYOUT, "tonic").cadences == (4, 7, 4, 0)
    assert ended(CLOSING, "open").cadences == (4, 7, 4, 7)
    held = replace(LAYOUT, notes=(4, 6, 1, 0), last=(36, 42, 24, 0), final=60)
    assert ended(held, None) is held
    unknown = ended(replace(held, notes=(4, 6, UNKNOWN, 0)), None)
    assert (unknown.notes[-1], unknown.last[-1], unknown.final) == (1, 0, 48)


def test_a_layout_closes_on_a_strong_beat_long_by_step_or_from_the_dominant() -> None:
    assert closes(CLOSING)
    for change in (
        {"final": 12},
        {"approach": 4},
        {"approach": 0},
        {"last": (36, 42, 36, 36)},
        {"cadences": (4, 7, 4, 2)},
    ):
        assert not closes(replace(CLOSING, **change))  # type: ignore[arg-type]


@given(
    meter=st.sampled_from([(2, 4), (3, 4), (4, 4), (6, 8), (9, 8), (12, 8)]),
    last=st.integers(0, 71),
    final=st.integers(1, 72),
    pickup=st.integers(0, 71),
)
def test_every_layout_can_be_made_to_close(meter: tuple[int, int], last: int, final: int, pickup: int) -> None:
    bar = Meter(*meter).bar(12)
    place = last % bar
    layout = replace(LAYOUT, meter=Meter(*meter), last=(0, 0, 0, place), pickup=pickup % bar // 3 * 3, final=final)
    found = ended(replace(layout, notes=(4, 6, 4, 6 if place else 1)), "close")
    assert closes(found)
    assert 3 * layout.pickup > 2 * bar or closes(replace(found, final=max(found.final, -(-bar // 3))))
    assert (found.notes[-1] == 1) == (found.last[-1] == 0)


def test_sections_give_bars_the_numbers_of_those_they_return_to() -> None:
    assert with_form(LAYOUT, None) is LAYOUT
    assert with_form(LAYOUT, parse_sections("AB", 4)).returns == (NEW_BAR,) * 4
    one = replace(LAYOUT, notes=(4, 6, 3, 5), last=(36, 42, 24, 42), form="1111", sources=(1, 1, 1, 3))
    one = replace(one, returns=(NEW_BAR, NEW_BAR, NEW_BAR, SAME_RHYTHM))
    found = with_form(one, parse_sections("AA", 4))
    assert (found.form, found.sources) == ("1133", (1, 1, 3, 3))
    assert (found.notes, found.last) == ((4, 6, 4, 5), (36, 42, 36, 42))
    assert found.returns == (NEW_BAR, NEW_BAR, EXACT, OTHER_ENDING)  # it keeps its ending, of five notes
    assert with_form(one, parse_sections("AA'", 4)).returns[2:] == (VARIED, VARIED)
    new = with_form(one, parse_sections("AB", 4))
    assert (new.returns, new.sources) == (one.returns, one.sources)  # the rhythm of a new bar may return
    free = with_form(one, parse_sections("free", 4))
    assert (free.form, free.returns, free.notes) == ("0000", (0, 0, 0, 0), one.notes)


@pytest.mark.parametrize("density", [1.0, 2.75, 4.3, 5.0, 9.0, 12.5])
def test_a_density_is_exact_and_returns_keep_their_numbers(density: float) -> None:
    found = with_density(CLOSING, density, {9: 45})
    assert sum(found.notes) == int(density * 4 + 0.5)
    assert found.notes[0] == found.notes[2]
    assert (found.last[-1], found.final) == (CLOSING.last[-1], CLOSING.final)
    assert all((notes <= last + 1) for notes, last in zip(found.notes, found.last, strict=True))
    assert with_density(CLOSING, mean_notes(CLOSING), {}) == CLOSING


def test_unknown_bars_get_numbers_like_the_others() -> None:
    layout = replace(LAYOUT, notes=(4, 6, UNKNOWN, 6), last=(36, 42, UNKNOWN, 42), sources=(1, 1, 0, 0))
    found = with_density(layout, 5.5, {6: 30})
    assert (found.notes, found.last) == ((4, 6, 6, 6), (36, 42, 30, 42))


def test_the_last_note_of_a_bar_moves_where_the_number_changes() -> None:
    found = with_density(replace(LAYOUT, last=(36, 42, 36, 36)), 1, {})
    assert (found.notes, found.last) == ((1, 1, 1, 1), (0, 0, 0, 36))
    assert typical_places([LAYOUT, CLOSING, replace(LAYOUT, last=(24, 42, 24, 36))]) == {4: 36, 6: 42, 3: 24}


def test_a_density_without_room_is_refused() -> None:
    with pytest.raises(SettingError, match=r"density and meter must leave room for the notes of a bar: at most .*: 64"):
        with_density(replace(LAYOUT, meter=Meter(2, 4), last=(12, 12, 12, 12)), 64, {})
