"""Cadences: how bars end where phrases usually do, and how much the notes slow there."""

from __future__ import annotations

import numpy as np

from ...music.units import NUM_PITCH_CLASSES
from .tune import Tune

_BARS = (2, 4, 6, 8, 12, 16)
_DEGREES = {"the tonic": (0,), "the second": (2,), "the third": (3, 4), "the fifth": (7,)}
_PHRASE, _SECTION = 4, 8  # bars
_END = 3  # notes of a bar that make its ending


def cadences(tune: Tune) -> dict[str, float]:
    """Return the values of a tune by what they are, in words; NaN for those of a bar without notes."""
    first = int(tune.degree[0])
    found = {f"pieces that begin on {name}": float(first in degrees) for name, degrees in _DEGREES.items()}
    for number in _BARS:
        if number <= tune.num_bars:
            found |= _ending(tune, number)
    return found | _slowing(tune) | _rhymes(tune)


def _ending(tune: Tune, number: int) -> dict[str, float]:
    """Return how bar `number`, of at least 1, ends."""
    notes = tune.bars[number - 1]
    if not len(notes):
        names = _ending_names(number)
        return dict.fromkeys(names, np.nan)
    last = int(notes[-1])
    degree, end = int(tune.degree[last]), int(tune.onset[last] + tune.duration[last])
    move = abs(int(tune.interval[last - 1])) if last else np.nan
    values = [
        *(float(degree in degrees) for degrees in _DEGREES.values()),
        tune.duration[last] / tune.bar,
        tune.place[last] / tune.bar,
        len(notes),
        tune.duration[notes].max() / tune.bar,
        float(0 < move <= 2),
        float(move == 0),
        float(end < number * tune.bar),
    ]
    return dict(zip(_ending_names(number), map(float, values), strict=True))


def _ending_names(number: int) -> list[str]:
    last = f"last note of bar {number}"
    return [
        *(f"{last} is {name}" for name in _DEGREES),
        f"length of the {last}, bars",
        f"place of the {last}, 0 to 1",
        f"notes in bar {number}",
        f"longest note of bar {number}, bars",
        f"{last} is reached by step",
        f"{last} repeats the note before",
        f"bar {number} ends with a rest",
    ]


def _slowing(tune: Tune) -> dict[str, float]:
    """Return how many fewer notes the last bars of phrases and sections have, of the mean of the other bars."""
    counts = tune.counts.astype(np.float64)
    number = np.arange(1, tune.num_bars + 1)
    inner = max(1e-9, float(counts[number % _PHRASE != 0].mean()))
    found = {}
    for length, name in ((_PHRASE, "phrases of 4 bars"), (_SECTION, "sections of 8 bars")):
        last = counts[number % length == 0]
        if len(last):
            found[f"slowing at the ends of {name}, 1 - notes there / notes elsewhere"] = 1 - float(last.mean()) / inner
    return found


def _rhymes(tune: Tune) -> dict[str, float]:
    """Return which bars end alike, and whether an open end is answered by a closed one."""
    found = {}
    for one, other in ((4, 8), (4, 12), (8, 16)):
        if other <= tune.num_bars:
            ends = [tune.pitch[tune.bars[k - 1]][-_END:].tolist() for k in (one, other)]
            found[f"bars {one} and {other} end on the same notes"] = float(ends[0] == ends[1] != [])
    if tune.num_bars >= _SECTION:
        degrees = [[pitch % NUM_PITCH_CLASSES for pitch in tune.pitch[tune.bars[k]][-1:].tolist()] for k in (3, 7)]
        found["bar 4 ends off the tonic and bar 8 on it"] = float(degrees[0] != [0] and degrees[1] == [0])
    return found
