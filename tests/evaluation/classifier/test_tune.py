from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.evaluation.classifier.tune import Edges, Tune, entropy, longest_run, mean, share
from melodyrnn.score.score import Part, Score, in_parts

Make = Callable[..., Score]
TUNE = [60, 64, 67, 72, 71, 67, 64, 60]  # in C major without doubt


def test_a_tune_begins_at_its_first_full_bar_and_ends_with_the_last_that_is_compared(make_melody: Make) -> None:
    tune = Tune.of(make_melody([67, *TUNE, 64, 62, 60], 12, [12] * 11 + [24], first=36), 2)
    assert tune is not None
    assert tune.onset.tolist() == [0, 12, 24, 36, 48, 60, 72, 84]
    assert tune.edges == Edges(pickup=1, place=0.5, length=2, fills=True, tonic=True, approach=-2)
    assert [notes.tolist() for notes in tune.bars] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert tune.rhythms == ((0, 12, 24, 36), (0, 12, 24, 36))
    assert (tune.bar, tune.beat, tune.length) == (48, 12, 96)


def test_without_a_pickup_the_first_bar_is_full(make_melody: Make) -> None:
    tune = Tune.of(make_melody([*TUNE, 64], 12, 6), 2)
    assert tune is not None
    assert tune.edges == Edges(pickup=0, place=0, length=0.5, fills=False, tonic=False, approach=4)
    assert tune.rest.tolist() == [6] * 8


def test_the_key_comes_from_the_notes_and_not_from_the_score(make_melody: Make) -> None:
    for up in range(12):
        tune = Tune.of(make_melody([pitch + up for pitch in TUNE], 12, key="C# minor"), 2)
        assert tune is not None
        assert tune.degree.tolist() == [0, 4, 7, 0, 11, 7, 4, 0]
        assert not tune.minor
        assert 60 - 6 <= tune.pitch[0] <= 60 + 12


def test_a_held_note_ends_with_the_last_bar_and_with_the_next_note(make_melody: Make) -> None:
    tune = Tune.of(make_melody([*TUNE, 60], 12, [24] * 9), 2)
    assert tune is not None
    assert tune.duration.tolist() == [12] * 8


@pytest.mark.parametrize("short", [TUNE[:7], [*TUNE[:4], *TUNE[:3]]])
def test_what_is_short_is_no_tune(make_melody: Make, short: list[int]) -> None:
    assert Tune.of(make_melody(short, 12), 2) is None
    assert Tune.of(make_melody(TUNE, 12), 3) is None
    held = make_melody(TUNE, 6, [6] * 7 + [48])  # it sounds in bar 2, where nothing begins
    assert Tune.of(held, 2) is None
    assert Tune.of(held, 1) is not None


def test_the_leading_line_of_parts_is_read_and_nothing_of_drums(make_melody: Make) -> None:
    melody, bass = make_melody(TUNE, 12), make_melody([36] * 8, 12)
    both = in_parts(replace(bass, parts=(Part(role="bass"),)), replace(melody, parts=(Part(role="melody"),)))
    tune = Tune.of(both, 2)
    assert tune is not None
    assert tune.pitch.tolist() == TUNE
    assert Tune.of(replace(melody, parts=(Part(kind="drums", role="drums"),)), 2) is None


def test_bars_are_as_like_as_their_notes(tune_of: Callable[..., Tune]) -> None:
    tune = tune_of([60, 62, 64, 65, 60, 62, 64, 67, 72, 71, 69, 67], 12, bars=3)
    assert tune.likeness.tolist() == [[1, 0.6, 0], [0.6, 1, 1 / 7], [0, 1 / 7, 1]]
    assert np.all(tune.rhythm_likeness == 1)
    gap = tune_of([60, 62, 64, 65, 60, 62, 64, 67], [12, 12, 12, 108, 12, 12, 12, 12], bars=4)
    assert gap.likeness[1, 2] == 1  # both without notes
    assert gap.likeness[0, 1] == 0


def test_beats_off_the_grid_are_bars(make_melody: Make) -> None:
    tune = Tune.of(make_melody(TUNE, 6, meter=(16, 32)), 2)
    assert tune is not None
    assert (tune.bar, tune.beat) == (24, 24)
    compound = Tune.of(make_melody(TUNE, 9, meter=(6, 8)), 2)
    assert compound is not None
    assert compound.beat == 18


def test_statistics_of_nothing_are_not_numbers() -> None:
    assert np.isnan([share([]), mean([])]).all()
    assert (share([True, False]), mean([1, 2])) == (0.5, 1.5)
    assert (entropy([]), entropy("aabb"), entropy("aaaa")) == (0, 1, 0)
    assert [longest_run(np.array(flags, dtype=bool)) for flags in ([], [0, 0], [1], [1, 1, 0, 1], [0, 1, 1, 1])] == [
        0, 0, 1, 2, 3,
    ]  # fmt: skip
