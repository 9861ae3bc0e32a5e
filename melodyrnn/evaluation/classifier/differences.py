"""The features in which two sets differ most, in words.

Their strength is the difference of the means in standard deviations, pooled over both sets (Cohen's d). Of features
that go together in the pieces only the strongest is named, or ten names would say one thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from ...arrays import Bools
from .values import Values

_KNOWN = 0.25  # share of each set for which a feature must be defined
_TOGETHER = 0.7  # correlation from which a feature says what a stronger one has said


class DifferenceFigures(TypedDict):
    """A `Difference` as JSON."""

    group: str
    feature: str
    real: float
    generated: float
    effect: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A feature of both sets.

    Attributes:
        group: a name of `values.GROUPS`.
        feature: what it is, in words.
        real, generated: its means.
        effect: generated - real in standard deviations.
    """

    group: str
    feature: str
    real: float
    generated: float
    effect: float

    def __str__(self) -> str:
        return f"{self.feature}: {_short(self.real)} → {_short(self.generated)}"

    def to_json(self) -> DifferenceFigures:
        """Return it as JSON."""
        return {
            "group": self.group,
            "feature": self.feature,
            "real": self.real,
            "generated": self.generated,
            "effect": self.effect,
        }


def differences(values: Values, generated: Bools) -> tuple[list[Difference], list[int]]:
    """Return the differences of the features that vary, the strongest first, and their columns in the table.

    Features that are defined for few tunes of a set are left out.

    Args:
        generated: which tunes are generated, shape (num_tunes,); some are and some are not.
    """
    found = []
    for column, (group, words) in enumerate(zip(values.groups, values.words, strict=True)):
        known = ~np.isnan(values.table[:, column])
        real, made = values.table[known & ~generated, column], values.table[known & generated, column]
        if min(len(real) / (~generated).sum(), len(made) / generated.sum()) < _KNOWN:
            continue
        spread = float(np.sqrt((real.var() + made.var()) / 2))
        if spread > 0:
            means = float(real.mean()), float(made.mean())
            found.append((Difference(group, words, *means, (means[1] - means[0]) / spread), column))
    found.sort(key=lambda pair: -abs(pair[0].effect))
    return [difference for difference, _ in found], [column for _, column in found]


def strongest(values: Values, found: Sequence[Difference], columns: Sequence[int], num: int) -> list[Difference]:
    """Return the first `num` differences that do not say what a stronger one has said."""
    table = values.normal_scores()
    named: list[int] = []
    for place, column in enumerate(columns):
        if len(named) == num:
            break
        others = table[:, [columns[k] for k in named]]
        alike = [abs(np.corrcoef(table[:, column], others[:, k])[0, 1]) for k in range(len(named))]
        if max(alike, default=0.0) < _TOGETHER:
            named.append(place)
    return [found[place] for place in named]


def _short(value: float) -> str:
    """Return a value with three digits."""
    return f"{round(value, 3) + 0.0:.3g}"  # 0.0 for what rounds to -0.0
