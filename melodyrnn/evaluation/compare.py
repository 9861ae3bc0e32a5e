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
from ..events.melody import Melody
from ..events.statistics import RETURN_THRESHOLD
from .features import FEATURES, RETURNS, Feature, ends_on_tonic, is_empty, is_stuck, values_of
from .similarity import Likeness, compare_samples, compare_sets, intra_distances, scott

Floats = npt.NDArray[np.float64]
MIN_PIECES = 4  # two halves of two
_HALVINGS = 10

# What a set must show to be called like the real one.
MIN_OVERLAP = 0.85
MAX_PATTERN_DEVIATIONS = 0.5  # of the mean share of repeated patterns, in standard deviations of the real set
MAX_RETURN_RATIO = 0.25  # how far the share of pieces that return may be from the real share, as a part of it


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
    """Of a set: how many pieces, the share that returns after k bars (None where no piece is that long), and so on."""

    pieces: int
    returns: dict[int, float | None]
    ends_on_tonic: float
    empty: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Check:
    """One of the things a set must show, and whether it does."""

    name: str
    generated: float
    real: float
    rule: str
    holds: bool


@dataclass(frozen=True)
class Comparison:
    """Two sets compared."""

    rows: tuple[Row, ...]
    generated: Shares
    real: Shares

    @property
    def checks(self) -> tuple[Check, ...]:
        found = [_overlap_check(self.rows), *_pattern_check(self.rows)]
        found += [
            _return_check(bars, generated, real)
            for bars in RETURNS[1:]
            if (real := self.real.returns[bars]) is not None
            and (generated := self.generated.returns[bars]) is not None
        ]
        for name in ("empty", "stuck"):
            count = getattr(self.generated, name)
            found.append(Check(f"pieces {name}", count, getattr(self.real, name), "none", count == 0))
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        return {
            "features": {row.feature.name: row.to_json() for row in self.rows},
            "generated": _shares_json(self.generated),
            "real": _shares_json(self.real),
            "checks": [asdict(check) for check in self.checks],
        }


def compare(generated: Sequence[Melody], real: Sequence[Melody], seed: int = 0) -> Comparison:
    """Compare two sets of melodies. `seed` draws the halves of the real set.

    Raises SettingError for a set too small to say anything of.
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
    )


def first_bars(melodies: Sequence[Melody], bars: int) -> list[Melody]:
    """The melodies cut after so many bars, a pick-up counted as none; those that are shorter are left out."""
    out = []
    for melody in melodies:
        line = (bars + melody.pickup_bars) * melody.bar
        if melody.num_bars < bars + melody.pickup_bars:
            continue
        keep = melody.onset < line
        onset = melody.onset[keep]
        duration = np.minimum(melody.duration[keep], line - onset)
        out.append(
            replace(
                melody, onset=onset, duration=duration, pitch=melody.pitch[keep], velocity=melody.velocity[keep]
            )
        )
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
    return Row(
        feature, generated, real, likeness, yardstick, compare_samples(real, generated, scott(real)).overlap
    )


def _halves(values: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    order = rng.permutation(len(values))
    return values[order[: len(values) // 2]], values[order[len(values) // 2 :]]


def _shares(melodies: Sequence[Melody], values: dict[str, Floats]) -> Shares:
    returns: dict[int, float | None] = {}
    for bars in RETURNS:
        shares = values[f"return_{bars}"]
        shares = shares[~np.isnan(shares)]
        returns[bars] = float((shares > RETURN_THRESHOLD).mean()) if len(shares) else None
    return Shares(
        len(melodies),
        returns,
        float(np.mean([ends_on_tonic(m) for m in melodies])),
        sum(is_empty(m) for m in melodies),
        sum(is_stuck(m) for m in melodies),
    )


def _overlap_check(rows: Sequence[Row]) -> Check:
    worst = min(rows, key=lambda row: row.likeness.overlap)
    overlap = worst.likeness.overlap
    name = f"least overlapping area ({worst.feature.name})"
    return Check(name, overlap, worst.yardstick.overlap, f"at least {MIN_OVERLAP:g}", overlap >= MIN_OVERLAP)


def _pattern_check(rows: Sequence[Row]) -> list[Check]:
    for row in rows:
        if row.feature.name == "repeated_patterns":
            generated, real = float(row.generated.mean()), float(row.real.mean())
            allowed = MAX_PATTERN_DEVIATIONS * float(row.real.std())
            holds = abs(generated - real) <= allowed
            return [Check("mean share of repeated patterns", generated, real, f"within {allowed:.3f}", holds)]
    return []


def _return_check(bars: int, generated: float, real: float) -> Check:
    allowed = MAX_RETURN_RATIO * real
    name = f"share that returns at bar {bars + 1}"
    return Check(name, generated, real, f"within {allowed:.3f}", abs(generated - real) <= allowed)


def _shares_json(shares: Shares) -> dict[str, Any]:
    return {**asdict(shares), "returns": {str(bars): share for bars, share in shares.returns.items()}}


def _spread(values: Floats) -> dict[str, float]:
    return {"mean": float(values.mean()), "sd": float(values.std()), "pieces": len(values)}
