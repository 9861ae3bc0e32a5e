"""Repetition: bars that return exactly, varied, in sequence, with another ending, and how the music joins there."""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, Float64s
from .rhythm import lags
from .tune import Tune, mean, share

_VARIED = 0.4  # likeness from which a bar counts as a varied return
_SECTION = 8  # bars
_OCTAVE_LIKE = 10  # semitones
_FEW = 0.375  # of the bars: 6 of 16
_PAIRS = ((1, 3), (1, 5), (1, 9), (4, 8), (9, 13), (7, 15), (8, 16))  # bars, from 1
_SPANS = ((1, 5, 4), (9, 13, 4), (1, 9, 8))  # two first bars, from 1, and a number of bars


def repetition(tune: Tune) -> dict[str, float]:
    """Return the values of a tune by what they are, in words; NaN for those of returns where there are none."""
    return _at_lags(tune) | _material(tune) | _joins(tune) | _form(tune) | _passages(tune)


def _at_lags(tune: Tune) -> dict[str, float]:
    """Return how bars are like those 1, 2, 4 and 8 before."""
    found = {}
    moved = _sequences(tune)
    for lag in lags(tune):
        like = np.diagonal(tune.likeness, lag)
        before = "the bar before" if lag == 1 else f"the bar {lag} before"
        found[f"likeness to {before}, 0 to 1"] = float(like.mean())
        found[f"bars equal to {before}"] = share(like == 1)
        found[f"bars that vary {before}"] = share((like >= _VARIED) & (like < 1))
        found[f"bars with a few notes of {before}"] = share((like > 0) & (like < _VARIED))
        found[f"likeness of rhythm to {before}, 0 to 1"] = float(np.diagonal(tune.rhythm_likeness, lag).mean())
        found[f"bars that move {before} up or down (sequence)"] = share(moved[lag:, :-lag].diagonal())
    return found


def _sequences(tune: Tune) -> Bools:
    """Return whether two bars of three notes and more differ by a transposition alone, (num_bars, num_bars)."""
    shapes = [
        (rhythm, tuple(np.diff(tune.pitch[b]).tolist())) for rhythm, b in zip(tune.rhythms, tune.bars, strict=True)
    ]
    kinds = {shape: number for number, shape in enumerate(dict.fromkeys(shapes))}
    kind = np.array([kinds[shape] for shape in shapes])
    long = tune.counts > 2
    return (kind[:, None] == kind[None, :]) & (tune.likeness < 1) & long[:, None]


def _material(tune: Tune) -> dict[str, float]:
    """Return how many bars are new, return, and return varied."""
    same, num = tune.likeness == 1, tune.num_bars
    times = same.sum(axis=1)
    best = _best_before(tune)
    different = round(float((1 / times).sum())) / num
    return {
        "different bars, of all bars": different,
        "pieces with at most three different bars in eight": float(different <= _FEW),
        "bars like the commonest bar": float(times.max() / num),
        "bars heard once": share(times == 1),
        "new bars": share(best < _VARIED),
        "varied returns of bars": share((best >= _VARIED) & (best < 1)),
        "exact returns of bars": share(best == 1),
        "new bars in the second half": share(best[num // 2 :] < _VARIED),
        "change of a varied bar that lies in its second half": _change_late(tune, best),
    }


def _best_before(tune: Tune) -> Float64s:
    """Return the likeness of each bar to the most similar one before it; 0 for the first."""
    return np.where(np.tri(tune.num_bars, k=-1, dtype=bool), tune.likeness, 0.0).max(axis=1)


def _change_late(tune: Tune, best: Float64s) -> float:
    """Return the share of changed (place, pitch) pairs of varied bars in the second half of the bar."""
    late = []
    for k in np.flatnonzero((best >= _VARIED) & (best < 1)).tolist():
        source = int(tune.likeness[k, :k].argmax())
        one, other = (set(zip(tune.rhythms[b], tune.pitch[tune.bars[b]].tolist(), strict=True)) for b in (k, source))
        late += [2 * place >= tune.bar for place, _ in one ^ other]
    return share(late)


def _joins(tune: Tune) -> dict[str, float]:
    """Return the intervals into bars that return where the bar before them is another one than before."""
    leaps = []
    same = tune.likeness == 1
    for k in range(2, tune.num_bars):
        sources = np.flatnonzero(same[k, :k])
        new = len(sources) and not any(s > 0 and same[k - 1, s - 1] for s in sources.tolist())
        if new and len(tune.bars[k]) and tune.bars[k][0] > 0:
            leaps.append(abs(int(tune.interval[tune.bars[k][0] - 1])))
    return {
        "interval from another bar into a return, semitones": mean(leaps),
        "octave-like leaps from another bar into a return": share([leap >= _OCTAVE_LIKE for leap in leaps]),
        "bars that return after another bar than before": len(leaps) / tune.num_bars,
    }


def _form(tune: Tune) -> dict[str, float]:
    """Return likenesses of bars and sections at the places of a form of 16 bars, as far as there are bars."""
    like = tune.likeness
    found = {f"likeness of bars {a} and {b}, 0 to 1": float(like[a - 1, b - 1]) for a, b in _PAIRS if b <= len(like)}
    for a, b, num in _SPANS:
        if b + num - 1 <= len(like):
            name = f"likeness of bars {a} to {a + num - 1} and {b} to {b + num - 1}, 0 to 1"
            found[name] = float(np.diagonal(like, b - a)[a - 1 : a - 1 + num].mean())
    if len(like) >= 2 * _SECTION:
        again = np.diagonal(like, _SECTION)[:_SECTION]
        begins = bool((again[:4] >= _VARIED).all())
        found["pieces whose second section begins as the first"] = float(begins)
        found["second endings (sections that begin alike and end differently)"] = float(begins and again[-2:].min() < 1)
        found["likeness of the last two bars of both sections, 0 to 1"] = float(again[-2:].mean())
    return found


def _passages(tune: Tune) -> dict[str, float]:
    """Return how much of a tune, as intervals and times between onsets, is heard before, whatever the bar lines."""
    events = list(zip(tune.interval.tolist(), np.diff(tune.onset).tolist(), strict=True))
    found = {"longest passage that is heard twice, of the piece": _longest_twice(events) / len(events)}
    for k in (3, 6):
        runs = list(zip(*(events[i:] for i in range(k)), strict=False))
        found[f"passages of {k + 1} notes heard before"] = 1 - len(set(runs)) / len(runs)
    return found


def _longest_twice(events: list[tuple[int, int]]) -> int:
    """Return the length of the longest run of events that is there twice, by bisection."""
    low, high = 0, len(events)
    while low < high:
        k = (low + high + 1) // 2
        runs = [tuple(events[i : i + k]) for i in range(len(events) - k + 1)]
        low, high = (k, high) if len(set(runs)) < len(runs) else (low, k - 1)
    return low
