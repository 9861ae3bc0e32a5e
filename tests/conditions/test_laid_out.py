"""Which melodies have a layout."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from strategies import melodies

from melodyrnn.conditions.laid_out import has_layout, layout_of
from melodyrnn.score.score import Score


@given(melodies())
def test_it_is_known_beforehand(melody: Score) -> None:
    assert has_layout(melody.onset, melody.num_bars, melody.meter) == (layout_of(melody) is not None)


@pytest.mark.parametrize(("first", "has_one"), [(0, True), (23, True), (24, False), (47, False)])
def test_a_pick_up_alone_has_none(make_melody: Callable[..., Score], first: int, has_one: bool) -> None:
    melody = make_melody([60], first=first, duration=1)
    assert has_layout(melody.onset, melody.num_bars, melody.meter) is has_one
    assert (layout_of(melody) is not None) is has_one
