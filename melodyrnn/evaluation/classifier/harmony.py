"""Harmony that a melody implies: the triad that fits each bar best, and what strong and weak notes do."""

from __future__ import annotations

import numpy as np

from ...arrays import Float64s, IntArray
from ...music.units import NUM_PITCH_CLASSES
from .tune import Tune, share

# Triads in a key with tonic C, as pitch classes; of equal fits the first wins.
_TRIADS = {
    "I": (0, 4, 7), "i": (0, 3, 7), "V": (7, 11, 2), "v": (7, 10, 2), "IV": (5, 9, 0), "iv": (5, 8, 0),
    "ii": (2, 5, 9), "vi": (9, 0, 4), "VI": (8, 0, 3), "VII": (10, 2, 5), "III": (3, 7, 10),
}  # fmt: skip
_FUNCTIONS = {
    "tonic": ("I", "i"),
    "dominant": ("V", "v"),
    "subdominant": ("IV", "iv", "ii"),
    "sixth": ("vi", "VI"),
    "flat seventh": ("VII",),
}
_NAMED_BARS = (1, 4, 7, 8, 15, 16)
_MEMBERS = np.array([[pc in triad for pc in range(NUM_PITCH_CLASSES)] for triad in _TRIADS.values()], dtype=float)
_NUMBERS = {name: [list(_TRIADS).index(triad) for triad in triads] for name, triads in _FUNCTIONS.items()}


def harmony(tune: Tune) -> dict[str, float]:
    """Return the values of a tune by what they are, in words."""
    triad, fit = _triads(tune)
    found = {
        "notes in the best triad of their bar, by time": float(fit.mean()),
        "the same in the bar where it is least": float(fit.min()),
        "bars with another triad than the bar before": share(triad[1:] != triad[:-1]),
        "different triads of a piece": float(len(np.unique(triad))),
    }
    for name, numbers in _NUMBERS.items():
        inside = np.isin(triad, numbers)
        found[f"bars with {name} harmony"] = share(inside)
        if name in ("tonic", "dominant"):
            named = [number for number in _NAMED_BARS if number <= tune.num_bars]
            found |= {f"bar {number} has {name} harmony": float(inside[number - 1]) for number in named}
    if tune.num_bars >= 8:
        closing = [*_NUMBERS["dominant"], *_NUMBERS["flat seventh"]]
        found["bars 7 and 8 close: dominant and tonic"] = float(triad[6] in closing and triad[7] in _NUMBERS["tonic"])
    return found | _strong_and_weak(tune)


def _triads(tune: Tune) -> tuple[IntArray, Float64s]:
    """Return the number in `_TRIADS` of each bar's best triad, and the share of its time that this triad takes.

    Notes on beats count twice. A bar without notes keeps the triad before it, with a share of 0.
    """
    weight = np.zeros((tune.num_bars, NUM_PITCH_CLASSES))
    np.add.at(weight, (tune.onset // tune.bar, tune.degree), tune.duration * np.where(tune.place % tune.beat, 1.0, 2.0))
    total = weight.sum(axis=1)
    shares = weight @ _MEMBERS.T / np.maximum(1, total)[:, None]
    best = np.where(total > 0, shares.argmax(axis=1), -1)
    for bar in range(tune.num_bars):
        if best[bar] < 0:
            best[bar] = best[bar - 1] if bar else 0
    return best, shares.max(axis=1)


def _strong_and_weak(tune: Tune) -> dict[str, float]:
    tonic = np.isin(tune.degree, (0, 3 if tune.minor else 4, 7))
    weak = np.flatnonzero(tune.place[1:-1] % tune.beat != 0)
    size = np.abs(tune.interval)
    return {
        "notes on beats in the tonic triad": share(tonic[tune.place % tune.beat == 0]),
        "notes on first beats in the tonic triad": share(tonic[tune.place == 0]),
        "notes between beats that are reached and left by step": share((size[weak] <= 2) & (size[weak + 1] <= 2)),
    }
