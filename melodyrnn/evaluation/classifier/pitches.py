"""Pitches: degrees of the scale, range and register, of the whole tune, of phrases of four bars and of single bars."""

from __future__ import annotations

import numpy as np

from ...music.units import NUM_PITCH_CLASSES
from .tune import Tune, entropy

DEGREES = (
    "the tonic", "the minor second", "the second", "the minor third", "the major third", "the fourth", "the tritone",
    "the fifth", "the minor sixth", "the major sixth", "the minor seventh", "the major seventh",
)  # fmt: skip
_DIATONIC = np.array([0, 2, 4, 5, 7, 9, 11])
_WINDOW = 16  # notes


def pitches(tune: Tune) -> dict[str, float]:
    """Return the values of a tune by what they are, in words."""
    return _degrees(tune) | _register(tune) | _spans(tune)


def _degrees(tune: Tune) -> dict[str, float]:
    num, degree = NUM_PITCH_CLASSES, tune.degree
    notes = np.bincount(degree, minlength=num) / len(degree)
    time = np.bincount(degree, tune.duration, num) / max(1, int(tune.duration.sum()))
    first = degree[tune.place == 0]
    strong = np.bincount(first, minlength=num) / max(1, len(first))
    found = {f"notes that are {name}": float(value) for name, value in zip(DEGREES, notes, strict=True)}
    found |= {f"time on {name}": float(value) for name, value in zip(DEGREES, time, strict=True)}
    found |= {f"first beats on {name}": float(value) for name, value in zip(DEGREES, strong, strict=True)}
    scales = (_DIATONIC + np.arange(num)[:, None]) % num
    found["notes outside the best diatonic scale"] = float(1 - notes[scales].sum(axis=1).max())
    found["entropy of degrees, bits"] = entropy(degree.tolist())
    found["different degrees"] = float(np.count_nonzero(notes))
    found["pieces in minor"] = float(tune.minor)
    return found


def _register(tune: Tune) -> dict[str, float]:
    pitch = tune.pitch
    low, high = int(pitch.min()), int(pitch.max())
    return {
        "range, semitones": float(high - low),
        "different pitches": float(len(np.unique(pitch))),
        "spread of pitches, semitones": float(pitch.std()),
        "mean pitch above the tonic, semitones": float(pitch.mean() - 60),
        "highest pitch above the tonic, semitones": float(high - 60),
        "lowest pitch above the tonic, semitones": float(low - 60),
        "place of the first highest note, 0 to 1": float(tune.onset[pitch.argmax()] / tune.length),
        "place of the first lowest note, 0 to 1": float(tune.onset[pitch.argmin()] / tune.length),
        "times the highest note is heard": float(np.count_nonzero(pitch == high)),
        "times the lowest note is heard": float(np.count_nonzero(pitch == low)),
        "notes on the commonest pitch": float(np.bincount(pitch - low).max() / len(pitch)),
    }


def _spans(tune: Tune) -> dict[str, float]:
    """Return ranges and variety of bars, of phrases of four bars and of any 16 notes in a row."""
    pitch = tune.pitch
    bars = [pitch[notes] for notes in tune.bars if len(notes)]
    whole = tune.bars[: tune.num_bars // 4 * 4] or tune.bars
    phrases = [pitch[np.concatenate(whole[k : k + 4])] for k in range(0, len(whole), 4)]
    ranges = np.array([np.ptp(phrase) if len(phrase) else 0 for phrase in phrases])
    different = [len(set(pitch[k : k + _WINDOW].tolist())) for k in range(max(1, len(pitch) - _WINDOW + 1))]
    return {
        "range of a bar, semitones": float(np.mean([np.ptp(bar) for bar in bars])),
        "different pitches in a bar, of its notes": float(np.mean([len(np.unique(bar)) / len(bar) for bar in bars])),
        "range of a phrase of four bars, semitones": float(ranges.mean()),
        "range of the narrowest phrase, semitones": float(ranges.min()),
        "how much the ranges of phrases differ, semitones": float(ranges.std()),
        "fewest different pitches in 16 notes": float(min(different)),
        "different pitches in 16 notes": float(np.mean(different)),
    }
