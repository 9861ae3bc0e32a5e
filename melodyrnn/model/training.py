"""Training: Adam with clipped gradients and a falling rate, averaged weights, the best of them kept.

Training runs in rounds, a fortieth of the whole each. After every round the averaged weights are validated by the
network that users will run, the NumPy one, over whole pieces, and the state is saved. Step n draws its batch from a
random stream of its own, so a run that was killed and resumed sees what an uninterrupted one sees.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import ops

from ..checkpoint import Metadata, Weights
from ..corpus.batches import Batches
from ..corpus.store import Corpus
from ..errors import TrainingError
from ..evaluation.bits import evaluate
from ..evaluation.markov import MarkovModel
from ..events.context import context_of
from ..events.melody import Melody
from ..events.wiring import Wiring
from ..extras import require
from ..inference.network import Network
from .network import NoteNetwork
from .optimizer import Adam
from .resume import SavedRun, fingerprint, load_run, save_run
from .saving import build_network, named_variables, network_of, set_weights
from .settings import TrainingSettings

NUM_ROUNDS = 40
_MAX_ROUND_STEPS = 200  # what a kill can cost
_TIMED_ROUND_STEPS = 25  # the rate falls from round to round, so a run that ends by the clock needs many
_WARMUP = 0.05  # share of the run in which the rate rises
_AVERAGED = 1 / 12  # share of the run over which weights are averaged
_XLA_STEPS = 150  # steps from which XLA's compilation, some ten seconds, is won back
_HOPELESS = 1.5  # times the bits of guessing blindly: a loss above that has exploded


@dataclass(slots=True)
class Progress:
    """What a listener is told. `bits` are per note; `validation_bits` those of the last validation."""

    round: int = 0
    num_rounds: int = 0
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


def train(
    corpus: Corpus, settings: TrainingSettings | None = None, run: Run | None = None
) -> tuple[NoteNetwork, Metadata]:
    """Train on a corpus's training split, stop when its validation split no longer gains.

    Without a validation split it runs to its end and the latest averaged weights are what is returned.

    A KeyboardInterrupt ends the training early; the best weights so far are what is returned either way. The entry
    "stopped" of `metadata.training` says why it ended: "done", "patience", "time", "interrupt" or "exploded".

    Raises:
        TrainingError: where the loss exploded before there was anything worth keeping.
        SettingError: where the run to resume was another.
    """
    run = run or Run()
    melodies = corpus.melodies("train")
    settings = (settings or TrainingSettings()).resolved(sum(len(m) for m in melodies), len(melodies))
    keras.utils.set_random_seed(settings.seed)
    contexts, targets = context_of(melodies, corpus.vocabulary, with_form=True)
    wiring = Wiring.of(corpus.vocabulary)
    batches = Batches(
        contexts,
        targets,
        wiring.layout,
        settings.length,
        settings.batch_size or 1,
        settings.hide_lookbacks,
        settings.hide_form,
    )
    network = build_network(NoteNetwork(wiring, **settings.network))
    if run.weights is not None:
        set_weights(network, run.weights)
    validation = corpus.melodies("validation")
    progress = plan(settings, batches.per_epoch, run.max_seconds is not None)
    optimizer = compile_network(network, settings, progress.num_steps)
    baseline = MarkovModel(targets, list(wiring.values.values()))
    if validation:
        progress.baseline_bits = baseline.bits_per_note(context_of(validation, corpus.vocabulary)[1])
    keeper = _Keeper(corpus, settings, validation, progress, optimizer, run)
    keeper.resume(network)
    try:
        fit_network(network, batches, settings, progress, [keeper, *run.callbacks])
    except KeyboardInterrupt:
        keeper.stopped = "interrupt"
        if not keeper.has_best:
            raise
    if not keeper.has_best and keeper.stopped == "exploded":
        raise TrainingError(
            "the loss must stay finite and under that of blind guessing; it exploded before there was a model to keep: "
            "lower --learning-rate or clip the gradient with --clip-norm 1. "
            f"Received: --learning-rate {settings.learning_rate:g} --clip-norm {settings.clip_norm:g}"
        )
    return network_of(network, keeper.best), keeper.metadata


def devices() -> list[str]:
    """The GPUs that Keras computes on, by name; none where it computes on the CPU."""
    return list(keras.distribution.list_devices("gpu"))


def tensorboard(folder: str) -> Any:
    """A callback that writes what TensorBoard shows. Raises MissingExtraError where its package is missing."""
    require("tensorboard", "tensorboard")
    return keras.callbacks.TensorBoard(folder, write_graph=False)


def plan(settings: TrainingSettings, steps_per_epoch: int, timed: bool = False) -> Progress:
    """How many rounds of how many steps; `settings` must be resolved. Rounds of a `timed` run are short."""
    total = (settings.epochs or 1) * steps_per_epoch
    steps = max(1, min(_TIMED_ROUND_STEPS if timed else _MAX_ROUND_STEPS, math.ceil(total / NUM_ROUNDS)))
    rounds = math.ceil(total / steps)
    return Progress(num_rounds=rounds, num_steps=rounds * steps, steps_per_epoch=steps_per_epoch)


def learning_rate(highest: float, done: float) -> float:
    """The rate when a share `done` of the run, 0..1, lies behind: a short rise, then half a cosine down to 0."""
    if done < _WARMUP:
        return highest * max(done, 0.005) / _WARMUP
    return highest * 0.5 * (1 + math.cos(math.pi * (min(1.0, done) - _WARMUP) / (1 - _WARMUP)))


def compile_network(network: NoteNetwork, settings: TrainingSettings, num_steps: int) -> Adam:
    """Give a built network its optimizer, which is returned, and its loss; `settings` must be resolved."""
    optimizer = Adam(settings.clip_norm, num_steps * _AVERAGED)
    optimizer.build(network.trainable_variables)
    worth_compiling = keras.backend.backend() == "jax" or (
        keras.backend.backend() == "tensorflow" and num_steps >= _XLA_STEPS
    )
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
) -> None:
    """Run all rounds from `progress.round` on; a Keras epoch is a round."""
    steps = progress.num_steps // progress.num_rounds

    def forever() -> Iterator[Any]:
        step = progress.round * steps
        while True:
            yield batches.draw(np.random.default_rng([settings.seed, step]))
            step += 1

    network.fit(
        forever(),
        steps_per_epoch=steps,
        initial_epoch=progress.round,
        epochs=progress.num_rounds,
        callbacks=[_Schedule(settings.learning_rate, progress.num_rounds), *callbacks],
        verbose=0,
        shuffle=False,  # the batches are drawn at random already
    )


class _Schedule(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets the rate before every round, by the rounds done or, where a keeper counts time, by the time."""

    def __init__(self, highest: float, num_rounds: int) -> None:
        super().__init__()
        self._highest, self._num_rounds = highest, num_rounds

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        done = (epoch + 0.5) / self._num_rounds
        spent = getattr(self.model, "time_spent", lambda: 0.0)()
        self.model.optimizer.learning_rate = learning_rate(self._highest, max(done, spent))


class _Keeper(keras.callbacks.Callback):  # type: ignore[misc]
    """Validates, keeps the best weights, saves the state, tells the listener, stops when it is time."""

    def __init__(
        self,
        corpus: Corpus,
        settings: TrainingSettings,
        validation: list[Melody],
        progress: Progress,
        optimizer: Adam,
        run: Run,
    ) -> None:
        super().__init__()
        self._corpus, self._settings, self._validation = corpus, settings, validation
        self._progress, self._optimizer, self._run = progress, optimizer, run
        self._best: Weights | None = None
        self._since_best = 0
        self._started = time.monotonic()
        self._before = 0.0  # seconds of the runs that this one resumes
        self._round_seconds = 0.0
        self._validated, self._validation_seconds = -math.inf, 0.0
        self.stopped = "done"

    @property
    def has_best(self) -> bool:
        return self._best is not None

    @property
    def best(self) -> Weights:
        """The best weights; the latest where none was validated."""
        return self._best if self._best is not None else self._averaged()

    @property
    def metadata(self) -> Metadata:
        p = self._progress
        training = {
            "settings": self._settings.to_json(),
            "epochs": round(p.epoch, 2),
            "steps": p.step,
            "seconds": round(p.seconds, 1),
            "validation_bits_per_note": p.best_bits if self._validation else None,
            "baseline_bits_per_note": p.baseline_bits if self._validation else None,
            "backend": keras.backend.backend(),
            "stopped": self.stopped,
            "history": p.history,
        }
        return Metadata(self._corpus.vocabulary, self._settings.network, self._corpus.statistics, training)

    def resume(self, network: NoteNetwork) -> None:
        """Take up the saved run, where one is asked for and there is one."""
        if not self._run.resume or self._run.state is None or not os.path.exists(self._run.state):
            return
        saved = load_run(self._run.state, fingerprint(self._corpus), self._settings)
        saved.restore(network, self._optimizer)
        p = self._progress
        p.round, p.history, p.best_bits = saved.round, saved.history, saved.best_bits
        p.step = p.round * (p.num_steps // p.num_rounds)
        self._before, self._best, self._since_best = saved.seconds, saved.best, saved.since_best

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._started = time.monotonic()
        limit = self._run.max_seconds
        self.model.time_spent = lambda: self._seconds() / limit if limit else 0.0

    def _seconds(self) -> float:
        return self._before + time.monotonic() - self._started

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        p = self._progress
        p.step += 1
        p.notes += (self._settings.batch_size or 1) * self._settings.length
        p.seconds = self._seconds()
        p.train_bits = float((logs or {}).get("loss", math.nan)) / math.log(2)
        self._tell()
        blind = sum(math.log2(size) for size in self.model.wiring.values.values())
        if not p.train_bits <= _HOPELESS * blind:  # NaN too
            self._stop("exploded")
        elif self._run.max_seconds and p.seconds + self._round_seconds > self._run.max_seconds:
            self._stop("time")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.stopped == "exploded":
            return
        p, started = self._progress, time.monotonic()
        p.round = epoch + 1
        weights, norms = self._averaged(), self._optimizer.take_norms()
        self._validate(weights)
        row = {
            "step": p.step,
            "epoch": round(p.epoch, 3),
            "seconds": round(self._seconds(), 2),
            "learning_rate": float(ops.convert_to_numpy(self._optimizer.learning_rate)),
            "train_bits": round(p.train_bits, 5),
            **(
                {"validation_bits": round(p.validation_bits, 5), "best_bits": round(p.best_bits, 5)}
                if self._validation
                else {}
            ),
            "gradient_norm": round(norms.mean, 5),
            "largest_gradient_norm": round(norms.largest, 5),
            "clipped_share": round(norms.clipped, 4),
        }
        p.history.append(row)
        if logs is not None:
            logs.update({name: row[name] for name in ("validation_bits", "best_bits", "gradient_norm") if name in row})
        self._save()
        self._tell()
        if self._run.on_round is not None:
            self._run.on_round(p, self.metadata, weights)
        self._round_seconds = max(self._round_seconds, time.monotonic() - started)
        if self._since_best >= self._settings.patience:
            self._stop("patience")

    def _validate(self, weights: Weights) -> None:
        """Keep the weights where they are the best so far; the latest ones where there is nothing to validate on."""
        p, started = self._progress, time.monotonic()
        if not self._validation:
            self._best = weights
            return
        if not self._validation_is_due(started):
            return
        model = Network(Metadata(self._corpus.vocabulary, self._settings.network), weights)
        p.validation_bits = evaluate(model, self._corpus.vocabulary, self._validation).bits_per_note
        self._since_best += 1
        if p.validation_bits < p.best_bits:
            p.best_bits, self._best, self._since_best = p.validation_bits, weights, 0
        self._validated, self._validation_seconds = time.monotonic(), time.monotonic() - started

    def _validation_is_due(self, now: float) -> bool:
        """Every round, but in a run by the clock, whose rounds are short, in at most about a tenth of the time."""
        timed = self._run.max_seconds is not None
        last = self.stopped != "done" or self._progress.round == self._progress.num_rounds
        return not timed or last or now - self._validated >= 9 * self._validation_seconds

    def _save(self) -> None:
        if self._run.state is None:
            return
        p = self._progress
        saved = SavedRun(p.round, p.history, p.best_bits, self._seconds(), self._since_best, self.best)
        save_run(self._run.state, saved, self.model, self._optimizer, fingerprint(self._corpus), self._settings)

    def _stop(self, why: str) -> None:
        self.stopped = why
        self.model.stop_training = True

    def _tell(self) -> None:
        if self._run.listener is not None:
            self._run.listener(self._progress)

    def _averaged(self) -> Weights:
        named = named_variables(self.model)
        return dict(zip(named, self._optimizer.averaged(named.values()), strict=True))
