"""Training: Adam with clipped gradients and a decaying rate; the best averaged weights are returned.

A run consists of rounds, each a fortieth of the run and at most 200 steps. After every round the averaged weights are
validated by the NumPy network over whole pieces, and the state is saved. Each step draws its batch from a separate
random stream, so a run that was killed and resumed trains on the same batches as an uninterrupted one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import TypeVar

import keras
import numpy as np
import numpy.typing as npt

from ..checkpoint import Metadata
from ..corpus.batches import Batches
from ..corpus.contexts import Cut, Examples, training_examples
from ..corpus.sample import step_of
from ..corpus.store import Corpus
from ..errors import Cancelled, TrainingError
from ..evaluation.markov import MarkovModel
from ..events.context import context_of
from ..events.inputs import Inputs
from ..extras import check_installed
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from .ahead import ahead
from .distribution import ALONE, Team, num_devices, own_rows
from .experts import with_experts
from .loss import nats_per_note
from .monitor import TrainingMonitor
from .network import NoteNetwork
from .optimizer import Adam
from .recurrence import LSTM, gpus
from .run import Progress, Run
from .saving import build_network, network_of, set_weights
from .settings import RATE, TrainingSettings
from .together import Together
from .types import Logs, Tensor
from .validation import MAX_VALIDATED, BestWeights, PieceValidator, Validator

T = TypeVar("T")
NUM_ROUNDS = 40
_MAX_ROUND_STEPS = 200  # the most that a killed run can lose
_TIMED_ROUND_STEPS = 25  # the rate changes once per round, so a run with a time limit needs many rounds
_WARMUP = 0.05  # share of the run in which the rate rises
_MAX_COUNTED = 1_000_000  # notes that the baseline learns from; of more, some of the pieces are taken
_XLA_STEPS = 150  # runs of this many steps save more than the ten seconds of compiling by XLA


def train(
    corpus: Corpus, settings: TrainingSettings | None = None, run: Run | None = None
) -> tuple[NoteNetwork, Metadata]:
    """Train on the training split of a corpus until the bits on its validation split no longer fall.

    Without a validation split training runs to its end and returns the latest averaged weights. A KeyboardInterrupt, or
    Cancelled raised by the listener, ends it early with the best weights so far; without any, the exception is raised
    again.

    Returns:
        The network with the best weights, and the metadata of its model file. The entry "stopped" of
        `metadata.training` says why training ended: "done", "patience", "time", "interrupt" or "exploded".

    Raises:
        TrainingError: where the loss exploded before there were weights to keep.
        SettingError: where the run to resume had other settings or another corpus.
    """
    run = run or Run()
    team = run.team or ALONE
    notes = [record.num_notes for record in corpus.records("train")]
    has_parts = bool(corpus.vocabulary.parts)
    settings = (settings or TrainingSettings()).resolved(sum(notes), len(notes), run.weights is not None, has_parts)
    keras.utils.set_random_seed(settings.seed)
    examples = training_examples(corpus)
    inputs = Inputs.of(corpus.vocabulary)
    batches = _batches(examples, inputs, settings, corpus)
    network = build_network(NoteNetwork(inputs, **settings.network))
    if run.weights is not None:
        set_weights(network, run.weights)
    validation = corpus.some("validation", MAX_VALIDATED) if team.leads else []
    progress = plan(settings, batches.per_epoch, run.max_seconds is not None, run.round_steps)
    optimizer = compile_network(network, settings, progress.num_steps, run.compiled)
    if validation:
        baseline = MarkovModel(_some(examples.targets, _MAX_COUNTED), list(inputs.values.values()))
        progress.baseline_bits = baseline.bits_per_note(context_of(validation, corpus.vocabulary)[1])
    best = BestWeights(_validator(corpus, settings, validation, run))
    monitor = TrainingMonitor(corpus, settings, best, progress, optimizer, run)
    monitor.resume(network)
    if run.weights is not None:
        monitor.start_from(run.weights)
    try:
        _fit(network, batches, settings, progress, monitor, run)
    except (KeyboardInterrupt, Cancelled):
        monitor.stopped = "interrupt"
        if best.weights is None:
            raise
    if best.weights is None and monitor.stopped == "exploded":
        raise TrainingError(
            "the loss must stay finite and under that of a uniform guess; it exploded before there was a model: "
            "lower --learning-rate or clip the gradient with --clip-norm 1. "
            f"Received: --learning-rate {settings.learning_rate:g} --clip-norm {settings.clip_norm:g}"
        )
    if not team.leads:
        return network, monitor.metadata
    best.interpolate()
    return network_of(network, monitor.weights), with_experts(monitor.metadata, monitor.weights, corpus)


def _some(targets: Cut[np.int32], max_notes: int) -> Sequence[npt.NDArray[np.int32]]:
    """Return the targets of all pieces, or of every second, third ... piece, of about `max_notes` notes at most."""
    return targets[:: step_of(targets.num_rows, max_notes)]


def _fit(
    network: NoteNetwork,
    batches: Batches,
    settings: TrainingSettings,
    progress: Progress,
    monitor: TrainingMonitor,
    run: Run,
) -> None:
    """Run the rounds, alone or with the other processes, which are left when all have come to the end."""
    team = run.team or ALONE
    if team.size == 1:
        try:
            fit_network(network, batches, settings, progress, [monitor, *run.callbacks], monitor.time_spent)
        finally:
            team.end()
        return
    together = Together(team, monitor, progress)
    time_spent = together.time_spent if run.max_seconds else monitor.time_spent
    try:
        with together.interruptible():
            fit_network(network, batches, settings, progress, [together, *run.callbacks], time_spent, team)
    finally:
        if together.ended:
            team.end()


def _batches(examples: Examples, inputs: Inputs, settings: TrainingSettings, corpus: Corpus) -> Batches:
    return Batches(
        examples.contexts,
        examples.targets,
        inputs,
        settings.length,
        settings.batch_size or 1,
        settings.hide_lookbacks,
        settings.hide_form,
        corpus.vocabulary,
        [record.meter.bar(STEPS_PER_QUARTER) for record in corpus.records("train")],
        settings.given_share,
    )


def _validator(corpus: Corpus, settings: TrainingSettings, pieces: list[Score], run: Run) -> Validator | None:
    """Return the validator: that of the run, else the NumPy network; None without a validation split."""
    if not pieces:
        return None
    return run.validator or PieceValidator(Metadata(corpus.vocabulary, dict(settings.network)), pieces)


def backend() -> str:
    """Return the name of the backend that Keras computes with."""
    return str(keras.backend.backend())


def tensorboard(folder: str) -> keras.callbacks.Callback:
    """Return a callback that writes the files of TensorBoard. Raises MissingExtraError where its package is missing."""
    check_installed("tensorboard")
    return keras.callbacks.TensorBoard(folder, write_graph=False)


def plan(
    settings: TrainingSettings, steps_per_epoch: int, timed: bool = False, round_steps: int | None = None
) -> Progress:
    """Return the initial progress of a run with resolved settings: the number of rounds and of steps in each.

    Rounds of a `timed` run, one with a time limit, are short. `round_steps` overrides the number of steps in a round.
    """
    total = (settings.epochs or 1) * steps_per_epoch
    steps = round_steps or min(_TIMED_ROUND_STEPS if timed else _MAX_ROUND_STEPS, math.ceil(total / NUM_ROUNDS))
    rounds = math.ceil(total / steps)
    return Progress(num_rounds=rounds, round_steps=steps, num_steps=rounds * steps, steps_per_epoch=steps_per_epoch)


def learning_rate(highest: float, done: float) -> float:
    """Return the rate when a share `done` of the run, 0..1, is done: a short rise, then half a cosine down to 0."""
    if done < _WARMUP:
        return highest * max(done, 0.005) / _WARMUP
    return highest * 0.5 * (1 + math.cos(math.pi * (min(1.0, done) - _WARMUP) / (1 - _WARMUP)))


def compile_network(
    network: NoteNetwork, settings: TrainingSettings, num_steps: int, compiled: bool | None = None
) -> Adam:
    """Compile a built network with its loss and optimizer, and return the optimizer; the settings must be resolved.

    `compiled` says whether Keras compiles the step with XLA; None decides by the backend and the number of steps.
    """
    optimizer = Adam(settings.clip_norm)
    optimizer.build(network.trainable_variables)
    if compiled is None:
        backend = keras.backend.backend()
        # not for TensorFlow on a GPU, whose LSTM by cuDNN cannot be compiled by XLA
        compiled = backend == "jax" or (backend == "tensorflow" and num_steps >= _XLA_STEPS and not gpus())
    for layer in network.layers:
        if isinstance(layer, LSTM):
            layer.compiled = compiled
    network.compile(optimizer=optimizer, loss=nats_per_note, jit_compile=compiled)
    return optimizer


def fit_network(
    network: NoteNetwork,
    batches: Batches,
    settings: TrainingSettings,
    progress: Progress,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    time_spent: Callable[[], float] = lambda: 0.0,
    team: Team = ALONE,
) -> None:
    """Run the rounds from `progress.round` on; a round is an epoch of Keras.

    Args:
        time_spent: returns the share of the time limit that is spent, 0..1.
        team: the processes that share each batch.
    """

    def batch(step: int) -> tuple[dict[str, Tensor], Tensor]:
        inputs, weights = batches.draw(np.random.default_rng([settings.seed, step]))
        own = {name: own_rows(rows, team, devices) for name, rows in inputs.items()}
        return own, own_rows(weights, team, devices)

    devices = num_devices()
    # Beside a GPU a thread draws the next ones. On a CPU drawing is under 1 % of a step, and the cores are busy.
    drawn = ahead(batch, progress.step) if gpus() else map(batch, count(progress.step))
    network.fit(
        _generated(drawn),
        steps_per_epoch=progress.round_steps,
        initial_epoch=progress.round,
        epochs=progress.num_rounds,
        callbacks=[RateSchedule(settings.learning_rate or RATE, progress, time_spent), *callbacks],
        verbose=0,
        shuffle=False,  # the batches are drawn at random
    )


def _generated(batches: Iterator[T]) -> Iterator[T]:
    """Return the batches as a generator, which is what Keras takes."""
    yield from batches


class RateSchedule(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets the learning rate before every round by the share of steps done or time spent, whichever is larger."""

    def __init__(self, highest: float, progress: Progress, time_spent: Callable[[], float]) -> None:
        super().__init__()
        self._highest, self._num_steps, self._round_steps = highest, progress.num_steps, progress.round_steps
        self._first = progress.step - progress.round * progress.round_steps
        self._time_spent = time_spent

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        done = (self._first + (epoch + 0.5) * self._round_steps) / self._num_steps
        self.model.optimizer.learning_rate = learning_rate(self._highest, max(done, self._time_spent()))
