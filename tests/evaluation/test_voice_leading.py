"""Voice leading of exercises whose faults are known, and of chorales by Bach."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from melodyrnn.evaluation.voice_leading import Parallels, parallels, voice_crossings, voice_interval
from melodyrnn.score.score import Part, Score

Make = Callable[..., Score]


def test_parallel_fifths_and_octaves_are_counted_once_a_change(make_parts: Make) -> None:
    fifths = make_parts([67, 69, 71], [60, 62, 64])  # G A B over C D E
    assert parallels(fifths) == Parallels(changes=2, fifths=2, octaves=0)
    octaves = make_parts([72, 74], [60, 62])
    assert parallels(octaves) == Parallels(1, 0, 1)
    assert parallels(make_parts([60, 62], [60, 62])) == Parallels(1, 0, 1)  # unisons
    assert parallels(fifths, octaves) == Parallels(3, 2, 1)


def test_the_octave_between_does_not_matter_and_voices_may_have_crossed(make_parts: Make) -> None:
    assert parallels(make_parts([79, 81], [60, 62])) == Parallels(1, 1, 0)  # twelfths
    assert parallels(make_parts([60, 62], [67, 69])) == Parallels(1, 1, 0)
    assert parallels(make_parts([67, 81], [60, 62])) == Parallels(1, 1, 0)  # from a fifth to a twelfth


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ([67, 67], [60, 60]),  # held
        ([67, 69], [60, 60]),  # oblique
        ([67, 62], [60, 55 + 12]),  # contrary motion
        ([65, 67], [60, 62]),  # fourths
        ([64, 65], [60, 62]),  # thirds
        ([67, 69], [60, 64]),  # from a fifth to a fourth
        ([76, 79], [60, 72]),  # a direct fifth: from a third
    ],
)
def test_other_motion_is_not_parallel(make_parts: Make, upper: list[int | None], lower: list[int | None]) -> None:
    found = parallels(make_parts(upper, lower))
    assert (found.fifths, found.octaves) == (0, 0)


def test_a_voice_that_rests_while_another_moves_is_not_parallel(make_parts: Make) -> None:
    found = parallels(make_parts([67, None, 69], [60, None, 62], [48, 50, 48]))
    assert found == Parallels(changes=2, fifths=0, octaves=0)
    assert parallels(make_parts([67, None, 69], [60, None, 62])) == Parallels(1, 1, 0)  # a rest of all is none


def test_of_three_voices_every_pair_counts_and_the_rate_is_per_100_changes(make_parts: Make) -> None:
    found = parallels(make_parts([72, 74, 74, 76], [67, 69, 69, 65], [60, 62, 62, 60]))
    assert found == Parallels(changes=2, fifths=1, octaves=1)
    assert (found.fifths_per_100, found.octaves_per_100) == (50, 50)


def test_one_voice_and_drums_have_no_parallels(make_parts: Make) -> None:
    assert parallels(make_parts([60, 62])).fifths_per_100 is None
    assert parallels().octaves_per_100 is None
    parts = (Part(), Part("", "drums", 0, "drums"))
    assert parallels(make_parts([67, 69], [60, 62], parts=parts)) == Parallels(0, 0, 0)


def test_the_interval_of_a_voice_is_that_of_its_top_line(make_parts: Make) -> None:
    assert voice_interval(make_parts([(60, 72), (50, 74), 71], [48, 48, 53])) == pytest.approx((2 + 3 + 0 + 5) / 4)
    assert voice_interval(make_parts([60], [48])) is None


def test_voices_cross_where_the_lower_is_above(make_parts: Make) -> None:
    assert voice_crossings(make_parts([72, 72, 60, 72], [60, 62, 64, None])) == 1 / 4
    assert voice_crossings(make_parts([60, 62, 64, None], [72, 72, 60, 72])) == 1 / 4  # in any order of the parts
    assert voice_crossings(make_parts([60, 62])) is None


def test_bach_writes_few_parallels_and_moves_by_step(chorales: list[Score]) -> None:
    found = parallels(*chorales)
    assert found.changes > 5000
    assert found.fifths_per_100 < 0.4
    assert found.octaves_per_100 < 0.4
    assert 2 < sum(voice_interval(score) for score in chorales) / len(chorales) < 3.5
    assert sum(voice_crossings(score) for score in chorales) / len(chorales) < 0.06
