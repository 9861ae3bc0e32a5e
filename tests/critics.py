"""Critics to test with, and melodies that they can tell apart."""

from __future__ import annotations

import numpy as np

from melodyrnn.critic.critic import NUM_HASHES, Judge
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score


def judge(
    num_bars: int,
    seed: int = 0,
    names: tuple[str, ...] = ("pitch: range, semitones", "pitch: range of a bar, semitones"),
) -> Judge:
    """A judge with random weights, of values that need no change of scale."""
    rng = np.random.default_rng(seed)
    size = len(names)
    weights, ngrams = (rng.normal(size=n).astype(np.float16).astype(np.float64) for n in (size, NUM_HASHES))
    return Judge(num_bars, names, np.zeros(size), np.ones(size), weights, np.ones(NUM_HASHES), ngrams, 0.25)


def leaping(num: int, leap: float, seed: int, bars: int = 16) -> list[Score]:
    """Random melodies in eighths, of which a share of the intervals are leaps."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(num):
        size = 8 * bars
        interval = np.where(rng.random(size) < leap, rng.choice([-9, 9], size), rng.choice([-2, -1, 1, 2], size))
        pitch = 60 + np.abs((np.cumsum(interval) + 18) % 72 - 36)
        out.append(
            Score.line(6 * np.arange(size), np.full(size, 6), pitch, np.full(size, 80), Meter(4, 4), Key(0, "major"))
        )
    return out
