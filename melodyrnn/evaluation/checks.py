"""What generated melodies must show to be called like the real ones, and whether they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .compare import Comparison, Row
from .features import RETURNS
from .novelty import Copies

MIN_OVERLAP = 0.85
MAX_PATTERN_DEVIATIONS = 0.5  # of the mean share of repeated patterns, in standard deviations of the real set
MAX_RETURN_RATIO = 0.25  # how far the share of pieces that return may be from the real share, as a part of it


@dataclass(frozen=True, slots=True)
class Check:
    """One of the things a set must show, and whether it does."""

    name: str
    generated: float
    real: float
    rule: str
    holds: bool


def checks_of(comparison: Comparison) -> list[Check]:
    """All that a comparison allows: a set without pieces of 32 bars says nothing of bar 17."""
    found = [_overlap_check(comparison.rows), *_pattern_check(comparison.rows)]
    for bars in RETURNS[1:]:
        generated, real = comparison.generated.returns[bars], comparison.real.returns[bars]
        if generated is not None and real is not None:
            found.append(_return_check(bars, generated, real, comparison.real.long_enough[bars]))
    for name in ("empty", "stuck"):
        count = getattr(comparison.generated, name)
        found.append(Check(f"pieces {name}", count, getattr(comparison.real, name), "none", count == 0))
    return found + _copy_checks(comparison.copies)


def report(comparison: Comparison) -> dict[str, Any]:
    """The comparison and its checks as JSON."""
    return {**comparison.to_json(), "checks": [asdict(check) for check in checks_of(comparison)]}


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


def _return_check(bars: int, generated: float, real: float, num_real: int) -> Check:
    """The rule says what the real share rests on: of few tunes a quarter of it is less than chance makes of it."""
    allowed = MAX_RETURN_RATIO * real
    name, rule = f"share that returns at bar {bars + 1}", f"within {allowed:.3f}; {real * num_real:.0f} of {num_real}"
    return Check(name, generated, real, rule, abs(generated - real) <= allowed)


def _copy_checks(copies: tuple[Copies, Copies] | None) -> list[Check]:
    if copies is None:
        return []
    return [
        Check(f"longest copy in notes, {name}", own, real, "at most as real", own <= real)
        for name, own, real in (
            ("median", copies[0].median_notes, copies[1].median_notes),
            ("90th percentile", copies[0].p90_notes, copies[1].p90_notes),
        )
    ]
