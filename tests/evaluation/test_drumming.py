from __future__ import annotations

from collections.abc import Callable

import pytest

from melodyrnn.evaluation.drumming import drum_groove, drum_pattern
from melodyrnn.score.score import Part, Score

Make = Callable[..., Score]
DRUMS = Part("", "drums", 0, "drums")
BOTH = (Part(), DRUMS)


def test_the_pattern_is_that_of_sixteenths_or_of_triplets(make_parts: Make) -> None:
    assert drum_pattern(make_parts([36] * 16, step=3, parts=(DRUMS,))) == 1
    assert drum_pattern(make_parts([36] * 12, step=4, parts=(DRUMS,))) == 1
    assert drum_pattern(make_parts([36] * 12, step=1, parts=(DRUMS,))) == pytest.approx(4 / 12)


def test_the_groove_is_one_where_every_bar_is_the_same(make_parts: Make) -> None:
    bar = [36, 42, 38, 42]
    assert drum_groove(make_parts(bar * 4, parts=(DRUMS,))) == 1
    silent = [None] * 4
    assert drum_groove(make_parts(silent + bar * 2 + silent, parts=(DRUMS,))) == 1  # from the first hit to the last
    changed = make_parts([*bar, 36, None, None, 42], parts=(DRUMS,))
    assert drum_groove(changed) == pytest.approx(1 - 2 / 48)
    assert drum_groove(make_parts([*bar, *silent, *bar], parts=(DRUMS,))) == pytest.approx(1 - 8 / 96)


def test_hits_of_several_drums_at_once_are_one_position(make_parts: Make) -> None:
    assert drum_groove(make_parts([(36, 42), None, None, None, 42], parts=(DRUMS,))) == 1


def test_pitches_are_no_drums(make_parts: Make) -> None:
    assert drum_pattern(make_parts([60] * 8)) is None
    assert drum_groove(make_parts([60] * 8)) is None
    assert drum_groove(make_parts([60] * 8, [36, 38], parts=BOTH)) is None  # one bar with drums
    assert drum_pattern(make_parts([61] * 24, [36] * 8, step=3, parts=BOTH)) == 1
