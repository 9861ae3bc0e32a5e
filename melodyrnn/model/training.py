"""Training: Adam with clipped gradients and a falling rate, averaged weights, the best of them kept.

Training runs in rounds, a fortieth of the whole each. After every round the averaged weights are validated by the
network that users will run, the NumPy one, over whole pieces, and the state is saved. Step n draws its batch from a
random stream of its own, so a run that was killed and resumed sees what an uninterrupted one sees.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from ..checkpoint import Metadata
from ..corpus.batches import Batches
from ..corpus.contexts import training_examples
from ..corpus.store import Corpus
from ..errors import Cancelled, TrainingError
from ..evaluation.markov import MarkovModel
from ..events.context import context_of
from ..events.inputs import Inputs
from ..extras import require
from .monitor import TrainingMonitor
from .network import NoteNetwork
from .optimizer import Adam
from .recurrence import LSTM
from .run import Progress, Run
from .saving import build_network, network_of, set_weights
from .settings import RATE, TrainingSettings

NUM_ROUNDS = 40
_MAX_ROUND_STEPS = 200  # what a kill can cost
_TIMED_ROUND_STEPS = 25  # the rate falls from round to round, so a run that ends by the clock needs many
_WARMUP = 0.05  # share of the run in which the rate rises
_XLA_STEPS = 150  # steps from which XLA's compilation, some ten seconds, is won back


def train(
    corpus: Corpus, settings: TrainingSettings | None = None, run: Run | None = None
) -> tuple[NoteNetwork, Metadata]:
    """Train on a corpus's training split, stop when its validation split no longer gains.

    Without a validation split it runs to its end and the latest averaged weights are what is returned.

    A KeyboardInterrupt, or Cancelled raised by the listener, ends the training early; the best weights so far are what
    is returned either way, and the exception goes on where there are none. The entry
    "stopped" of `metadata.training` says why it ended: "done", "patience", "time", "interrupt" or "exploded".

    Raises:
        TrainingError: where the loss exploded before there was anything worth keeping.
        SettingError: where the run to resume was another.
    """
    run = run or Run()
    notes = [piece.num_notes for piece in corpus.pieces if piece.split == "train"]
    settings = (settings or TrainingSettings()).resolved(sum(notes), len(notes), run.weights is not None)
    keras.utils.set_random_seed(settings.seed)
    examples = training_examples(corpus)
    inputs = Inputs.of(corpus.vocabulary)
    batches = Batches(
        examples.contexts,
        examples.targets,
        inputs,
        settings.length,
        settings.batch_size or 1,
        settings.hide_lookbacks,
        settings.hide_form,
    )
    network = build_network(NoteNetwork(inputs, **settings.network))
    if run.weights is not None:
        set_weights(network, run.weights)
    validation = corpus.melodies("validation")
    progress = plan(settings, batches.per_epoch, run.max_seconds is not None)
    optimizer = compile_network(network, settings, progress.num_steps)
    baseline = MarkovModel(examples.targets, list(inputs.values.values()))
    if validation:
        progress.baseline_bits = baseline.bits_per_note(context_of(validation, corpus.vocabulary)[1])
    keeper = TrainingMonitor(corpus, settings, validation, progress, optimizer, run)
    keeper.resume(network)
    if run.weights is not None:
        keeper.begin_with(run.weights)
    try:
        fit_network(network, batches, settings, progress, [keeper, *run.callbacks], keeper.time_spent)
    except (KeyboardInterrupt, Cancelled):
        keeper.stopped = "interrupt"
        if not keeper.has_best:
            raise
    keeper.settle()
    if not keeper.has_best and keeper.stopped == "exploded":
        raise TrainingError(
            "the loss must stay finite and under that of blind guessing; it exploded before there was a model to keep: "
            "lower --learning-rate or clip the gradient with --clip-norm 1. "
            f"Received: --learning-rate {settings.learning_rate:g} --clip-norm {settings.clip_norm:g}"
        )
    return network_of(network, keeper.best), keeper.metadata


def tensorboard(folder: str) -> Any:
    """A callback that writes what TensorBoard shows. Raises MissingExtraError where its package is missing."""
    require("tensorboard", "tensorboard")
    return keras.callbacks.TensorBoard(folder, write_graph=False)


def plan(settings: TrainingSettings, steps_per_epoch: int, timed: bool = False) -> Progress:
    """How many rounds of how many steps; `settings` must be resolved. Rounds of a `timed` run are short."""
    total = (settings.epochs or 1) * steps_per_epoch
    steps = max(1, min(_TIMED_ROUND_STEPS if timed else _MAX_ROUND_STEPS, math.ceil(total / NUM_ROUNDS)))
    rounds = math.ceil(total / steps)
    return Progress(num_rounds=rounds, round_steps=steps, num_steps=rounds * steps, steps_per_epoch=steps_per_epoch)


def learning_rate(highest: float, done: float) -> float:
    """The rate when a share `done` of the run, 0..1, lies behind: a short rise, then half a cosine down to 0."""
    if done < _WARMUP:
        return highest * max(done, 0.005) / _WARMUP
    return highest * 0.5 * (1 + math.cos(math.pi * (min(1.0, done) - _WARMUP) / (1 - _WARMUP)))


def compile_network(network: NoteNetwork, settings: TrainingSettings, num_steps: int) -> Adam:
    """Give a built network its optimizer, which is returned, and its loss; `settings` must be resolved."""
    optimizer = Adam(settings.clip_norm)
    optimizer.build(network.trainable_variables)
    worth_compiling = keras.backend.backend() == "jax" or (
        keras.backend.backend() == "tensorflow" and num_steps >= _XLA_STEPS
    )
    for layer in network.layers:
        if isinstance(layer, LSTM):
            layer.compiled = worth_compiling
    network.compile(optimizer=optimizer, loss=_nats_per_note, jit_compile=worth_compiling)
    return optimizer


def _nats_per_note(weights: Any, log_probabilities: Any) -> Any:
    """Mean over notes of the negative log-probability of all their fields; both (B, T, F)."""
    return -ops.sum(weights * log_probabilities) / ops.maximum(ops.sum(weights[..., -1]), 1.0)


def fit_network(
    network: NoteNetwork,
    batches: Batches,
    settings: TrainingSettings,
    progress: Progress,
    callbacks: Sequence[Any] = (),
    time_spent: Callable[[], float] = lambda: 0.0,
) -> None:
    """Run all rounds from `progress.round` on; a Keras epoch is a round. `time_spent` is a share of the run, 0..1."""

    def forever() -> Iterator[Any]:
        step = progress.step
        while True:
            yield batches.draw(np.random.default_rng([settings.seed, step]))
            step += 1

    network.fit(
        forever(),
        steps_per_epoch=progress.round_steps,
        initial_epoch=progress.round,
        epochs=progress.num_rounds,
        callbacks=[_Schedule(settings.learning_rate or RATE, progress, time_spent), *callbacks],
        verbose=0,
        shuffle=False,  # the batches are drawn at random already
    )


class _Schedule(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets the rate before every round, by the steps done or, where that is more, by the time spent, 0..1."""

    def __init__(self, highest: float, progress: Progress, time_spent: Callable[[], float]) -> None:
        super().__init__()
        self._highest, self._num_steps, self._round_steps = highest, progress.num_steps, progress.round_steps
        self._first = progress.step - progress.round * progress.round_steps
        self._time_spent = time_spent

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        done = (self._first + (epoch + 0.5) * self._round_steps) / self._num_steps
        self.model.optimizer.learning_rate = learning_rate(self._highest, max(done, self._time_spent()))
