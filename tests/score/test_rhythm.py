"""Played onsets and ends as they would be notated: exact ones stay, free ones move to the grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.score.rhythm import snap_durations, snap_ends, snap_onsets

STRAIGHT = st.lists(st.integers(0, 200), min_size=1, max_size=60, unique=True).map(lambda n: np.array(sorted(n)) * 3)
SEEDS = st.integers(0, 2**32 - 1)


def played(places: np.ndarray, seed: int, width: float) -> np.ndarray:
    return places + np.random.default_rng(seed).uniform(-width, width, len(places))


class TestOnsets:
    @given(STRAIGHT, SEEDS)
    def test_sixteenths_played_within_half_a_step_are_sixteenths(self, places: np.ndarray, seed: int) -> None:
        assert snap_onsets(played(places, seed, 0.45)).tolist() == places.tolist()
        assert snap_onsets(places, swung=True).tolist() == places.tolist()

    @given(st.lists(st.integers(0, 40), min_size=1, max_size=20, unique=True), SEEDS)
    def test_triplets_are_triplets(self, beats: list[int], seed: int) -> None:
        places = np.concatenate([np.array([0, 4, 8]) + 12 * beat for beat in sorted(beats)])
        assert snap_onsets(played(places, seed, 0.45)).tolist() == places.tolist()

    def test_one_beat_of_triplets_among_sixteenths(self) -> None:
        played = np.array([0.2, 3.2, 6.1, 12.3, 16.2, 19.8, 24.1, 32.6])
        assert snap_onsets(played).tolist() == [0, 3, 6, 12, 16, 20, 24, 33]

    def test_a_swung_melody_keeps_its_two_thirds_only_where_allowed(self) -> None:
        swung = played(np.repeat(np.arange(16) * 12, 2) + np.tile([0, 8], 16), 0, 0.4)
        assert set((snap_onsets(swung) % 12).tolist()) == {0, 9}
        assert set((snap_onsets(swung, swung=True) % 12).tolist()) == {0, 8}
        dotted = played(np.repeat(np.arange(16) * 12, 2) + np.tile([0, 9], 16), 0, 0.4)
        assert set((snap_onsets(dotted, swung=True) % 12).tolist()) == {0, 9}

    @pytest.mark.parametrize("steps", [[], [0.0], [47.9], [-0.4]])
    def test_little(self, steps: list[float]) -> None:
        assert snap_onsets(np.array(steps)).tolist() == [round(s / 3) * 3 for s in steps]


class TestDurations:
    @given(STRAIGHT, SEEDS)
    def test_notes_never_overlap_and_short_rests_are_closed(self, onset: np.ndarray, seed: int) -> None:
        end = onset + np.random.default_rng(seed).uniform(0, 40, len(onset))
        duration = snap_durations(onset, end, last=int(onset[-1]) + 12)
        room = np.diff(onset, append=onset[-1] + 12)
        assert (duration >= 1).all()
        assert (duration <= room).all()
        assert not ((room > duration) & (room - duration < 6)).any()

    def test_a_rest_of_an_eighth_stays(self) -> None:
        onset = np.array([0, 12, 24, 36])
        assert snap_durations(onset, np.array([5.8, 21.2, 35.5, 40.1])).tolist() == [6, 12, 12, 3]


class TestEndsOfChords:
    @given(st.lists(st.sampled_from([0, 3, 4, 6, 8, 9, 12, 15, 16, 36, 44]), min_size=1), SEEDS)
    def test_ends_on_sixteenths_and_triplets_stay(self, lengths: list[int], seed: int) -> None:
        onset = np.full(len(lengths), 12)
        end = played(onset + lengths, seed, 0.4)
        assert snap_ends(onset, end).tolist() == [max(1, length) for length in lengths]

    @given(st.lists(st.floats(0, 300), min_size=1))
    def test_others_move_by_less_than_two_steps(self, ends: list[float]) -> None:
        moved = snap_ends(np.zeros(len(ends), dtype=np.int64), np.array(ends))
        assert (moved >= 1).all()
        assert (np.abs(moved - np.maximum(1, ends)) < 2).all()
        assert all(end % 12 in (0, 3, 4, 6, 8, 9) for end in moved.tolist() if end > 1)
