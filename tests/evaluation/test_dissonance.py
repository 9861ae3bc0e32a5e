from __future__ import annotations

from collections.abc import Callable

import pytest

from melodyrnn.evaluation.dissonance import dissonance
from melodyrnn.score.score import Part, Score

Make = Callable[..., Score]


@pytest.mark.parametrize("interval", range(1, 37))
def test_seconds_sevenths_and_tritones_are_dissonant(make_parts: Make, interval: int) -> None:
    assert dissonance(make_parts([60 + interval], [60])) == (interval % 12 in (1, 2, 6, 10, 11))


def test_chords_have_all_their_intervals(make_parts: Make) -> None:
    assert dissonance(make_parts([(60, 64, 67)])) == 0
    assert dissonance(make_parts([67], [(60, 64, 70)])) == pytest.approx(2 / 6)  # C7: E-Bb and C-Bb
    assert dissonance(make_parts([(60, 63, 66, 69)])) == pytest.approx(2 / 6)  # diminished: two tritones
    assert dissonance(make_parts([(60, 72, 84, 61)])) == pytest.approx(3 / 6)


def test_intervals_count_by_their_time(make_parts: Make) -> None:
    assert dissonance(make_parts([64, 62, 64, 64], [60, 60, 60, 60])) == pytest.approx(1 / 4)


def test_without_two_pitches_it_is_not_defined(make_parts: Make) -> None:
    assert dissonance(make_parts([60, 62])) is None
    assert dissonance(make_parts([60], [60])) is None
    parts = (Part(), Part("", "drums", 0, "drums"))
    assert dissonance(make_parts([60], [61], parts=parts)) is None
