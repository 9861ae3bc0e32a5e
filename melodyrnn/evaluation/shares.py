"""Shares and numbers of pieces of a set: those that return, end on the tonic, are empty or stuck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from ..arrays import Float64s
from ..score.score import Score
from ..score.statistics import RETURN_THRESHOLD
from .features import RETURNS, ends_on_tonic, is_empty, is_stuck


class ShareFigures(TypedDict):
    """A `Shares` as JSON; numbers of bars are strings."""

    pieces: int
    returns: dict[str, float | None]
    long_enough: dict[str, int]
    ends_on_tonic: float
    begins_with_pickup: float
    empty: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares and numbers of pieces in one set.

    Attributes:
        pieces: number of pieces.
        returns: for each k the share of pieces whose first k bars repeat as the next k; None where no piece is long
            enough.
        long_enough: for each k the number of pieces that are long enough.
        ends_on_tonic, begins_with_pickup: shares of pieces.
        empty, stuck: numbers of pieces (features.py).
    """

    pieces: int
    returns: dict[int, float | None]
    long_enough: dict[int, int]
    ends_on_tonic: float
    begins_with_pickup: float
    empty: int
    stuck: int

    @classmethod
    def of(cls, melodies: Sequence[Score], values: Mapping[str, Float64s]) -> Shares:
        """Return the shares of melodies; `values` are those of their features by name."""
        returns: dict[int, float | None] = {}
        long_enough: dict[int, int] = {}
        for bars in RETURNS:
            shares = values[f"return_{bars}"]
            shares = shares[~np.isnan(shares)]
            long_enough[bars] = len(shares)
            returns[bars] = float((shares > RETURN_THRESHOLD).mean()) if len(shares) else None
        return cls(
            len(melodies),
            returns,
            long_enough,
            float(np.mean([ends_on_tonic(m) for m in melodies])),
            float(np.mean([m.pickup_bars for m in melodies])),
            sum(is_empty(m) for m in melodies),
            sum(is_stuck(m) for m in melodies),
        )

    def to_json(self) -> ShareFigures:
        """Return the shares as JSON."""
        return {
            "pieces": self.pieces,
            "returns": {str(bars): share for bars, share in self.returns.items()},
            "long_enough": {str(bars): pieces for bars, pieces in self.long_enough.items()},
            "ends_on_tonic": self.ends_on_tonic,
            "begins_with_pickup": self.begins_with_pickup,
            "empty": self.empty,
            "stuck": self.stuck,
        }
