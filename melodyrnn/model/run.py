"""What a training is asked for beside its settings, and what it tells while it runs; both without Keras."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checkpoint import Metadata, Weights


@dataclass(slots=True)
class Progress:
    """What a listener is told. `bits` are per note; `validation_bits` those of the last validation."""

    round: int = 0
    num_rounds: int = 0
    round_steps: int = 1
    step: int = 0
    num_steps: int = 0
    steps_per_epoch: int = 1
    notes: int = 0
    seconds: float = 0.0
    train_bits: float = math.nan
    validation_bits: float = math.nan
    best_bits: float = math.inf
    baseline_bits: float = math.nan
    history: list[dict[str, float]] = field(default_factory=list)

    @property
    def epoch(self) -> float:
        """Passes over the training notes so far."""
        return self.step / self.steps_per_epoch

    def go_on(self, round: int, step: int, history: list[dict[str, float]]) -> None:
        """Take up a run after `round` rounds and `step` steps, whose rounds may have had another length."""
        left = math.ceil(max(0, self.num_steps - step) / self.round_steps)
        self.round, self.step, self.history = round, step, history
        self.num_rounds, self.num_steps = round + left, step + left * self.round_steps


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What a training is given beside its settings.

    Attributes:
        listener: told of every step.
        state: file in which to save the state after every round; none is saved without.
        resume: go on from that file where it exists.
        weights: to start from instead of random ones, by name.
        max_seconds: stop by then; the learning rate falls in time.
        callbacks: further Keras callbacks; their logs hold validation_bits and gradient_norm.
        on_round: told after every round, with the averaged weights.
    """

    listener: Listener | None = None
    state: str | os.PathLike[str] | None = None
    resume: bool = False
    weights: Weights | None = None
    max_seconds: float | None = None
    callbacks: Sequence[Any] = ()
    on_round: Callable[[Progress, Metadata, Weights], None] | None = None
