"""What a training is given beside its settings, and the progress that it reports; both without importing Keras."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..checkpoint import Metadata, Weights

if TYPE_CHECKING:
    import keras

    from .validation import Validator


@dataclass(slots=True)
class Progress:
    """How far a training is. It is one object that changes with every step.

    Attributes:
        round, num_rounds: rounds done, and in all; after each the weights are validated.
        round_steps: steps of a round.
        step, num_steps: steps done, and in all.
        steps_per_epoch: steps that show about every training note once.
        notes: training notes shown so far.
        seconds: time spent, that of the runs it resumes included.
        train_bits: bits per note of the training batches of this round.
        validation_bits, best_bits: bits per note of the last validation and of the best one.
        baseline_bits: bits per note of an order-2 Markov chain on the validation split.
        history: the figures of each round.
    """

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

    def resume_at(self, round: int, step: int, history: list[dict[str, float]]) -> None:
        """Continue a run after `round` rounds and `step` steps, whose rounds may have had another length."""
        left = math.ceil(max(0, self.num_steps - step) / self.round_steps)
        self.round, self.step, self.history = round, step, history
        self.num_rounds, self.num_steps = round + left, step + left * self.round_steps


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What a training is given beside its settings.

    Attributes:
        listener: called after every step and every round.
        state: file to save the state in after every round; None saves none.
        resume: continue from that file where it exists.
        weights: to start from instead of random ones, by name.
        max_seconds: stop by then; the learning rate falls with the time.
        callbacks: further Keras callbacks; their logs hold validation_bits and gradient_norm.
        on_round: called after every round, with the averaged weights.
        validator: measures the weights of a round; None takes the NumPy network over the validation split.
        round_steps: steps of a round; None follows from the length of the run and from `max_seconds`.
        compiled: whether Keras compiles the step with XLA; None compiles where the run is long enough to win back the
            time that it takes. Only TensorFlow and JAX compile.
        clock: seconds from some moment on, as `time.monotonic` counts them.
    """

    listener: Listener | None = None
    state: str | os.PathLike[str] | None = None
    resume: bool = False
    weights: Weights | None = None
    max_seconds: float | None = None
    callbacks: Sequence[keras.callbacks.Callback] = ()
    on_round: Callable[[Progress, Metadata, Weights], None] | None = None
    validator: Validator | None = None
    round_steps: int | None = None
    compiled: bool | None = None
    clock: Callable[[], float] = time.monotonic
