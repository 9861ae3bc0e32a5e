"""Event rows: exact both ways, and the same in every key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.events.rows import DURATION, PITCH, SHIFT, VELOCITY, decode, encode
from melodyrnn.music.keys import Key
from melodyrnn.score.score import Score

Make = Callable[..., Score]


def assert_same_notes(one: Score, other: Score) -> None:
    for name in ("onset", "duration", "pitch", "velocity"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


class TestEncoding:
    def test_columns(self, make_melody: Make) -> None:
        """Values that would expose a swap."""
        melody = make_melody([62, 69, 60], [7, 11, 13], [5, 9, 3], [31, 77, 101], first=36, key="D minor")
        rows = encode(melody)
        assert rows[:, SHIFT].tolist() == [36, 7, 11]
        assert rows[:, DURATION].tolist() == [5, 9, 3]
        assert rows[:, PITCH].tolist() == [60, 67, 58]  # two lower: the tonic is C
        assert rows[:, VELOCITY].tolist() == [31, 77, 101]

    @given(melodies())
    def test_round_trip(self, melody: Score) -> None:
        again = decode(encode(melody), melody.meter, melody.key, microseconds_per_quarter=7, name="x")
        assert_same_notes(again, melody)
        assert (again.meter, again.key, again.microseconds_per_quarter, again.name) == (
            melody.meter,
            melody.key,
            7,
            "x",
        )

    @given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 200), st.integers(6, 120), st.integers(1, 127))))
    def test_round_trip_of_rows(self, rows: list[tuple[int, ...]]) -> None:
        """Of simultaneous notes the lower one comes first."""
        array = np.array(rows, dtype=np.int64).reshape(-1, 4)
        onset = np.cumsum(array[:, SHIFT])
        array = array[np.lexsort((array[:, PITCH], onset))]
        array[:, SHIFT] = np.diff(onset, prepend=0)
        for key in (Key(0, "major"), Key(6, "minor"), Key(7, "major")):
            np.testing.assert_array_equal(encode(decode(array, (6, 8), key)), array)

    @given(melodies(), st.integers(0, 11))
    def test_transposed_tunes_have_equal_rows(self, melody: Score, tonic: int) -> None:
        """A tune in another key has the same rows."""
        key = Key(tonic, melody.key.mode)
        up = (tonic + 5) % 12 - (melody.key.tonic + 5) % 12
        other = replace(melody, pitch=melody.pitch + up, key=key)
        np.testing.assert_array_equal(encode(other), encode(melody))
