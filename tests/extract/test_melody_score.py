"""Features of lines, and the scores that they give."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.extract.melody_score import FEATURES, contributions, feature_matrix
from melodyrnn.extract.monophony import monophonic_lines
from melodyrnn.music.piece import Notes

QUARTER = 480
WALK = 2 * np.sin(np.arange(64)).round().astype(int)


def line(pitch: int, size: int = 64, length: int = QUARTER, start: int = 0) -> Notes:
    return Notes.of(start + np.arange(size) * length, [length] * size, pitch + WALK[:size], [80] * size)


def features(*tracks: Notes) -> list[dict[str, float]]:
    """The features of tracks that are all usable, by their words."""
    matrix = feature_matrix(monophonic_lines(tracks), np.ones(len(tracks), dtype=bool), QUARTER)
    return [dict(zip((feature.words for feature in FEATURES), row.tolist(), strict=True)) for row in matrix]


def test_register_is_relative_to_the_other_lines() -> None:
    high, low = features(line(72), line(66))
    assert (high["below another line"], low["below another line"]) == (0, 0.5)
    assert (high["the highest in much of the piece"], low["the highest in much of the piece"]) == (1, 0)
    assert (high["low"], low["low"]) == (0, 0)
    assert features(line(72), line(48))[0]["far above all others"] == 1.5


def test_the_highest_only_while_it_sounds() -> None:
    high, low = features(line(80, size=16), line(60))
    assert (high["the highest in much of the piece"], low["the highest in much of the piece"]) == (0.25, 0.75)


def test_long_silence_costs_no_work() -> None:
    (one,) = features(Notes.of([0, 10**15], [QUARTER] * 2, [60, 62], [80] * 2))
    assert one["the highest in much of the piece"] == 1


@pytest.mark.parametrize(("quarters", "fast", "slow"), [(0.1, 1, 0), (0.5, 0, 0), (4, 0, 1)])
def test_the_rate_of_notes(quarters: float, fast: float, slow: float) -> None:
    (one,) = features(line(70, length=round(quarters * QUARTER)))
    assert (one["fast notes"], one["slow notes"]) == (pytest.approx(fast), slow)


def test_a_track_of_one_note_has_features() -> None:
    for one in features(line(60, size=1), line(72)):
        assert np.isfinite(list(one.values())).all()


def test_contributions_are_features_by_weights() -> None:
    lines = monophonic_lines([line(60), line(72)])
    usable = np.array([True, True])
    weights = [feature.weight for feature in FEATURES]
    np.testing.assert_allclose(contributions(lines, usable, 480), feature_matrix(lines, usable, 480) * weights)
