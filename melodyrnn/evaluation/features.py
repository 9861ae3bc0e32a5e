"""The table of features of a melody, by which two sets of melodies are compared.

Definitions and sources; notes count one each, long or short:

    pitch_class_entropy  Shannon entropy of the 12 pitch classes, bits (Wu and Yang 2020)
    scale_consistency    largest share of notes within one of the 12 diatonic scales (Mogren 2016); a major scale and
                         its relative natural minor have the same notes
    range                highest minus lowest pitch, semitones (Yang and Lerch 2018)
    mean_interval        mean absolute interval between successive notes, semitones (Yang and Lerch 2018)
    step_ratio           share of intervals of at most 2 semitones, repeated notes included
    note_length          mean duration, quarter notes
    onset_density        onsets per quarter note, from step 0 to the last bar line
    groove               1 − the share of positions in the bar at which exactly one of two bars has an onset, averaged
                         over all pairs of bars (Wu and Yang 2020); positions are grid steps, 12 a quarter
    repeated_patterns    share of sequences of four intervals that occur earlier in the melody
    return_4, _8, _16    Jaccard index of the (onset, pitch) pairs of bars 1..k with those of bars k+1..2k

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

from ..arrays import Float64s
from ..music.units import NUM_PITCH_CLASSES, STEPS_PER_QUARTER
from ..score.score import Score
from ..score.statistics import (
    MOST_REPEATED_BARS,
    MOST_REPEATED_PITCHES,
    mean_interval,
    pitch_class_entropy,
    pitch_range,
    repeated_pattern_share,
    return_share,
    step_ratio,
)

RETURNS = (4, 8, 16)  # bars after which a section may repeat
_DIATONIC = np.array([0, 2, 4, 5, 7, 9, 11])


def scale_consistency(melody: Score) -> float:
    """Return the largest share of notes within any one diatonic scale, 0..1."""
    counts = np.bincount(melody.pitch % NUM_PITCH_CLASSES, minlength=NUM_PITCH_CLASSES)
    scales = [(_DIATONIC + tonic) % NUM_PITCH_CLASSES for tonic in range(NUM_PITCH_CLASSES)]
    return float(max(counts[scale].sum() for scale in scales) / len(melody))


def groove(melody: Score) -> float | None:
    """Return the mean similarity of the rhythms of two bars, 0..1; None for a melody of one bar."""
    bars = melody.num_bars
    if bars < 2:
        return None
    onsets = np.zeros((bars, melody.bar))
    onsets[melody.onset // melody.bar, melody.onset % melody.bar] = 1
    with_onset = onsets.sum(axis=0)
    differing = with_onset * (bars - with_onset) / (bars * (bars - 1) / 2)
    return float(1 - differing.mean())


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature.

    Attributes:
        name: as in the table above.
        unit: "" for a share.
        of: returns its value for a melody of at least one note, None where it is not defined.
    """

    name: str
    unit: str
    of: Callable[[Score], float | None]


FEATURES = (
    Feature("pitch_class_entropy", "bits", pitch_class_entropy),
    Feature("scale_consistency", "", scale_consistency),
    Feature("range", "semitones", pitch_range),
    Feature("mean_interval", "semitones", mean_interval),
    Feature("step_ratio", "", step_ratio),
    Feature("note_length", "quarters", lambda m: float(m.duration.mean()) / STEPS_PER_QUARTER),
    Feature("onset_density", "per quarter", lambda m: len(m) * STEPS_PER_QUARTER / (m.num_bars * m.bar)),
    Feature("groove", "", groove),
    Feature("repeated_patterns", "", repeated_pattern_share),
    *(Feature(f"return_{bars}", "", partial(return_share, bars=bars)) for bars in RETURNS),
)


def values_of(scores: Sequence[Score], features: Sequence[Feature] = FEATURES) -> dict[str, Float64s]:
    """Return every feature of every score by name, shape (num_scores,) each; NaN where a feature is not defined."""
    return {
        feature.name: np.array([np.nan if (value := feature.of(m)) is None else value for m in scores])
        for feature in features
    }


def ends_on_tonic(melody: Score) -> bool:
    """Return whether the last note is the tonic of the melody's key."""
    return bool(melody.pitch[-1] % NUM_PITCH_CLASSES == melody.key.tonic)


def is_empty(melody: Score) -> bool:
    """Return whether at least half of the bars of a melody of several bars have no onset."""
    return bool(2 * len(np.unique(melody.onset // melody.bar)) <= melody.num_bars) and melody.num_bars > 1


def is_stuck(melody: Score) -> bool:
    """Return whether a pitch or a bar is repeated more often in a row than in 99.9 % of folk tunes."""
    bars: list[tuple[tuple[int, int], ...]] = [()] * melody.num_bars
    for onset, pitch in zip(melody.onset.tolist(), melody.pitch.tolist(), strict=True):
        bars[onset // melody.bar] += ((onset % melody.bar, pitch),)
    return _longest_run(melody.pitch.tolist()) > MOST_REPEATED_PITCHES or _longest_run(bars) > MOST_REPEATED_BARS


def _longest_run(values: Sequence[object]) -> int:
    """Return the largest number of equal values in a row."""
    longest = run = 1
    for before, value in pairwise(values):
        run = run + 1 if value == before else 1
        longest = max(longest, run)
    return longest
