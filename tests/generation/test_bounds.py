"""Where last notes are to be: full closes on strong beats, for a third of a bar at least."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from laid_out import laid_out_model

from melodyrnn.errors import SettingError
from melodyrnn.generation.bounds import bounds_of
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.request import Request
from melodyrnn.generation.strong_beats import strong_places
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score

METERS = [(2, 4), (3, 4), (4, 4), (6, 8), (9, 8), (5, 8)]


@pytest.fixture(scope="module")
def model() -> Generator:
    return load()


@pytest.mark.parametrize(
    ("meter", "places"),
    [((2, 4), (0,)), ((3, 4), (0,)), ((4, 4), (0, 24)), ((6, 8), (0, 18)), ((9, 8), (0,)), ((12, 8), (0, 36))],
)
def test_strong_beats_are_the_first_and_half_a_bar(meter: tuple[int, int], places: tuple[int, ...]) -> None:
    assert strong_places(Meter(*meter)) == places


def closes(melody: Score, num_bars: int) -> bool:
    """Whether a melody closes fully in its last bar."""
    last, line = int(melody.onset[-1]), (num_bars - 1) * melody.bar
    before, end = melody.pitch[-2:].tolist()
    by_step = 1 <= abs(end - before) <= 2
    from_dominant = (before - melody.key.tonic) % 12 == 7 and abs(end - before) <= 7
    return (
        last - line in strong_places(melody.meter)
        and 3 * int(melody.duration[-1]) >= melody.bar
        and last + int(melody.duration[-1]) <= line + melody.bar
        and end % 12 == melody.key.tonic
        and (by_step or from_dominant)
    )


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("wishes", [{}, {"max_interval": 3, "temperature": 2.0}, {"density": 3}, {"key": "E dorian"}])
def test_every_melody_that_is_to_close_does(
    model: Generator, meter: tuple[int, int], wishes: dict[str, object]
) -> None:
    plan = model.plan(Request(num=12, bars=4, seed=3, meter=Meter(*meter), end="close", **wishes))  # type: ignore[arg-type]
    melodies = generate_melodies(model.network, model.vocabulary, replace(plan, layout=None))
    assert all(closes(melody, 4) for melody in melodies)
    if "density" in wishes:
        assert {len(melody) for melody in melodies} == {12}


def test_a_continuation_closes_too_also_in_the_bar_it_goes_on_in(model: Generator) -> None:
    for bars, primer in [(2, "C4 D4 E4 F4"), (1, "C4 D4 E4 F4 | G4:2"), (1, "C4 D4 E4 F#4")]:
        plan = model.plan(Request(num=6, bars=bars, seed=3, end="close", primer=primer))
        assert plan.view is not None
        melodies = generate_melodies(model.network, model.vocabulary, plan)
        assert all(closes(melody, plan.view.num_bars + bars) for melody in melodies)


def test_places_are_a_melodys_own(model: Generator) -> None:
    plan = replace(model.plan(Request(num=20, bars=4, seed=3, end="close")), layout=None)
    one, all_of_them = (bounds_of(model.vocabulary, plan, numbers).last for numbers in ([7], range(20)))
    assert one is not None
    assert all_of_them is not None
    assert one.onset.tolist() == [all_of_them.onset[7].tolist()]
    assert set((all_of_them.onset % 48).ravel().tolist()) == {0, 24}
    assert np.all(all_of_them.end == 4 * 48)


def test_a_close_without_room_is_refused(model: Generator) -> None:
    with pytest.raises(SettingError, match=r"end close must leave room for a note before the last\. Received: 1 bar"):
        model.generate(Request(bars=1, meter=Meter(2, 4), end="close", pickup=0))
    with pytest.raises(SettingError, match=r"end close must leave room for a note before the last\. Received: 1 bar"):
        laid_out_model().generate(Request(bars=1, meter=Meter(2, 4), end="close", pickup=0))
    with pytest.raises(SettingError, match=r"end close is for new notes, not for a variation\. Received: both"):
        Request(vary=0.3, primer="C4", end="close")
