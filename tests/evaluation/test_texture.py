from __future__ import annotations

from collections.abc import Callable

import pytest

from melodyrnn.evaluation.texture import empty_bars, note_density, polyphony, polyphony_rate
from melodyrnn.score.score import Part, Score

Make = Callable[..., Score]
DRUMS = Part("", "drums", 0, "drums")


def test_polyphony_counts_pitches_while_any_sounds(make_parts: Make) -> None:
    score = make_parts([60, 62, None, 64], [(48, 55), None, None, None])
    assert polyphony(score) == pytest.approx((3 + 1 + 1) / 3)
    assert polyphony_rate(score) == pytest.approx(1 / 4)
    assert polyphony(make_parts([60], [60])) == 1  # a unison is one pitch


def test_drums_are_no_pitches_and_a_piece_of_them_has_no_polyphony(make_parts: Make) -> None:
    parts = (Part(), DRUMS)
    assert polyphony(make_parts([60, 62], [(36, 42), 42], parts=parts)) == 1
    drums = make_parts([36, (38, 42)], parts=(DRUMS,))
    assert polyphony(drums) is None
    assert polyphony_rate(drums) is None


def test_note_density_is_of_all_parts_per_quarter_and_without_chord_symbols(make_parts: Make) -> None:
    parts = (Part(), Part(role="bass"), DRUMS, Part("", "chords", 0, "chords"))
    score = make_parts([60, 62, 64, 65], [(48, 55)], [36, 36], [12, 12, 12, 12], parts=parts)
    assert note_density(score) == 8 / 4  # one bar of four quarters


def test_empty_bars_are_those_of_each_part(make_parts: Make) -> None:
    silent = [None] * 4
    score = make_parts([60] * 8, [*silent, 48, None, None, None])
    assert empty_bars(score) == 1 / 4  # one of two bars of two parts
    assert empty_bars(make_parts([60] * 8)) == 0
    held = make_parts([60], step=96)  # a note held over two bars
    assert empty_bars(held) == 0
    assert empty_bars(make_parts([12] * 8, parts=(Part("", "chords", 0, "chords"),))) == 1
