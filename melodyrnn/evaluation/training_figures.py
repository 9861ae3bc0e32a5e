"""What the figures of a training say: whether the loss or the gradients diverged, stayed, or were clipped throughout.

Rows of the history are rounds, in order. Losses are in bits per note; norms are those of the gradient over all weights,
"gradient_norm" the mean of a round and "largest_gradient_norm" its largest, both before clipping; "clipped_share" is
the share of steps that were clipped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

OUT_OF_PROPORTION = 30.0  # times the median norm: above it, the largest norm of a training explodes
CLIPPED = 0.9  # share of the steps: from it on, clipping is no exception (both checkpoints: 0)
FAR_ABOVE = 2.0  # times the limit: a gradient of such a norm loses most of its length
FALLEN = 0.99  # of the first loss: what a loss that has not fallen stays above
_MIN_ROUNDS = 4  # with fewer, a loss need not have fallen yet

_NORMS = ("gradient_norm", "largest_gradient_norm")


@dataclass(frozen=True, slots=True)
class TrainingFigures:
    """The figures of a training.

    Attributes:
        history: its rounds, of which those of older models lack some figures.
        stopped: why it ended; "exploded" where the loss diverged.
        clip_norm: norm at which gradients were clipped; 0 where they were not.
        baseline_bits: bits per note of an order-2 Markov chain on the validation split; None without one.
    """

    history: Sequence[Mapping[str, float]] = ()
    stopped: str = ""
    clip_norm: float = 0.0
    baseline_bits: float | None = None

    def diverged(self) -> list[str]:
        """Return why the loss or the gradients diverged; nothing where they did not."""
        reasons = []
        if self.stopped == "exploded":
            reasons.append("the loss grew beyond that of a uniform guess, or became NaN")
        for name, words in (("train_bits", "the loss"), (_NORMS[0], "the gradient"), (_NORMS[1], "a gradient")):
            wrong = next((row for row in self.history if not math.isfinite(row.get(name, 0.0))), None)
            if wrong is not None:
                reasons.append(f"{words} became NaN or infinite by step {wrong.get('step', 0):g}")
                break
        norms = self._finite(_NORMS[0])
        largest = max(self._finite(_NORMS[1]), default=0.0)
        median = float(np.median(norms)) if norms else 0.0
        clips = any(row.get("clipped_share", 0.0) for row in self.history)  # clipping makes large norms harmless
        if median and largest > OUT_OF_PROPORTION * median and not clips:
            reasons.append(f"one gradient was {largest / median:.0f} times the median, and none was clipped")
        return reasons

    def not_learning(self) -> list[str]:
        """Return why the training taught nothing; nothing where it did, or where it is too short to tell."""
        losses = self._finite("train_bits")
        if len(losses) < _MIN_ROUNDS or min(losses[1:]) < FALLEN * losses[0] or self._beats_markov():
            return []
        change = f"{losses[0]:.3f} bits per note at first, {losses[-1]:.3f} at last"
        return [f"the loss of the training notes did not fall: {change}"]

    def clipped(self) -> list[str]:
        """Return why clipping decided the length of nearly every step; nothing where it was the exception."""
        share, norms = self._late_clipping()
        if share < CLIPPED or not norms or np.median(norms) < FAR_ABOVE * self.clip_norm:
            return []
        low, high = min(norms), max(norms)
        return [
            f"{share:.0%} of the steps in the second half of the training were clipped, from norms of {low:.3g} to "
            f"{high:.3g} to the limit of {self.clip_norm:g}: every step had the same length, however steep the loss"
        ]

    def remarks(self) -> list[str]:
        """Return what is worth knowing about a training that is otherwise healthy."""
        remarks = []
        share, _ = self._late_clipping()
        if share >= 0.5:
            remarks.append(f"{share:.0%} of the steps in the second half of the training were clipped, most slightly")
        validation = self._finite("validation_bits")
        if validation and self.baseline_bits is not None and not self._beats_markov():
            remarks.append(
                f"it predicts no better than an order-2 Markov chain ({min(validation):.3f} against "
                f"{self.baseline_bits:.3f} bits per note on the validation split): train longer"
            )
        return remarks

    def _late_clipping(self) -> tuple[float, list[float]]:
        """Return the share of clipped steps and the mean norms of the rounds in the second half; 0 without clipping."""
        rows = [row for row in self.history if "clipped_share" in row and math.isfinite(row.get(_NORMS[0], math.nan))]
        late = rows[len(rows) // 2 :]
        if not late or not self.clip_norm:
            return 0.0, []
        return float(np.mean([row["clipped_share"] for row in late])), [row[_NORMS[0]] for row in late]

    def _beats_markov(self) -> bool:
        validation = self._finite("validation_bits")
        return bool(validation) and self.baseline_bits is not None and min(validation) < self.baseline_bits

    def _finite(self, name: str) -> list[float]:
        return [row[name] for row in self.history if math.isfinite(row.get(name, math.nan))]
