"""Checks of a comparison: the rules that generated melodies must meet to count as similar to the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from .compare import Comparison, ComparisonFigures, Row
from .features import RETURNS
from .passages import Copies

MIN_OVERLAP = 0.85
MAX_PATTERN_DEVIATIONS = 0.5  # of the mean share of repeated patterns, in standard deviations of the real set
MAX_RETURN_RATIO = 0.25  # largest difference from the real share of pieces that return, relative to that share


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a figure of both sets, the rule for the generated set in words, and whether it holds.

    `holds` is None for a figure that has no rule.
    """

    name: str
    generated: float
    real: float
    rule: str
    holds: bool | None

    @property
    def verdict(self) -> str:
        """ "held", "missed", or "figure" without a rule."""
        return "figure" if self.holds is None else "held" if self.holds else "missed"

    def to_json(self) -> CheckFigures:
        """Return the check as JSON."""
        return {
            "name": self.name,
            "generated": self.generated,
            "real": self.real,
            "rule": self.rule,
            "holds": self.holds,
        }


class CheckFigures(TypedDict):
    """A check as JSON."""

    name: str
    generated: float
    real: float
    rule: str
    holds: bool | None


class ComparisonReport(ComparisonFigures):
    """The output of `melodyrnn compare --json`."""

    checks: list[CheckFigures]


def checks_of(comparison: Comparison) -> list[Check]:
    """Return the checks that a comparison allows; that of the return at bar 17 needs pieces of 31 bars."""
    checks = [_overlap_check(comparison.rows), *_pattern_check(comparison.rows)]
    for bars in RETURNS[1:]:
        generated, real = comparison.generated.returns[bars], comparison.real.returns[bars]
        if generated is not None and real is not None:
            checks.append(_return_check(bars, generated, real, comparison.real.long_enough[bars]))
    for name in ("empty", "stuck"):
        count = getattr(comparison.generated, name)
        checks.append(Check(f"pieces {name}", count, getattr(comparison.real, name), "none", count == 0))
    return checks + _copy_checks(comparison.copies) + _classifier_check(comparison)


def report(comparison: Comparison) -> ComparisonReport:
    """Return the comparison and its checks as JSON."""
    return {**comparison.to_json(), "checks": [check.to_json() for check in checks_of(comparison)]}


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
    """Return the check of a return; its rule names the number of real pieces, since a few may return by chance."""
    allowed = MAX_RETURN_RATIO * real
    name, rule = f"share that returns at bar {bars + 1}", f"within {allowed:.3f}; {real * num_real:.0f} of {num_real}"
    return Check(name, generated, real, rule, abs(generated - real) <= allowed)


def _classifier_check(comparison: Comparison) -> list[Check]:
    """Return the AUC of a classifier beside that of real against real pieces: a rule only where one was given."""
    found, allowed = comparison.classification, comparison.max_auc
    if found is None:
        return []
    rule = "0.5 where they cannot be told apart" if allowed is None else f"at most {allowed:g}"
    auc = found.inner.value
    holds = None if allowed is None else auc <= allowed
    return [Check("classifier AUC, inner", auc, found.control.inner.value, rule, holds)]


def _copy_checks(copies: tuple[Copies, Copies] | None) -> list[Check]:
    if copies is None:
        return []
    return [
        Check(f"longest copy in notes, {name}", generated, real, "at most as real", generated <= real)
        for name, generated, real in (
            ("median", copies[0].median_notes, copies[1].median_notes),
            ("90th percentile", copies[0].p90_notes, copies[1].p90_notes),
        )
    ]
