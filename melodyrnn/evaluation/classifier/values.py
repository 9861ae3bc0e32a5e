"""The values of tunes by groups of features; each group is a file of its own and returns values by their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np

from ...arrays import Bools, Float64s
from .cadences import cadences
from .contour import contour
from .edges import edges
from .harmony import harmony
from .intervals import intervals
from .pitches import pitches
from .repetition import repetition
from .rhythm import rhythm
from .tune import Tune

EDGES = "edges"
GROUPS: Mapping[str, Callable[[Tune], dict[str, float]]] = {
    "intervals": intervals,
    "pitch": pitches,
    "rhythm": rhythm,
    "contour": contour,
    "cadences": cadences,
    "repetition": repetition,
    "harmony": harmony,
    EDGES: edges,
}


@dataclass(frozen=True, slots=True)
class Values:
    """The values of some tunes.

    Attributes:
        groups: of each feature its group, a name of `GROUPS`, shape (num_features,).
        words: of each feature what it is, in words; a share unless they name a unit.
        table: shape (num_tunes, num_features); NaN where a feature is not defined.
    """

    groups: tuple[str, ...]
    words: tuple[str, ...]
    table: Float64s

    @classmethod
    def of(cls, tunes: Sequence[Tune]) -> Values:
        """Return the values of at least one tune; all have the same number of bars."""
        rows = [
            {(group, words): value for group, of in GROUPS.items() for words, value in of(tune).items()}
            for tune in tunes
        ]
        names = list(rows[0])
        table = np.array([[row[name] for name in names] for row in rows], dtype=np.float64)
        return cls(tuple(group for group, _ in names), tuple(words for _, words in names), table)

    def columns(self, groups: Sequence[str]) -> Bools:
        """Return which features are of some groups, shape (num_features,)."""
        return np.isin(self.groups, groups)

    def normal_scores(self) -> Float64s:
        """Return the table as normal scores, shape (num_tunes, num_features), 0 where a feature is not defined.

        Each feature has the quantiles of a normal distribution at its ranks, with mean 0 and standard deviation 1, so
        that outliers and units do not matter; 0 for one that does not vary.
        """
        return np.column_stack([_normal_scores(column) for column in self.table.T])


def ranks(values: Float64s) -> Float64s:
    """Return the rank of each value, from 1; equal values share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((2 * last - counts + 1) / 2)[place]


def _normal_scores(values: Float64s) -> Float64s:
    """Return the normal scores of the values of a feature."""
    known = ~np.isnan(values)
    found = np.zeros(len(values))
    if known.any():
        quantile = _quantiles(int(known.sum()))[(2 * ranks(values[known])).astype(np.int64)]
        spread = quantile.std()
        found[known] = (quantile - quantile.mean()) / spread if spread > 0 else 0.0
    return found


@cache
def _quantiles(num: int) -> Float64s:
    """Return the quantiles of a normal distribution at the ranks 1, 1.5 .. num of `num` values, by twice the rank."""
    normal = NormalDist()
    return np.array([0.0, 0.0, *(normal.inv_cdf(half / (2 * num + 2)) for half in range(2, 2 * num + 1))])
