"""What one melody is like, in the numbers that the field compares sets of melodies by: one table.

Definitions and where they come from; notes count one each, long or short:

    pitch_class_entropy  Shannon's, over the 12 pitch classes, bits (Wu and Yang 2020)
    scale_consistency    largest share of notes within one of the 12 diatonic scales (Mogren 2016; major and natural
                         minor hold the same notes)
    range                highest less lowest pitch, semitones (Yang and Lerch 2018)
    mean_interval        mean absolute interval between successive notes, semitones (Yang and Lerch 2018)
    step_ratio           share of intervals of at most 2 semitones, repeated notes included
    note_length          mean duration, quarter notes
    onset_density        onsets per quarter note, from step 0 to the last bar line
    groove               1 - the share of places in the bar where one of two bars has an onset and the other none,
                         averaged over all pairs of bars (Wu and Yang 2020); places are grid steps, 12 a quarter
    repeated_patterns    share of runs of four intervals that were heard before in the melody
    return_4, _8, _16    Jaccard index of the (onset, pitch) pairs of bars 1 to k with those of bars k + 1 to 2k

A share of a set counts pieces that return when at least four fifths of their pairs do.

References:
    Mogren (2016), C-RNN-GAN. Yang and Lerch (2018), On the evaluation of generative models in music, Neural
    Computing and Applications 32. Wu and Yang (2020), The Jazz Transformer on the front line, ISMIR.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from ..score.statistics import (
    MOST_REPEATED_BARS,
    MOST_REPEATED_PITCHES,
    pitch_class_entropy,
    repeated_pattern_share,
    return_share,
)

Floats = npt.NDArray[np.float64]
RETURNS = (4, 8, 16)  # bars after which a section may come again
_DIATONIC = np.array([0, 2, 4, 5, 7, 9, 11])


def scale_consistency(melody: Score) -> float:
    counts = np.bincount(melody.pitch % 12, minlength=12)
    return float(max(counts[(_DIATONIC + tonic) % 12].sum() for tonic in range(12)) / len(melody))


def groove(melody: Score) -> float | None:
    """None for a melody of one bar."""
    bars = melody.num_bars
    if bars < 2:
        return None
    onsets = np.zeros((bars, melody.bar))
    onsets[melody.onset // melody.bar, melody.onset % melody.bar] = 1
    with_onset = onsets.sum(axis=0)
    differing = with_onset * (bars - with_onset) / (bars * (bars - 1) / 2)
    return float(1 - differing.mean())


def _mean_interval(melody: Score) -> float | None:
    return float(np.abs(np.diff(melody.pitch)).mean()) if len(melody) > 1 else None


def _step_ratio(melody: Score) -> float | None:
    return float((np.abs(np.diff(melody.pitch)) <= 2).mean()) if len(melody) > 1 else None


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature: its name, in what it is measured ("" for a share), and the number of a melody, None without one."""

    name: str
    unit: str
    of: Callable[[Score], float | None]


FEATURES = (
    Feature("pitch_class_entropy", "bits", pitch_class_entropy),
    Feature("scale_consistency", "", scale_consistency),
    Feature("range", "semitones", lambda m: float(np.ptp(m.pitch))),
    Feature("mean_interval", "semitones", _mean_interval),
    Feature("step_ratio", "", _step_ratio),
    Feature("note_length", "quarters", lambda m: float(m.duration.mean()) / STEPS_PER_QUARTER),
    Feature("onset_density", "per quarter", lambda m: len(m) * STEPS_PER_QUARTER / (m.num_bars * m.bar)),
    Feature("groove", "", groove),
    Feature("repeated_patterns", "", repeated_pattern_share),
    *(Feature(f"return_{bars}", "", partial(return_share, bars=bars)) for bars in RETURNS),
)


def values_of(melodies: Sequence[Score]) -> dict[str, Floats]:
    """Every feature of every melody, NaN where a melody has none; arrays of shape (num_melodies,)."""
    return {
        feature.name: np.array([np.nan if (value := feature.of(m)) is None else value for m in melodies])
        for feature in FEATURES
    }


def ends_on_tonic(melody: Score) -> bool:
    return bool(melody.pitch[-1] % 12 == melody.key.tonic)


def is_empty(melody: Score) -> bool:
    """Whether half of the bars or more have no onset."""
    return bool(2 * len(np.unique(melody.onset // melody.bar)) <= melody.num_bars) and melody.num_bars > 1


def is_stuck(melody: Score) -> bool:
    """Whether a pitch or a bar is repeated more often in a row than in 99.9 % of folk tunes."""
    bars: list[tuple[tuple[int, int], ...]] = [()] * melody.num_bars
    for onset, pitch in zip(melody.onset.tolist(), melody.pitch.tolist(), strict=True):
        bars[onset // melody.bar] += ((onset % melody.bar, pitch),)
    return _longest_run(melody.pitch.tolist()) > MOST_REPEATED_PITCHES or _longest_run(bars) > MOST_REPEATED_BARS


def _longest_run(values: Sequence[object]) -> int:
    longest = run = 1
    for before, value in pairwise(values):
        run = run + 1 if value == before else 1
        longest = max(longest, run)
    return longest
