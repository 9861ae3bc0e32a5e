"""Judges a network's gradients by their norms in training and by how far back the loss depends on the state.

    exploding   the gradient grows with the distance, the loss diverged, or some step was far larger than the others
    vanishing   the influence of the state 8 notes earlier is less than a hundredth of that one note earlier
    healthy     neither

Conventions: influence is the norm of the gradient of the loss with respect to a state, by layer and distance, (L, D);
distances are in notes, ascending. The thresholds were set on runs made to explode or vanish, of which
tests/model/test_gradients.py has one each; docs/training.md has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64s

NEAR = 8  # notes, about two bars: the shortest distance at which influence may count as vanished
VANISHED = 0.01  # of the influence at distance 1: below it, influence has vanished
GROWN = 10.0  # times the influence at distance 1: above it, the gradient explodes
OUT_OF_PROPORTION = 30.0  # times the median norm: above it, the largest norm of a training explodes

_ADVICE = {
    "exploding": "clip the gradient (--clip-norm 1), lower --learning-rate, or take a cell with gates (--cell lstm)",
    "vanishing": "take a cell with gates (--cell lstm or gru), --cell irnn, or --activation tanh or relu",
    "healthy": "nothing",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict: `word` ("exploding", "vanishing" or "healthy"), the reasons, and advice on what to change."""

    word: str
    reasons: tuple[str, ...]
    advice: str


def judge(
    distances: Sequence[int], norms: Float64s, history: Sequence[Mapping[str, float]], stopped: str = ""
) -> Verdict:
    """Return the verdict on a network.

    Args:
        distances, norms: the distances and the influence, see the conventions of the module.
        history: rows of the training; those with "gradient_norm" also have "clipped_share".
        stopped: why the training stopped; "exploded" where the loss diverged.
    """
    exploding = [*_diverged(history, stopped), *_grown(distances, norms)]
    if exploding:
        return Verdict("exploding", tuple(exploding), _ADVICE["exploding"])
    vanishing = _vanished(distances, norms)
    if vanishing:
        return Verdict("vanishing", tuple(vanishing), _ADVICE["vanishing"])
    ratios = _ratios(norms)
    reach = max(k for k, column in zip(distances, ratios.T, strict=True) if column.max() >= VANISHED)
    reasons = [f"the loss still depends on the state {reach} notes earlier, and no step was out of proportion"]
    near = _first_far(distances)
    if near is None:
        reasons.append(f"no piece reaches {NEAR} notes back, so vanishing at larger distances could not be measured")
    for layer, row in enumerate(ratios):
        if near is not None and row[near] < VANISHED:
            reasons.append(
                f"layer {layer + 1} alone reaches less far: its state {distances[near]} notes earlier has "
                f"{row[near]:.2g} times the influence of the last one; the other layers remember"
            )
    return Verdict("healthy", tuple(reasons), _ADVICE["healthy"])


def _diverged(history: Sequence[Mapping[str, float]], stopped: str) -> list[str]:
    reasons = []
    if stopped == "exploded":
        reasons.append("the loss grew beyond that of a uniform guess, or became NaN")
    norms = [row["gradient_norm"] for row in history if math.isfinite(row.get("gradient_norm", math.nan))]
    largest = max((row["largest_gradient_norm"] for row in history if "largest_gradient_norm" in row), default=0.0)
    if norms and not largest <= OUT_OF_PROPORTION * float(np.median(norms)):
        clipped = float(np.mean([row["clipped_share"] for row in history]))
        if clipped == 0:  # clipping makes large norms harmless
            reasons.append(
                f"one gradient was {largest / float(np.median(norms)):.0f} times the median, and none was clipped"
            )
    return reasons


def _grown(distances: Sequence[int], norms: Float64s) -> list[str]:
    reasons = []
    for layer, row in enumerate(norms):
        k = int(np.argmax(row))
        if not np.isfinite(row).all() or row[k] > GROWN * row[0]:
            times = row[k] / row[0] if row[0] else np.inf  # with dead relu units it is 0
            reasons.append(
                f"layer {layer + 1}: the loss depends {times:.3g} times more on the state "
                f"{distances[k]} notes earlier than on the last one"
            )
    return reasons


def _vanished(distances: Sequence[int], norms: Float64s) -> list[str]:
    if not norms[:, 0].any():
        return ["the loss does not depend on the state at all, not even on the last one"]
    near = _first_far(distances)
    if near is None:
        return []
    ratios = _ratios(norms)[:, near]
    if ratios.max() >= VANISHED:
        return []
    return [
        f"layer {layer + 1}: the state {distances[near]} notes earlier has {ratio:.2g} times the influence of the last"
        for layer, ratio in enumerate(ratios)
    ]


def _first_far(distances: Sequence[int]) -> int | None:
    """Return the index of the first distance of at least NEAR notes; None where no piece is that long."""
    return next((n for n, k in enumerate(distances) if k >= NEAR), None)


def _ratios(norms: Float64s) -> Float64s:
    """Return the influence relative to that at the first distance, (L, D); 0 in a layer where the latter is 0."""
    return np.divide(norms, norms[:, :1], out=np.zeros_like(norms), where=norms[:, :1] > 0)
