"""The arguments of a training besides its settings, and the progress that it reports; both without importing Keras."""

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

    from .distribution import Team
    from .validation import Validator


@dataclass(slots=True)
class Progress:
    """The progress of a training. It is one object that changes at every step.

    Attributes:
        round, num_rounds: rounds done, and in total; after each round the weights are validated.
        round_steps: steps of a round.
        step, num_steps: steps done, and in total.
        steps_per_epoch: steps that hold about as many notes as the training split.
        notes: training notes processed so far.
        seconds: time spent, including the runs that it resumes.
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
        """Continue after `round` rounds and `step` steps of a run whose rounds may have had another length."""
        left = math.ceil(max(0, self.num_steps - step) / self.round_steps)
        self.round, self.step, self.history = round, step, history
        self.num_rounds, self.num_steps = round + left, step + left * self.round_steps


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Run:
    """The arguments of a training besides its settings.

    Attributes:
        listener: called after every step and every round.
        state: file for the state, saved after every round; None saves nothing.
        resume: continue from that file where it exists.
        weights: weights to start from, by name; None for random ones.
        max_seconds: time limit, over which the learning rate falls; None for none.
        callbacks: further Keras callbacks; their logs hold validation_bits and gradient_norm.
        on_round: called after every round, with the averaged weights.
        validator: measures the weights of a round; None for the NumPy network on the validation split.
        round_steps: steps of a round; None to derive it from the length of the run and `max_seconds`.
        compiled: whether Keras compiles the step with XLA; None compiles where the run is long enough to save more
            time than the compilation takes. Only TensorFlow and JAX compile.
        team: the processes that train together; None where there is one.
        clock: returns seconds since an arbitrary moment, like `time.monotonic`.
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
    team: Team | None = None
    clock: Callable[[], float] = time.monotonic
