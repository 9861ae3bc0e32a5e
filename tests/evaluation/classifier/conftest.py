"""Tunes of the classifier: random walks in given lengths of notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.evaluation.classifier.tune import Tune
from melodyrnn.score.score import Score

Walk = Callable[..., Score]


@pytest.fixture(scope="session")
def walk(make_melody: Callable[..., Score]) -> Walk:
    """A random walk of some bars of 4/4; `lengths` are those that are drawn, in steps."""

    def of(seed: int, lengths: Sequence[int] = (6, 12, 12, 18), bars: int = 8, largest: int = 3) -> Score:
        rng = np.random.default_rng(seed)
        shifts: list[int] = []
        while sum(shifts) < bars * 48:
            shifts.append(int(rng.choice(lengths)))
        shifts[-1] -= sum(shifts) - bars * 48
        steps = rng.integers(-largest, largest + 1, len(shifts))
        return make_melody((67 + np.clip(np.cumsum(steps), -20, 20)).tolist(), shifts)

    return of


@pytest.fixture(scope="session")
def tune_of(make_melody: Callable[..., Score]) -> Callable[..., Tune]:
    """A melody as the classifier reads it in C major, whatever key its few notes suggest."""

    def of(*notes: object, bars: int, **rest: object) -> Tune:
        score = make_melody(*notes, **rest)
        tune = Tune.of(score, bars)
        assert tune is not None
        first = int(score.pitch[len(score.pitch[score.onset < score.pickup_bars * score.bar])])
        return replace(tune, pitch=tune.pitch - tune.pitch[0] + first, minor=False)

    return of
