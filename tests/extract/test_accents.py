"""Bars that accents show to be irregular are made regular, and only those."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.extract.accents import downbeat_lag, downbeats, with_regular_bars
from melodyrnn.extract.extractor import ExtractionSettings, Refusal
from melodyrnn.extract.grid import on_grid
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes
from melodyrnn.score.quantize import Voice
from melodyrnn.score.score import Score

LOUD, SOFT = 105, 80
BAR = [12, 12, 6, 6, 12]  # durations of a bar of 4/4, in steps


def tune(*bars: list[int], pickup: int = 6) -> Voice:
    """Bars of notes after a pick-up; the first note of each bar and the pick-up are accented."""
    durations = [pickup, *(one for bar in bars for one in bar)]
    onset = np.cumsum([0, *durations[:-1]]) * 40
    velocity = [LOUD, *(LOUD if place == 0 else SOFT for bar in bars for place in range(len(bar)))]
    pitch = 60 + np.arange(len(onset)) % 7
    notes = Notes.of(onset, np.array(durations) * 40, pitch, velocity)
    return Voice(notes, 0, "", 480, Meter(4, 4), 500_000, None)


def barred(voice: Voice) -> tuple[Score, dict[str, object]]:
    score, details = on_grid(voice, ExtractionSettings())
    assert isinstance(score, Score)
    return score, dict(details)


def places(score: Score) -> set[int]:
    accented = score.velocity == LOUD
    accented[0] = False
    return set((score.onset[accented] % score.bar).tolist())


@pytest.mark.parametrize(
    ("odd", "regular"),
    [
        ([12, 12, 24, 6], [12, 12, 18, 6]),  # the pick-up of the repeat comes after a whole bar
        ([12, 12, 18], [12, 12, 24]),  # the bar is shortened twice
    ],
)
def test_a_bar_is_made_as_long_as_the_others(odd: list[int], regular: list[int]) -> None:
    found, details = barred(tune(*[BAR] * 7, odd, *[BAR] * 8))
    expected, _ = barred(tune(*[BAR] * 7, regular, *[BAR] * 8))
    assert details["bars_made_regular"] == 1
    assert places(found) == {0}
    assert (found.onset.tolist(), found.duration.tolist()) == (expected.onset.tolist(), expected.duration.tolist())


def test_regular_bars_are_left_alone() -> None:
    found, details = barred(tune(*[BAR] * 16))
    assert "bars_made_regular" not in details
    assert details["downbeat_by_accents"] == 6
    assert places(found) == {0}


def test_the_accent_of_a_pickup_within_the_tune_is_no_downbeat() -> None:
    short = [12, 12, 18]  # with the pick-up of 6 that follows, a bar
    found, details = barred(tune(*[BAR] * 7, short, [6], *[BAR] * 8))
    assert "bars_made_regular" not in details
    assert places(found) == {0, 42}


def test_a_bar_that_cannot_take_the_difference_is_in_doubt() -> None:
    odd = [6] * 9
    result, _ = on_grid(tune(*[BAR] * 7, odd, *[BAR] * 8), ExtractionSettings())
    assert result == Refusal("bar lines in doubt", "--bar-lines file")
    kept, _ = on_grid(tune(*[BAR] * 7, odd, *[BAR] * 8), ExtractionSettings(bar_lines="file"))
    assert isinstance(kept, Score)


def test_a_rest_takes_the_difference() -> None:
    voice = tune(*[BAR] * 7, [12, 12, 24, 6], *[BAR] * 8)
    duration = voice.notes.duration.copy()
    long = int(duration.argmax())
    duration[long] = 6 * 40
    notes = Notes.of(voice.notes.onset, duration, voice.notes.pitch, voice.notes.velocity)
    found, details = barred(replace(voice, notes=notes))
    assert (details["bars_made_regular"], int(found.duration[long])) == (1, 6)


@pytest.mark.parametrize("velocity", [[80] * 40, list(range(40)), ([100] + [60] * 2) * 13 + [60]])
def test_accents_that_say_nothing_of_bars(velocity: list[int]) -> None:
    onset = np.arange(40) * 7
    score = Score.line(onset, [7] * 40, 60 + np.arange(40) % 5, velocity, Meter(4, 4), Key(0, "major"))
    assert downbeats(score) is None
    assert downbeat_lag(score) == 0
    assert with_regular_bars(score) is None
