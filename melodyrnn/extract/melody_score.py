"""How likely each track of a piece is its melody: a weighted sum of features of the tracks as lines.

The features are those of the literature on melody identification, in the units of the table below: register, alone and
relative to the other tracks, single notes, size, intervals, repeated notes, distinct pitches, note rate. Sources:
Uitdenbogerd and Zobel 1998 (the top line of all notes, or the track with the highest pitches); Rizo, Ponce de León et
al. 2006 (statistics of pitch, intervals, durations, polyphony and occupancy, classified by random forests); Friberg and
Ahlbäck 2009 (the same with perceptual cues); Jiang and Dannenberg 2019 (a maximum of likelihood over such features).

The weights were fitted as a choice among the tracks of each file (a conditional logit model) to the tuning half of
`benchmarks/melody_finding.py`, every kind of music counting alike and game music three times, and rounded. What did not
help on files left out of the fit is not used: entropy of intervals, distinct patterns, velocity, program, the time in
which a line sounds, the order in the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..arrays import AnyFloats, Bools, Float64s, IntArray
from .monophony import Lines

_STRICT = 0.004  # largest `lost_share` of a line of single notes
_ONE_OF_ALL = 9.0  # octaves above the next line, where there is none


@dataclass(frozen=True, slots=True)
class LineStatistics:
    """Statistics of the lines of a piece, each of shape (num_lines,).

    Attributes:
        mean: mean pitch.
        highest: share of the windows of four quarter notes in which its mean pitch is the highest of the usable lines.
        below_top: octaves from the highest mean pitch of the usable lines down to that of the line; 0 above it.
        above_next: octaves from the mean pitch of the highest usable line down to the next one; 0 for other lines.
        extent: semitones between the highest and the lowest note.
        pitches: number of distinct pitches.
        lost_share: see `Lines`.
        relative_size: number of notes, as a share of the largest one of all lines.
        steps, repeats: shares of intervals of two semitones and less, and of none.
        jump: mean size of an interval, in semitones.
        span: share of the time of all lines between its first note and its end.
        interval_quarters: mean inter-onset time in quarter notes; a longer one than 8 counts as 8.
    """

    mean: Float64s
    highest: Float64s
    below_top: Float64s
    above_next: Float64s
    extent: Float64s
    pitches: Float64s
    lost_share: Float64s
    relative_size: Float64s
    steps: Float64s
    repeats: Float64s
    jump: Float64s
    span: Float64s
    interval_quarters: Float64s


def _between(low: float, values: AnyFloats, high: float) -> AnyFloats:
    return np.minimum(np.maximum(low, values), high)  # np.clip takes three times as long on few values


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature with its weight, and what it means of a line that has more of it than another."""

    words: str
    weight: float
    of: Callable[[LineStatistics], AnyFloats]


FEATURES = (
    Feature("the highest in much of the piece", 5.0, lambda s: s.highest),
    Feature("below another line", -1.7, lambda s: np.minimum(1.5, s.below_top)),
    Feature("far above all others", -0.6, lambda s: _between(0, s.above_next - 0.5, 2)),
    Feature("low", -3.1, lambda s: _between(0, (58 - s.mean) / 12, 1.5)),
    Feature("single notes throughout", 3.1, lambda s: 1.0 * (s.lost_share <= _STRICT)),
    Feature("many notes", 0.5, lambda s: np.log(np.maximum(s.relative_size, 0.01))),
    Feature("steps", 4.7, lambda s: s.steps),
    Feature("hardly a step", -6.6, lambda s: np.maximum(0, 0.3 - s.steps) * 3),
    Feature("mostly repeated notes", -3.6, lambda s: np.maximum(0, s.repeats - 0.5) * 2),
    Feature("large intervals", -1.3, lambda s: np.minimum(1.5, s.jump / 8)),
    Feature("few pitches", -4.0, lambda s: np.maximum(0, 8 - s.pitches) / 4),
    Feature("a wide range", -2.3, lambda s: _between(0, (s.extent - 24) / 24, 1)),
    Feature("from the beginning to the end", -1.2, lambda s: s.span),
    Feature("fast notes", -4.5, lambda s: np.maximum(0, 0.35 - s.interval_quarters) * 4),
    Feature("slow notes", -5.2, lambda s: _between(0, (s.interval_quarters - 2) / 2, 2)),
)
_WEIGHTS = np.array([feature.weight for feature in FEATURES])


def contributions(lines: Lines, is_usable: Bools, ticks_per_quarter: int) -> Float64s:
    """Return what each of `FEATURES` adds to the score of each line, shape (num_lines, num_features)."""
    return feature_matrix(lines, is_usable, ticks_per_quarter) * _WEIGHTS


def feature_matrix(lines: Lines, is_usable: Bools, ticks_per_quarter: int) -> Float64s:
    """Return the features of lines, shape (num_lines, num_features), in the order of `FEATURES`."""
    statistics = _statistics(lines, is_usable, ticks_per_quarter)
    return np.array([feature.of(statistics) for feature in FEATURES]).T


def _statistics(lines: Lines, is_usable: Bools, ticks_per_quarter: int) -> LineStatistics:
    pitch, first, size = lines.pitch, lines.first, lines.size
    last = first + size - 1
    mean = np.add.reduceat(pitch, first) / size
    interval = np.zeros_like(pitch)
    interval[:-1] = np.abs(pitch[1:] - pitch[:-1])
    gap = np.zeros_like(lines.onset)
    gap[:-1] = np.minimum(lines.onset[1:] - lines.onset[:-1], 8 * ticks_per_quarter)
    is_inner = np.ones(len(pitch), dtype=bool)
    is_inner[last] = False
    interval[last] = gap[last] = 0
    count = np.maximum(1, size - 1)
    start, end = lines.onset[first], lines.onset[last] + lines.duration[last]
    whole = max(1, int(end.max()) - int(start.min()))
    line = np.repeat(np.arange(len(size)), size)
    below, above = _places(mean, is_usable)
    return LineStatistics(
        mean=mean,
        highest=_highest(lines, line, is_usable, 4 * ticks_per_quarter),
        below_top=below,
        above_next=above,
        extent=(np.maximum.reduceat(pitch, first) - np.minimum.reduceat(pitch, first)).astype(np.float64),
        pitches=(np.bincount(line * 128 + pitch, minlength=128 * len(size)) > 0).reshape(-1, 128).sum(axis=1) * 1.0,
        lost_share=lines.lost_share,
        relative_size=size / size.max(),
        steps=np.add.reduceat((interval <= 2) & is_inner, first, dtype=np.int64) / count,
        repeats=np.add.reduceat((interval == 0) & is_inner, first, dtype=np.int64) / count,
        jump=np.add.reduceat(interval, first) / count,
        span=(end - start) / whole,
        interval_quarters=np.add.reduceat(gap, first) / count / ticks_per_quarter,
    )


def _highest(lines: Lines, line: IntArray, is_usable: Bools, window: int) -> Float64s:
    """Return the share of the windows with notes in which each line has the highest mean pitch of the usable lines.

    Args:
        line: the number of the line of each note, shape (num_notes,).
        window: length in ticks.
    """
    place = lines.onset // window
    place -= np.minimum.reduce(place)
    if np.maximum.reduce(place) > 4 * len(place):  # so that silence costs no work
        place = np.unique(place, return_inverse=True)[1]
    shape = len(lines.size), int(np.maximum.reduce(place)) + 1
    cell = line * shape[1] + place
    count = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    total = np.bincount(cell, weights=lines.pitch, minlength=shape[0] * shape[1]).reshape(shape)
    mean = total / np.maximum(1, count)  # 0 where there is no note
    rivals = mean[is_usable] if is_usable.any() else mean
    is_highest = (count > 0) & (mean >= np.maximum.reduce(rivals, axis=0))
    result: Float64s = np.add.reduce(is_highest, axis=1) / np.count_nonzero(np.add.reduce(count, axis=0))
    return result


def _places(mean: Float64s, is_usable: Bools) -> tuple[Float64s, Float64s]:
    """Return `below_top` and `above_next` of lines by their mean pitches; the usable lines are all where none is."""
    usable = mean[is_usable] if is_usable.any() else mean
    highest = usable.max()
    others = np.sort(usable)[:-1]
    above = (highest - others[-1]) / 12 if len(others) else _ONE_OF_ALL
    return np.maximum(0, highest - mean) / 12, np.where(mean == highest, above, 0.0)
