"""Intervals, one by one and in pairs and longer runs."""

from __future__ import annotations

from collections import Counter

import numpy as np

from .tune import Tune, entropy, longest_run, share

_LARGEST = 13  # semitones; larger intervals count as this one
_SIZES = {
    "repeated pitches": (0, 0),
    "steps (1 or 2 semitones)": (1, 2),
    "thirds": (3, 4),
    "fourths to fifths": (5, 7),
    "sixths and sevenths": (8, 11),
    "octaves and larger intervals": (12, 127),
}


def intervals(tune: Tune) -> dict[str, float]:
    """Return the values of a tune by what they are, in words."""
    interval = tune.interval
    size = np.abs(interval)
    counts = np.bincount(np.clip(interval, -_LARGEST, _LARGEST) + _LARGEST, minlength=2 * _LARGEST + 1)
    each = (counts / len(interval)).tolist()
    found = {f"intervals of {_signed(value)}": each[value + _LARGEST] for value in range(-_LARGEST, _LARGEST + 1)}
    found |= {name: share((size >= low) & (size <= high)) for name, (low, high) in _SIZES.items()}
    found["mean size of an interval, semitones"] = float(size.mean())
    found["moves that go up"] = share(interval[interval != 0] > 0)
    return found | _pairs(tune) | _runs(tune)


def _signed(value: int) -> str:
    more = " and more" if abs(value) == _LARGEST else ""
    return f"{value:+d}{more} semitones"


def _pairs(tune: Tune) -> dict[str, float]:
    """Return what pairs of neighbouring intervals do, as shares of all pairs unless their name says otherwise."""
    a, b = tune.interval[:-1], tune.interval[1:]
    size_a, size_b = np.abs(a), np.abs(b)
    same_way, back = a * b > 0, a == -b
    step_a, step_b = (size_a > 0) & (size_a <= 2), (size_b > 0) & (size_b <= 2)
    leap_a, leap_b = size_a >= 5, size_b >= 5
    chord_a, chord_b = (size_a >= 3) & (size_a <= 5), (size_b >= 3) & (size_b <= 5)
    run = step_a & step_b & same_way
    return {
        "two steps the same way": share(run),
        "a step and back": share(step_a & back),
        "a leap and back": share((size_a > 2) & back),
        "broken chords (two thirds or fourths the same way)": share(chord_a & chord_b & same_way),
        "leaps that a step back follows": share(step_b[leap_a] & ~same_way[leap_a]),
        "two leaps in a row": share(leap_a & leap_b),
        "turns of direction": share(a * b < 0),
        "longest scale run, intervals": float(longest_run(run) + 1),
        "longest repeat of a pitch, notes": float(longest_run(tune.interval == 0) + 1),
    }


def _runs(tune: Tune) -> dict[str, float]:
    """Return how varied runs of two to four intervals are."""
    values = tune.interval.tolist()
    found = {}
    for k in (2, 3, 4):
        runs = list(zip(*(values[i:] for i in range(k)), strict=False))
        found[f"different runs of {k} intervals, of all runs"] = len(set(runs)) / len(runs)
        found[f"commonest run of {k} intervals, of all runs"] = max(Counter(runs).values()) / len(runs)
        found[f"entropy of runs of {k} intervals, bits"] = entropy(runs)
    return found
