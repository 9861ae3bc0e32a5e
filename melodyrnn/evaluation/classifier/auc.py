"""The area under the ROC curve (AUC) of scores, with an interval over resampled pieces.

The AUC is the share of pairs of a generated and a real piece in which the generated one has the higher score, ties
counted half: .5 where the sets cannot be told apart, 1 where they always can (Mann and Whitney 1947). The interval
resamples the pieces of both sets; the classifier is not trained anew for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from ...arrays import Bools, Float64s
from ..bootstrap import LEVEL

_RESAMPLES = 1000


class AucFigures(TypedDict):
    """An `Auc` as JSON."""

    auc: float
    interval: list[float]


@dataclass(frozen=True, slots=True)
class Auc:
    """An AUC, 0..1, and its interval of 95 %."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, scores: Float64s, generated: Bools, rng: np.random.Generator) -> Auc:
        """Return the AUC of scores, shape (num_pieces,), of which some are of generated pieces and some are not."""
        made, real = scores[generated], scores[~generated]
        wins = np.sign(made[:, None] - real[None, :]) / 2 + 0.5
        drawn_made = rng.multinomial(len(made), np.full(len(made), 1 / len(made)), _RESAMPLES)
        drawn_real = rng.multinomial(len(real), np.full(len(real), 1 / len(real)), _RESAMPLES)
        drawn = ((drawn_made @ wins) * drawn_real).sum(axis=1) / wins.size
        low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return cls(float(wins.mean()), float(low), float(high))

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def to_json(self) -> AucFigures:
        """Return it as JSON."""
        return {"auc": self.value, "interval": [self.low, self.high]}
