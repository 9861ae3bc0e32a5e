"""Bars, pick-ups and long rests of scores of one part."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.score.score import Score, split_at_rests

Make = Callable[..., Score]


class TestBars:
    def test_bars_are_counted_to_the_last_end(self, make_melody: Make) -> None:
        assert make_melody([60], 48).num_bars == 1
        assert make_melody([60], 49).num_bars == 2
        assert make_melody([60, 62], 36, meter=(3, 4)).num_bars == 2
        assert make_melody([]).num_bars == 1

    @pytest.mark.parametrize(("first", "pickup"), [(0, 0), (12, 0), (23, 0), (24, 1), (36, 1), (47, 1)])
    def test_pickup(self, make_melody: Make, first: int, pickup: int) -> None:
        assert make_melody([60, 62], first=first).pickup_bars == pickup

    def test_no_notes_no_pickup(self, make_melody: Make) -> None:
        assert make_melody([]).pickup_bars == 0

    def test_bar_steps(self, make_melody: Make) -> None:
        bars = {meter: make_melody([60], meter=meter).bar for meter in ((2, 4), (3, 4), (4, 4), (6, 8), (9, 8))}
        assert bars == {(2, 4): 24, (3, 4): 36, (4, 4): 48, (6, 8): 36, (9, 8): 54}


class TestSplitAtRests:
    def test_no_long_rest(self, make_melody: Make) -> None:
        melody = make_melody([60, 62, 64], 60, 12)
        assert split_at_rests(melody, 48) == [melody]  # silent for 48, not for more

    def test_cut_after_a_longer_one(self, make_melody: Make) -> None:
        melody = make_melody([60, 62, 64, 65], [61, 12, 12, 12], 12, [1, 2, 3, 4], name="x")
        one, other = split_at_rests(melody, 48)
        assert (one.pitch.tolist(), other.pitch.tolist()) == ([60], [62, 64, 65])
        assert (one.velocity.tolist(), other.velocity.tolist()) == ([1], [2, 3, 4])
        assert one.onset.tolist() == [0]
        assert other.onset.tolist() == [13, 25, 37]  # step 61 is the 13th of its bar
        assert (one.name, other.key) == ("x", melody.key)

    @given(melodies(), st.integers(0, 60))
    def test_nothing_is_lost_and_bar_lines_are_unchanged(self, melody: Score, max_rest: int) -> None:
        parts = split_at_rests(melody, max_rest)
        assert np.concatenate([p.pitch for p in parts]).tolist() == melody.pitch.tolist()
        assert np.concatenate([p.duration for p in parts]).tolist() == melody.duration.tolist()
        onset = np.concatenate([p.onset for p in parts])
        assert ((onset - melody.onset) % melody.bar == 0).all()
        for part in parts:
            assert 0 <= part.onset[0] < melody.bar or len(parts) == 1
            silent = part.onset[1:] - (part.onset + part.duration)[:-1]
            assert (silent <= max_rest).all()
            assert len(part) > 0
