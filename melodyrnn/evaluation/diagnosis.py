"""Judges a network by the gradients and losses of its training and by how far back the loss depends on the state.

    exploding      the gradient grows with the distance, a loss or a gradient became NaN or infinite, the loss diverged,
                   or some step was far larger than the others and nothing was clipped
    dead           most units of a layer have one value, whatever the notes before
    vanishing      the influence of the state 8 notes earlier is less than a hundredth of that one note earlier
    not learning   the loss of the training notes did not fall, and a Markov chain predicts better
    clipped        nearly every step of the second half was clipped, from a norm far above the limit
    healthy        none of these

Where several hold, the first one is the verdict, and the reasons and the advice are those of all.

Conventions: influence is the norm of the gradient of the loss with respect to a state, by layer and distance, (L, D);
distances are in notes, ascending. The thresholds were set on runs made to go wrong, of which
tests/model/test_gradients.py has one each; docs/training.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64s
from .training_figures import TrainingFigures

NEAR = 8  # notes, about two bars: the shortest distance at which influence may count as vanished
VANISHED = 0.01  # of the influence at distance 1: below it, influence has vanished
GROWN = 10.0  # times the influence at distance 1: above it, the gradient explodes
DEAD = 0.5  # share of the units of a layer with one value: above it, the layer is dead

_ADVICE = {
    "exploding": "clip the gradient (--clip-norm 1), lower --learning-rate, or take a cell with gates (--cell lstm)",
    "dead": "lower --learning-rate, or take --activation tanh or a cell with gates (--cell lstm)",
    "vanishing": "take a cell with gates (--cell lstm or gru), --cell irnn, or --activation tanh or relu",
    "not learning": "change --learning-rate (0.002 suits most), train longer (--epochs), or ingest more tunes",
    "clipped": "raise --clip-norm above the usual norm, or lower --learning-rate, so that only outliers are clipped",
    "healthy": "nothing",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict: `word` (see the module), the reasons, and advice on what to change."""

    word: str
    reasons: tuple[str, ...]
    advice: str


def judge(
    distances: Sequence[int], norms: Float64s, training: TrainingFigures, constant: Sequence[float] = ()
) -> Verdict:
    """Return the verdict on a network.

    Args:
        distances, norms: the distances and the influence, see the conventions of the module.
        training: figures of its training.
        constant: by layer, the share of units that have one value after the beginnings of several pieces; empty where
            that was not measured.
    """
    found = {
        "exploding": [*training.diverged(), *_grown(distances, norms)],
        "dead": _dead(constant),
        "vanishing": _vanished(distances, norms),
        "not learning": training.not_learning(),
        "clipped": training.clipped(),
    }
    wrong = [word for word, reasons in found.items() if reasons]
    if not wrong:
        return Verdict("healthy", (*_remarks(distances, norms), *training.remarks()), _ADVICE["healthy"])
    reasons = tuple(reason for word in wrong for reason in found[word])
    return Verdict(wrong[0], reasons, "; ".join(_ADVICE[word] for word in wrong))


def _remarks(distances: Sequence[int], norms: Float64s) -> list[str]:
    """Return why a network is healthy, and what could not be measured."""
    ratios = _ratios(norms)
    reach = max(k for k, column in zip(distances, ratios.T, strict=True) if column.max() >= VANISHED)
    remarks = [f"the loss still depends on the state {reach} notes earlier, and no step was out of proportion"]
    near = _first_far(distances)
    if near is None:
        remarks.append(f"no piece reaches {NEAR} notes back, so vanishing at larger distances could not be measured")
    for layer, row in enumerate(ratios):
        if near is not None and row[near] < VANISHED:
            remarks.append(
                f"layer {layer + 1} alone reaches less far: its state {distances[near]} notes earlier has "
                f"{row[near]:.2g} times the influence of the last one; the other layers remember"
            )
    return remarks


def _dead(constant: Sequence[float]) -> list[str]:
    return [
        f"layer {layer + 1}: {share:.0%} of its units have one value, whatever the notes before"
        for layer, share in enumerate(constant)
        if share > DEAD
    ]


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
