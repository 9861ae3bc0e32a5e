from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from strategies import melodies

from melodyrnn.evaluation.features import (
    FEATURES,
    ends_on_tonic,
    groove,
    is_empty,
    is_stuck,
    scale_consistency,
    values_of,
)
from melodyrnn.score.score import Score

Make = Callable[..., Score]


def value(name: str, melody: Score) -> float | None:
    return next(feature.of(melody) for feature in FEATURES if feature.name == name)


def test_scale_consistency(make_melody: Make) -> None:
    assert scale_consistency(make_melody([62, 64, 66, 67, 69, 71, 73])) == 1  # D major
    assert scale_consistency(make_melody([57, 59, 60, 62, 64, 65, 67])) == 1  # A minor, natural
    assert scale_consistency(make_melody([60, 61, 62, 63])) == 0.75
    assert scale_consistency(make_melody(list(range(60, 72)))) == pytest.approx(7 / 12)


def test_groove(make_melody: Make) -> None:
    assert groove(make_melody([60] * 16)) == 1  # four bars alike
    assert groove(make_melody([60] * 4)) is None  # one bar
    # bars of four quarters and of one: they differ in 3 of 48 places
    assert groove(make_melody([60] * 5, [12, 12, 12, 12, 48])) == pytest.approx(1 - 3 / 48)


@given(melodies(min_notes=4))
def test_groove_is_the_mean_over_all_pairs_of_bars(melody: Score) -> None:
    bars = [{o % melody.bar for o in melody.onset.tolist() if o // melody.bar == b} for b in range(melody.num_bars)]
    if len(bars) < 2:
        assert groove(melody) is None
        return
    pairs = [1 - len(a ^ b) / melody.bar for a, b in combinations(bars, 2)]
    assert groove(melody) == pytest.approx(np.mean(pairs))


def test_range_intervals_lengths_and_density(make_melody: Make) -> None:
    melody = make_melody([60, 62, 67, 66], [6, 6, 24, 12])
    assert value("range", melody) == 7
    assert value("mean_interval", melody) == pytest.approx((2 + 5 + 1) / 3)
    assert value("step_ratio", melody) == pytest.approx(2 / 3)
    assert value("note_length", melody) == pytest.approx((0.5 + 0.5 + 2 + 1) / 4)
    assert value("onset_density", melody) == 1  # four in four quarters


def test_one_note_has_no_interval(make_melody: Make) -> None:
    assert value("mean_interval", make_melody([60])) is None
    assert value("step_ratio", make_melody([60])) is None
    assert np.isnan(values_of([make_melody([60])])["step_ratio"][0])


def test_returns(make_melody: Make) -> None:
    section = np.random.default_rng(0).integers(60, 80, 32).tolist()
    twice, once = make_melody(section * 2), make_melody(section + section[::-1])
    assert value("return_8", twice) == 1
    assert value("return_8", once) < 0.5
    assert value("return_16", twice) is None


def test_every_feature_of_every_real_tune(real_tunes: list[Score]) -> None:
    found = values_of(real_tunes)
    assert set(found) == {feature.name for feature in FEATURES}
    for name, values in found.items():
        assert len(values) == len(real_tunes)
        known = values[~np.isnan(values)]
        assert len(known) >= (3 if name == "return_16" else 15)
        assert (known >= 0).all()
    assert found["scale_consistency"].mean() > 0.95
    assert not any(is_stuck(m) or is_empty(m) for m in real_tunes)
    assert np.mean([ends_on_tonic(m) for m in real_tunes]) > 0.6


def test_stuck(make_melody: Make) -> None:
    assert is_stuck(make_melody([60] * 12))
    assert not is_stuck(make_melody([60] * 11 + [62]))
    bar = [60, 64, 67, 64]
    assert is_stuck(make_melody(bar * 5))
    assert not is_stuck(make_melody(bar * 4 + [60, 62, 64, 65]))


def test_empty(make_melody: Make) -> None:
    assert is_empty(make_melody([60, 62], [48 * 3, 48]))
    assert not is_empty(make_melody([60, 62, 64], [48, 48, 48]))
    assert not is_empty(make_melody([60]))
