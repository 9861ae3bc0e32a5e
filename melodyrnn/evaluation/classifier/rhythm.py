"""Rhythm: lengths of notes and rests, places in the bar, density, and rhythms of bars that return."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ...music.units import STEPS_PER_QUARTER
from .tune import Tune, entropy, share

_LENGTHS = {
    1: "forty-eighths", 2: "triplet sixteenths", 3: "sixteenths", 4: "triplet eighths", 6: "eighths",
    8: "triplet quarters", 9: "dotted eighths", 12: "quarters", 18: "dotted quarters", 24: "halves",
    36: "dotted halves", 48: "whole notes",
}  # fmt: skip
_DOTTED = {(9, 3), (3, 9), (18, 6), (6, 18)}
_EIGHTH, _SIXTEENTH = STEPS_PER_QUARTER // 2, STEPS_PER_QUARTER // 4
_PHRASE = 4  # bars
_ONE_RHYTHM = 0.75  # of the bars


def rhythm(tune: Tune) -> dict[str, float]:
    """Return the values of a tune by what they are, in words."""
    return _lengths(tune) | _places(tune) | _density(tune) | _bars(tune) | _returns(tune)


def _lengths(tune: Tune) -> dict[str, float]:
    length, rest = tune.duration, tune.rest
    pairs = list(zip(length[:-1].tolist(), length[1:].tolist(), strict=True))
    found = {f"notes that are {name}": share(length == steps) for steps, name in _LENGTHS.items()}
    return found | {
        "notes of another length": share(~np.isin(length, list(_LENGTHS))),
        "entropy of lengths, bits": entropy(length.tolist()),
        "different lengths": float(len(np.unique(length))),
        "longest note, bars": float(length.max() / tune.bar),
        "notes that a rest follows": share(rest > 0),
        "time that is silent": float(rest.sum() / tune.length),
        "longest rest, bars": float(rest.max() / tune.bar),
        "pieces with a rest": float(rest.max() > 0),
        "dotted pairs (long and short, 3 to 1)": share([pair in _DOTTED for pair in pairs]),
        "pairs of equal lengths": share(length[1:] == length[:-1]),
    }


def _places(tune: Tune) -> dict[str, float]:
    place, beat = tune.place, tune.beat
    off_sixteenths = place % _SIXTEENTH != 0
    on_beat = np.zeros(-(-tune.length // beat), dtype=bool)
    on_beat[tune.onset[place % beat == 0] // beat] = True
    return {
        "notes on a beat": share(place % beat == 0),
        "notes on an eighth between beats": share((place % _EIGHTH == 0) & (place % beat != 0)),
        "notes on a sixteenth between eighths": share((place % _SIXTEENTH == 0) & (place % _EIGHTH != 0)),
        "notes off the sixteenths (triplets)": share(off_sixteenths),
        "pieces with triplets": float(off_sixteenths.any()),
        "bars without a note on the first beat": share([0 not in bar for bar in tune.rhythms]),
        "notes held over a bar line": share(place + tune.duration > tune.bar),
        "beats on which no note begins": share(~on_beat),
    }


def _density(tune: Tune) -> dict[str, float]:
    counts, half = tune.counts, tune.num_bars // 2
    phrases = np.add.reduceat(counts, np.arange(0, tune.num_bars, _PHRASE))
    return {
        "notes in a bar": float(counts.mean()),
        "notes in a quarter": len(tune.onset) * STEPS_PER_QUARTER / tune.length,
        "how much bars differ in notes": float(counts.std()),
        "difference in notes of neighbouring bars": float(np.abs(np.diff(counts)).mean()),
        "how much phrases differ in notes, of their mean": float(phrases.std() / max(1, phrases.mean())),
        "growth of density in the second half, log": float(
            np.log((counts[half:].sum() + 1) / (counts[:half].sum() + 1))
        ),
    }


def _bars(tune: Tune) -> dict[str, float]:
    num, counted = tune.num_bars, Counter(tune.rhythms)
    commonest = max(counted.values()) / num
    beats = [()] * -(-tune.length // tune.beat)
    for onset in tune.onset.tolist():
        beats[onset // tune.beat] += (onset % tune.beat,)  # type: ignore[operator]
    return {
        "different rhythms of bars, of all bars": len(counted) / num,
        "bars with the commonest rhythm": commonest,
        "pieces with one rhythm in three quarters of their bars": float(commonest >= _ONE_RHYTHM),
        "entropy of rhythms of bars, bits": entropy(tune.rhythms),
        "bars whose rhythm is heard once": sum(times == 1 for times in counted.values()) / num,
        "bars of even notes": share([len(bar) > 1 and len(set(np.diff(bar).tolist())) == 1 for bar in tune.rhythms]),
        "different rhythms of beats, of all beats": len(set(beats)) / len(beats),
        "entropy of rhythms of beats, bits": entropy(beats),
    }


def _returns(tune: Tune) -> dict[str, float]:
    same = tune.rhythm_likeness == 1
    found = {f"bars with the rhythm of {_before(lag)}": share(np.diagonal(same, lag)) for lag in lags(tune)}
    starts, ends = np.arange(_PHRASE, tune.num_bars, _PHRASE), np.arange(_PHRASE - 1, tune.num_bars - 1, _PHRASE)
    found["phrases that begin in the rhythm of the first"] = share(same[starts, 0])
    found["phrases that end in the rhythm of the last"] = share(same[ends, tune.num_bars - 1])
    return found


def lags(tune: Tune) -> list[int]:
    """Return the distances in bars at which bars are compared."""
    return [lag for lag in (1, 2, 4, 8) if lag < tune.num_bars]


def _before(lag: int) -> str:
    return "the bar before" if lag == 1 else f"the bar {lag} before"
