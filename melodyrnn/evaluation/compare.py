"""Are these melodies like those? Two sets side by side, and how alike the real set is to itself as the yardstick.

A feature's distances are compared as Yang and Lerch (2018) do it (similarity.py). The yardstick is the same figure
between two random halves of the real set, averaged over several ways to halve it, at the same bandwidth.

Pieces of different lengths do not compare: a longer tune has more pitches, more repeats and a larger range, and one of
16 bars cannot return in bar 17. So either the generated pieces have the lengths, meters and modes of the real ones
(generation/alike.py), or both sets are cut to their first bars (`first_bars`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SettingError
from ..score.score import Score
from ..score.statistics import RETURN_THRESHOLD
from .features import FEATURES, RETURNS, Feature, ends_on_tonic, is_empty, is_stuck, values_of
from .novelty import Copies, Index
from .similarity import Likeness, compare_samples, compare_sets, intra_distances, scott

Floats = npt.NDArray[np.float64]
MIN_PIECES = 4  # two halves of two
_HALVINGS = 10


@dataclass(frozen=True)
class Row:
    """A feature of both sets.

    Attributes:
        generated, real: its values, pieces without one left out.
        likeness: of inter-set to real intra-set distances.
        yardstick: the same, one half of the real set against the other.
        overlap_of_values: overlapping area of the values themselves, which is the stricter of the two.
    """

    feature: Feature
    generated: Floats
    real: Floats
    likeness: Likeness
    yardstick: Likeness
    overlap_of_values: float

    def to_json(self) -> dict[str, Any]:
        return {
            "generated": _spread(self.generated),
            "real": _spread(self.real),
            "overlap": self.likeness.overlap,
            "divergence": self.likeness.divergence,
            "real_to_real_overlap": self.yardstick.overlap,
            "real_to_real_divergence": self.yardstick.divergence,
            "overlap_of_values": self.overlap_of_values,
        }


@dataclass(frozen=True, slots=True)
class Shares:
    """Of a set.

    Attributes:
        pieces: how many.
        returns: share of pieces that return after k bars, None where no piece is that long.
        long_enough: how many pieces are.
        ends_on_tonic, begins_with_pickup: shares of pieces.
        empty, stuck: how many pieces (features.py).
    """

    pieces: int
    returns: dict[int, float | None]
    long_enough: dict[int, int]
    ends_on_tonic: float
    begins_with_pickup: float
    empty: int
    stuck: int


@dataclass(frozen=True)
class Comparison:
    """Two sets compared."""

    rows: tuple[Row, ...]
    generated: Shares
    real: Shares
    copies: tuple[Copies, Copies] | None = None  # of the generated and of the real set

    def to_json(self) -> dict[str, Any]:
        return {
            "features": {row.feature.name: row.to_json() for row in self.rows},
            "generated": _shares_json(self.generated),
            "real": _shares_json(self.real),
            "copies": self.copies and dict(zip(("generated", "real"), map(asdict, self.copies), strict=True)),
        }


def compare(generated: Sequence[Score], real: Sequence[Score], seed: int = 0, index: Index | None = None) -> Comparison:
    """Compare two sets of melodies.

    Args:
        seed: draws the halves of the real set.
        index: of the tunes a model was trained on, none of which is in `real`: how much of either set stands there.

    Raises:
        SettingError: for a set too small to say anything of.
    """
    for name, melodies in (("generated", generated), ("real", real)):
        if len(melodies) < MIN_PIECES:
            raise SettingError(f"the {name} set must hold at least {MIN_PIECES} melodies. Received: {len(melodies)}")
    of_generated, of_real = values_of(generated), values_of(real)
    rng = np.random.default_rng(seed)
    rows = [_row(feature, of_generated[feature.name], of_real[feature.name], rng) for feature in FEATURES]
    return Comparison(
        tuple(row for row in rows if row is not None),
        _shares(generated, of_generated),
        _shares(real, of_real),
        (index.copies(generated), index.copies(real)) if index is not None else None,
    )


def first_bars(melodies: Sequence[Score], bars: int) -> list[Score]:
    """The melodies cut after so many bars, a pick-up counted as none; those that are shorter are left out."""
    out = []
    for melody in melodies:
        line = (bars + melody.pickup_bars) * melody.bar
        if melody.num_bars < bars + melody.pickup_bars:
            continue
        kept = melody[melody.onset < line]
        out.append(replace(kept, duration=np.minimum(kept.duration, line - kept.onset)))
    return out


def _row(feature: Feature, generated: Floats, real: Floats, rng: np.random.Generator) -> Row | None:
    """None where one of the sets has too few values."""
    generated, real = generated[~np.isnan(generated)], real[~np.isnan(real)]
    if min(len(generated), len(real)) < MIN_PIECES:
        return None
    bandwidth = scott(intra_distances(real))
    found = [compare_sets(*_halves(real, rng), bandwidth) for _ in range(_HALVINGS)]
    yardstick = Likeness(
        float(np.mean([half.overlap for half in found])), float(np.mean([half.divergence for half in found]))
    )
    likeness = compare_sets(real, generated, bandwidth)
    return Row(feature, generated, real, likeness, yardstick, compare_samples(real, generated, scott(real)).overlap)


def _halves(values: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    order = rng.permutation(len(values))
    return values[order[: len(values) // 2]], values[order[len(values) // 2 :]]


def _shares(melodies: Sequence[Score], values: dict[str, Floats]) -> Shares:
    returns: dict[int, float | None] = {}
    long_enough: dict[int, int] = {}
    for bars in RETURNS:
        shares = values[f"return_{bars}"]
        shares = shares[~np.isnan(shares)]
        long_enough[bars] = len(shares)
        returns[bars] = float((shares > RETURN_THRESHOLD).mean()) if len(shares) else None
    return Shares(
        len(melodies),
        returns,
        long_enough,
        float(np.mean([ends_on_tonic(m) for m in melodies])),
        float(np.mean([m.pickup_bars for m in melodies])),
        sum(is_empty(m) for m in melodies),
        sum(is_stuck(m) for m in melodies),
    )


def _shares_json(shares: Shares) -> dict[str, Any]:
    return {
        **asdict(shares),
        "returns": {str(bars): share for bars, share in shares.returns.items()},
        "long_enough": {str(bars): pieces for bars, pieces in shares.long_enough.items()},
    }


def _spread(values: Floats) -> dict[str, float]:
    return {"mean": float(values.mean()), "sd": float(values.std()), "pieces": len(values)}
