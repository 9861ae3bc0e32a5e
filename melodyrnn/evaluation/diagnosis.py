"""A verdict in words on a network's gradients, from their norms in training and from how far back they reach.

    exploding   the gradient grows with distance, the loss blew up, or single steps were far out of proportion
    vanishing   what lies 8 notes back moves the loss less than a hundredth of what lies one note back
    healthy     neither

The thresholds were set on planted runs; tests/model/test_gradients.py plants one of each, docs/training.md has figures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

NEAR = 8  # notes: about two bars
VANISHED = 0.01  # of the influence at distance 1
GROWN = 10.0  # times the influence at distance 1
OUT_OF_PROPORTION = 30.0  # largest norm over the median norm

_ADVICE = {
    "exploding": "clip the gradient (--clip-norm 1), lower --learning-rate, or take a cell with gates (--cell lstm)",
    "vanishing": "take a cell with gates (--cell lstm or gru), --cell irnn, or --activation tanh or relu",
    "healthy": "nothing",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Attributes: word ("exploding", "vanishing" or "healthy"), reasons, and the advice what to change."""

    word: str
    reasons: tuple[str, ...]
    advice: str


def judge(
    distances: Sequence[int], norms: npt.NDArray[np.float64], history: Sequence[Mapping[str, Any]], stopped: str = ""
) -> Verdict:
    """Judge by the influence at each distance, norms (L, D), and by the rows of the training's history."""
    exploding = [*_blown_up(history, stopped), *_grown(distances, norms)]
    if exploding:
        return Verdict("exploding", tuple(exploding), _ADVICE["exploding"])
    vanishing = _vanished(distances, norms)
    if vanishing:
        return Verdict("vanishing", tuple(vanishing), _ADVICE["vanishing"])
    ratios = _ratios(norms)
    reach = max(k for k, column in zip(distances, ratios.T, strict=True) if column.max() >= VANISHED)
    reasons = [f"the loss still depends on the state {reach} notes earlier, and no step was out of proportion"]
    near = _place(distances)
    if near is None:
        reasons.append(f"no piece reaches {NEAR} notes back, so what vanishes further back could not be seen")
    for layer, row in enumerate(ratios):
        if near is not None and row[near] < VANISHED:
            reasons.append(
                f"layer {layer + 1} alone reaches less far: its state {distances[near]} notes earlier counts "
                f"{row[near]:.2g} of what the last one does; the other layers remember"
            )
    return Verdict("healthy", tuple(reasons), _ADVICE["healthy"])


def _blown_up(history: Sequence[Mapping[str, Any]], stopped: str) -> list[str]:
    reasons = []
    if stopped == "exploded":
        reasons.append("the loss grew past that of blind guessing, or to no number at all")
    norms = [row["gradient_norm"] for row in history if math.isfinite(row.get("gradient_norm", math.nan))]
    largest = max((row["largest_gradient_norm"] for row in history if "largest_gradient_norm" in row), default=0.0)
    if norms and not largest <= OUT_OF_PROPORTION * float(np.median(norms)):
        clipped = float(np.mean([row["clipped_share"] for row in history]))
        if clipped == 0:  # clipping is there for this
            reasons.append(
                f"one gradient was {largest / float(np.median(norms)):.0f} times the median, and none was clipped"
            )
    return reasons


def _grown(distances: Sequence[int], norms: npt.NDArray[np.float64]) -> list[str]:
    reasons = []
    for layer, row in enumerate(norms):
        k = int(np.argmax(row))
        if not np.isfinite(row).all() or row[k] > GROWN * row[0]:
            times = row[k] / row[0] if row[0] else np.inf  # the last state may count nothing: dead rectifiers
            reasons.append(
                f"layer {layer + 1}: the loss depends {times:.3g} times more on the state "
                f"{distances[k]} notes earlier than on the last one"
            )
    return reasons


def _vanished(distances: Sequence[int], norms: npt.NDArray[np.float64]) -> list[str]:
    if not norms[:, 0].any():
        return ["the loss does not depend on the state at all, not even on the last one"]
    near = _place(distances)
    if near is None:
        return []
    ratios = _ratios(norms)[:, near]
    if ratios.max() >= VANISHED:
        return []
    return [
        f"layer {layer + 1}: the state {distances[near]} notes earlier counts {ratio:.2g} of what the last one does"
        for layer, ratio in enumerate(ratios)
    ]


def _place(distances: Sequence[int]) -> int | None:
    """The place of the first distance that is not near; None where no piece reaches so far."""
    return next((n for n, k in enumerate(distances) if k >= NEAR), None)


def _ratios(norms: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each influence as a share of that at the first distance, (L, D); 0 in a layer whose last state counts nothing."""
    return np.divide(norms, norms[:, :1], out=np.zeros_like(norms), where=norms[:, :1] > 0)
