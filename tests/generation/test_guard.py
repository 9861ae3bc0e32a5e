"""No piece is what `melodyrnn compare` calls stuck, and without the guard some are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from melodyrnn.generation.repeats import Repeats

from melodyrnn.errors import SettingError
from melodyrnn.evaluation.features import is_stuck
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.score.score import Score
from melodyrnn.score.statistics import MOST_REPEATED_BARS, MOST_REPEATED_PITCHES

Make = Callable[..., Score]

WISHES: list[dict[str, Any]] = [
    {},
    {"meter": (2, 4)},
    {"meter": (3, 4), "end": "any"},
    {"key": "C", "range": (64, 72)},
    {"scale": "0,7", "key": "C"},
    {"max_interval": 2, "key": "C"},
    {"density": 1.0, "key": "C"},
    {"density": 1.5},
    {"density": 8.0, "scale": "0,7"},
    {"primer": "C5 C5 C5 C5 C5 C5 C5 C5"},
    {"primer": "C5:4 | C5:4 | C5:4 | C5:4"},
]


def written(model: Generator, guard: bool, **wishes: Any) -> list[Score]:
    plan = model.plan(bars=20, guard=guard, **wishes)
    return generate_melodies(model.network, model.vocabulary, plan)


@pytest.fixture
def tiny(model_file: Path) -> Generator:
    """Random weights, which at a low temperature fall into a loop at once."""
    return load(model_file)


@pytest.fixture(scope="module")
def shipped() -> Generator:
    return load()


class TestAFewHundredPieces:
    @pytest.mark.slow
    def test_of_random_weights(self, tiny: Generator) -> None:
        stuck = {True: 0, False: 0}
        for guard in stuck:
            for seed in range(25):
                temperature = (0.0, 0.2, 0.5, 1.0)[seed % 4]
                pieces = written(tiny, guard, num=8, seed=seed, temperature=temperature)
                stuck[guard] += sum(map(is_stuck, pieces))
        assert stuck[True] == 0
        assert stuck[False] > 5

    @pytest.mark.slow
    def test_of_the_shipped_checkpoint_with_every_kind_of_wish(self, shipped: Generator) -> None:
        without = 0
        for number, wishes in enumerate(WISHES):
            for temperature in (0.0, 0.5):
                rest = {**wishes, "num": 1 if temperature == 0 else 4, "seed": number, "temperature": temperature}
                assert not any(map(is_stuck, written(shipped, True, **rest))), rest
                without += sum(map(is_stuck, written(shipped, False, **rest)))
        assert without > 10

    def test_fewer_notes_than_the_model_can_space_out_are_refused(self, shipped: Generator) -> None:
        with pytest.raises(SettingError, match=r"density must be at least 1 for this model.*Received: 0\.5"):
            written(shipped, True, density=0.5, num=1, seed=7)

    def test_a_wish_goes_first(self, shipped: Generator) -> None:
        """One pitch alone can only be repeated; the bars are filled all the same."""
        (piece,) = written(shipped, True, scale="0", range=(60, 60), key="C", seed=1, temperature=0.5)
        assert set(piece.pitch.tolist()) == {60}
        assert piece.num_bars == 20


def fed(melody: Score) -> Repeats:
    repeats = Repeats(1, melody.bar)
    for onset, pitch in zip(melody.onset.tolist(), melody.pitch.tolist(), strict=True):
        repeats.append(0, onset, pitch)
    return repeats


class TestRepeats:
    BAR = (60, 64, 67, 64)

    @pytest.mark.parametrize(("bars", "worn"), [(MOST_REPEATED_BARS - 1, -1), (MOST_REPEATED_BARS, 60)])
    def test_a_bar_that_has_come_four_times_is_worn(self, make_melody: Make, bars: int, worn: int) -> None:
        repeats = fed(make_melody(self.BAR * bars))
        assert repeats.worn_pitch(np.array([bars * 48])).tolist() == [worn]
        assert repeats.worn_pitch(np.array([bars * 48 + 6])).tolist() == [-1]  # the rhythm differs already
        assert repeats.worn_end().tolist() == [-1]  # three notes of it are to come yet

    def test_until_the_bar_differs_every_note_is_held_back(self, make_melody: Make) -> None:
        repeats = fed(make_melody((*self.BAR * 4, 60, 64, 67)))
        assert repeats.worn_pitch(np.array([4 * 48 + 36])).tolist() == [64]
        assert repeats.worn_end().tolist() == [4 * 48 + 36]
        differs = fed(make_melody((*self.BAR * 4, 60, 65, 67)))
        assert differs.worn_pitch(np.array([4 * 48 + 36])).tolist() == [-1]
        assert differs.worn_end().tolist() == [-1]

    def test_another_bar_between_begins_the_count_anew(self, make_melody: Make) -> None:
        repeats = fed(make_melody((*self.BAR * 4, *self.BAR[::-1], *self.BAR * 3)))
        assert repeats.worn_pitch(np.array([8 * 48])).tolist() == [-1]

    def test_a_bar_without_notes_breaks_the_run(self, make_melody: Make) -> None:
        repeats = fed(make_melody(self.BAR * 4))
        assert repeats.worn_pitch(np.array([5 * 48])).tolist() == [-1]


def test_the_limits_are_those_of_the_check(make_melody: Make) -> None:
    assert not is_stuck(make_melody([60] * MOST_REPEATED_PITCHES + [62]))
    assert is_stuck(make_melody([60] * (MOST_REPEATED_PITCHES + 1)))
    assert not is_stuck(make_melody(TestRepeats.BAR * MOST_REPEATED_BARS))
    assert is_stuck(make_melody(TestRepeats.BAR * (MOST_REPEATED_BARS + 1)))
