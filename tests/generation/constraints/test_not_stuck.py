"""With the guard no piece is what `melodyrnn compare` calls stuck; without it some are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.evaluation.features import is_stuck
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.request import Request
from melodyrnn.score.score import Score
from melodyrnn.score.statistics import MOST_REPEATED_BARS, MOST_REPEATED_PITCHES

Make = Callable[..., Score]
BAR = (60, 64, 67, 64)

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
    plan = replace(model.plan(Request(bars=20, guard=guard, **wishes)), layout=None)
    return generate_melodies(model.network, model.vocabulary, plan)


@pytest.fixture
def random_model(model_file: Path) -> Generator:
    """A model of random weights, which at a low temperature falls into a loop at once."""
    return load(model_file)


@pytest.fixture(scope="module")
def shipped() -> Generator:
    return load()


class TestGuard:
    @pytest.mark.slow
    def test_of_random_weights(self, random_model: Generator) -> None:
        stuck = {True: 0, False: 0}
        for guard in stuck:
            for seed, temperature in enumerate((0.0, 0.2, 0.5, 1.0)):
                pieces = written(random_model, guard, num=50, seed=seed, temperature=temperature)
                stuck[guard] += sum(map(is_stuck, pieces))
        assert stuck[True] == 0
        assert stuck[False] > 5

    @pytest.mark.slow
    def test_of_the_shipped_checkpoint_with_every_kind_of_wish(self, shipped: Generator) -> None:
        without = 0
        for number, wishes in enumerate(WISHES):
            certain = {**wishes, "num": 1, "seed": number, "temperature": 0.0}
            for rest in (certain, {**certain, "num": 4, "temperature": 0.5}):
                assert not any(map(is_stuck, written(shipped, True, **rest))), rest
            without += sum(map(is_stuck, written(shipped, False, **certain)))
        assert without > 5

    def test_fewer_notes_than_the_model_can_space_out_are_refused(self, shipped: Generator) -> None:
        with pytest.raises(SettingError, match=r"density must be at least 1 for this model.*Received: 0\.5"):
            written(shipped, True, density=0.5, num=1, seed=7)

    def test_wishes_have_priority_over_the_guard(self, shipped: Generator) -> None:
        """One pitch alone can only be repeated; the bars are filled all the same."""
        (piece,) = written(shipped, True, scale="0", range=(60, 60), key="C", seed=1, temperature=0.5)
        assert set(piece.pitch.tolist()) == {60}
        assert piece.num_bars == 20


def test_the_limits_are_those_of_the_check(make_melody: Make) -> None:
    assert not is_stuck(make_melody([60] * MOST_REPEATED_PITCHES + [62]))
    assert is_stuck(make_melody([60] * (MOST_REPEATED_PITCHES + 1)))
    assert not is_stuck(make_melody(BAR * MOST_REPEATED_BARS))
    assert is_stuck(make_melody(BAR * (MOST_REPEATED_BARS + 1)))
