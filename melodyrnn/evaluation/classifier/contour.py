"""Contour: shapes of bars and phrases, and how bars join."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ...arrays import Float64s, IntArray
from .tune import Tune, mean, share

_SHAPES = ("flat", "rising", "falling", "an arch", "a valley", "a wave", "a zigzag")
_PHRASE = 4  # bars


def contour(tune: Tune) -> dict[str, float]:
    """Return the values of a tune by what they are, in words."""
    kinds = Counter(_shape(tune.pitch[notes]) for notes in tune.bars)
    found = {f"bars whose contour is {shape}": kinds[shape] / tune.num_bars for shape in _SHAPES}
    return found | _phrases(_means(tune)) | _joins(tune)


def _shape(pitch: IntArray) -> str:
    """Return the shape of a bar by its changes of direction; repeated pitches do not count."""
    moves = np.diff(pitch)
    moves = moves[moves != 0]
    if not len(moves):
        return "flat"
    turns, up = int(np.count_nonzero(moves[1:] * moves[:-1] < 0)), moves[0] > 0
    if turns < 2:
        return (("falling", "rising"), ("a valley", "an arch"))[turns][int(up)]
    return "a wave" if turns <= 3 else "a zigzag"


def _means(tune: Tune) -> Float64s:
    """Return the mean pitch of each bar, that of all bars with notes where a bar has none."""
    sums = np.bincount(tune.onset // tune.bar, tune.pitch, tune.num_bars)
    means = sums / np.maximum(1, tune.counts)
    return np.where(tune.counts > 0, means, means[tune.counts > 0].mean())


def _phrases(means: Float64s) -> dict[str, float]:
    """Return slope and curvature of phrases of four bars, fitted by least squares to the mean pitches of their bars."""
    found = {
        "spread of the mean pitches of bars, semitones": float(means.std()),
        "step between the mean pitches of neighbouring bars, semitones": float(np.abs(np.diff(means)).mean()),
        "second half higher than the first, semitones": float(
            means[len(means) // 2 :].mean() - means[: len(means) // 2].mean()
        ),
    }
    if len(means) >= _PHRASE:
        phrases = means[: len(means) // _PHRASE * _PHRASE].reshape(-1, _PHRASE)
        curve, slope, _ = np.polyfit(np.linspace(-1, 1, _PHRASE), phrases.T, 2)
        found["how much phrases arch, semitones"] = float(-curve.mean())
        found["how much phrases rise, semitones"] = float(slope.mean())
        found["how differently phrases arch, semitones"] = float(curve.std())
        found["how differently phrases rise, semitones"] = float(slope.std())
    if len(means) >= 3 * _PHRASE:
        found["third phrase higher than the first two, semitones"] = float(means[8:12].mean() - means[:8].mean())
    return found


def _joins(tune: Tune) -> dict[str, float]:
    """Return the intervals over bar lines and from the first note of a bar to that of the next with notes."""
    firsts = np.array([notes[0] for notes in tune.bars if len(notes)])
    over = np.abs(tune.interval[firsts[firsts > 0] - 1])
    down = np.abs(np.diff(tune.pitch[firsts]))
    return {
        "interval over a bar line, semitones": mean(over),
        "repeated pitches over a bar line": share(over == 0),
        "steps over a bar line": share((over > 0) & (over <= 2)),
        "leaps of a sixth and more over a bar line": share(over >= 8),
        "interval between first notes of bars, semitones": mean(down),
        "bars that begin on the first pitch of the bar before": share(down == 0),
        "bars that begin a step from the first pitch of the bar before": share((down > 0) & (down <= 2)),
    }
