from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.events.rows import encode
from melodyrnn.score.score import Score
from melodyrnn.score.statistics import (
    CORPUS_FEATURES,
    describe,
    features_by_piece,
    pitch_class_entropy,
    repeated_pattern_share,
    return_share,
)

Make = Callable[..., Score]


def test_pitch_class_entropy(make_melody: Make) -> None:
    assert pitch_class_entropy(make_melody([60, 72, 48])) == 0
    assert pitch_class_entropy(make_melody([60, 62, 64, 65])) == 2
    assert pitch_class_entropy(make_melody([60, 60, 62, 64])) == 1.5
    assert pitch_class_entropy(make_melody([60, 62], [100, 1])) == 1  # by number of notes, not by time


def test_repeated_patterns(make_melody: Make) -> None:
    assert repeated_pattern_share(make_melody([60, 62, 64, 65])) == 0  # three intervals only
    assert repeated_pattern_share(make_melody([60, 61, 63, 66, 70, 75])) == 0
    # intervals 1 1 1 1 1: two runs, one distinct
    assert repeated_pattern_share(make_melody([60, 61, 62, 63, 64, 65])) == 0.5
    # intervals 1 2 3 4 -10 1 2 3 4: six runs, the last like the first, in another place
    assert repeated_pattern_share(make_melody([60, 61, 63, 66, 70, 60, 61, 63, 66, 70])) == pytest.approx(1 / 6)
    assert repeated_pattern_share(make_melody([60, 62, 60, 62]), length=1) == pytest.approx(1 / 3)


def test_return_share(make_melody: Make) -> None:
    section = [60, 62, 64, 65]
    assert return_share(make_melody(section * 2, 12), bars=1) == 1
    assert return_share(make_melody([*section, 60, 62, 64, 67], 12), bars=1) == pytest.approx(3 / 5)
    assert return_share(make_melody([*section, *[p + 1 for p in section]], 12), bars=1) == 0
    assert return_share(make_melody([60] * 14, 48), bars=8) is None
    assert return_share(make_melody([60] * 15 + [62], 48), bars=8) == pytest.approx(7 / 9)
    assert return_share(make_melody([]), bars=8) is None


def test_describe(make_melody: Make) -> None:
    one, other = make_melody([60, 62, 60], key="C major"), make_melody([60, 72, 62, 61], key="D minor")
    found = describe([one, other, make_melody([60])])  # of one note nothing can be said
    assert found["pieces"] == 2
    assert found["notes"] == 3.5
    assert found["range"] == 7
    assert found["mean_interval"] == pytest.approx((2 + (12 + 10 + 1) / 3) / 2)
    assert found["steps"] == pytest.approx((1 + 1 / 3) / 2)
    assert found["ends_on_tonic"] == 0.5
    assert found["returns_8"] == 0


def test_returns_are_counted_among_the_pieces_that_are_long_enough(make_melody: Make) -> None:
    again, never = make_melody([60, 62] * 16, 24), make_melody([60 + n for n in range(32)], 24)
    assert describe([again, never, make_melody([60, 62])])["returns_8"] == 0.5


def test_real_tunes_have_the_published_figures(real_tunes: list[Score]) -> None:
    """Nottingham: entropy 2.67 bits, range 16.9, mean interval 2.56, steps .64, repeated patterns .58."""
    found = describe(real_tunes)
    assert found["pitch_class_entropy"] == pytest.approx(2.67, abs=0.15)
    assert found["range"] == pytest.approx(16.9, abs=2)
    assert found["mean_interval"] == pytest.approx(2.56, abs=0.4)
    assert found["steps"] == pytest.approx(0.64, abs=0.1)
    assert found["repeated_patterns"] == pytest.approx(0.58, abs=0.12)


@given(st.lists(melodies(), min_size=1, max_size=6))
def test_features_of_many_pieces_are_those_of_single_pieces(pieces: list[Score]) -> None:
    rows = np.concatenate([encode(m) for m in pieces]).astype(np.int16)
    notes, bars = np.array([len(m) for m in pieces]), np.array([m.num_bars for m in pieces])
    at_once = features_by_piece(rows[:, 2], notes, bars)
    np.testing.assert_allclose(
        at_once, [[feature(m) for feature in CORPUS_FEATURES.values()] for m in pieces], atol=1e-12
    )
