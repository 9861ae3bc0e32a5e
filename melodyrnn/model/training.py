"""Training: Adam with clipped gradients and a cosine schedule, averaged weights, the best of them kept.

Exploding gradients are met by clipping their norm (Pascanu et al. 2013), vanishing ones by the LSTM's gates.
Validation runs the network that users will run, the NumPy one, on the averaged weights over whole pieces.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import keras
import numpy as np
from keras import ops

from ..checkpoint import Metadata, Weights, add_metadata
from ..corpus.batches import Batches
from ..corpus.store import Corpus
from ..errors import SettingError
from ..evaluation.bits import evaluate
from ..evaluation.markov import MarkovModel
from ..events.context import context_of
from ..events.melody import Melody
from ..events.wiring import Wiring
from ..files import atomic_file
from ..inference.network import Network, expected_shapes
from .network import NoteNetwork


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train. What is None follows from the corpus's size.

    Attributes:
        epochs: passes over the training notes.
        batch_size: sequences a step.
        length: notes a sequence.
        units, num_layers, dropout: see `NoteNetwork`.
        learning_rate: of Adam, at its highest.
        clip_norm: largest norm of a gradient over all weights.
        hide_lookbacks: share of sequences in which the look-backs are hidden, 0..1.
        patience: validations without a new best after which training stops.
        seed: of initial weights, batches and dropout.
    """

    epochs: int | None = None
    batch_size: int | None = None
    length: int = 128
    units: int | None = None
    num_layers: int = 2
    dropout: float | None = None
    learning_rate: float = 2e-3
    clip_norm: float = 1.0
    hide_lookbacks: float = 0.25
    patience: int = 12
    seed: int = 0

    def __post_init__(self) -> None:
        rules = [
            ("epochs", self.epochs is None or self.epochs >= 1, "at least 1"),
            ("batch_size", self.batch_size is None or self.batch_size >= 1, "at least 1"),
            ("length", self.length >= 2, "at least 2"),
            ("units", self.units is None or self.units >= 1, "at least 1"),
            ("num_layers", self.num_layers >= 1, "at least 1"),
            ("dropout", self.dropout is None or 0 <= self.dropout < 1, "at least 0 and under 1"),
            ("learning_rate", self.learning_rate > 0, "over 0"),
            ("clip_norm", self.clip_norm > 0, "over 0"),
            ("hide_lookbacks", 0 <= self.hide_lookbacks <= 1, "from 0 to 1"),
            ("patience", self.patience >= 1, "at least 1"),
        ]
        for name, holds, rule in rules:
            if not holds:
                raise SettingError(f"{name} must be {rule}. Received: {getattr(self, name)}")

    def resolved(self, num_notes: int) -> TrainingSettings:
        """With the blanks filled for a training split of so many notes."""
        small = num_notes < 15_000  # a hundred tunes: there a wide network learns them by heart
        batch_size = self.batch_size or (8 if small else 16 if num_notes <= 60_000 else 32)
        steps_per_epoch = max(1.0, num_notes / self.length / batch_size)
        wanted_steps = 350 if small else 1500
        epochs = self.epochs or max(16, min(100, math.ceil(wanted_steps / steps_per_epoch)))
        units = self.units or (128 if small else 256)
        dropout = self.dropout if self.dropout is not None else (0.5 if small else 0.3)
        changed = {"batch_size": batch_size, "epochs": epochs, "units": units, "dropout": dropout}
        return TrainingSettings(**{**asdict(self), **changed})


@dataclass(slots=True)
class Progress:
    """What a listener is told. `bits` are per note; `validation_bits` those of the last validation."""

    epoch: int = 0
    num_epochs: int = 0
    step: int = 0
    num_steps: int = 0
    notes: int = 0
    seconds: float = 0.0
    train_bits: float = math.nan
    validation_bits: float = math.nan
    best_bits: float = math.inf
    baseline_bits: float = math.nan
    history: list[dict[str, float]] = field(default_factory=list)


Listener = Callable[[Progress], None]


def train(
    corpus: Corpus, settings: TrainingSettings | None = None, listener: Listener | None = None
) -> tuple[NoteNetwork, Metadata]:
    """Train on a corpus's training split, stop when its validation split no longer gains.

    A KeyboardInterrupt ends the training early; the best weights so far are what is returned either way.
    """
    melodies = corpus.melodies("train")
    settings = (settings or TrainingSettings()).resolved(sum(len(m) for m in melodies))
    keras.utils.set_random_seed(settings.seed)
    contexts, targets = context_of(melodies, corpus.vocabulary)
    wiring = Wiring.of(corpus.vocabulary)
    assert settings.batch_size is not None
    batches = Batches(contexts, targets, wiring.layout, settings.length, settings.batch_size, settings.hide_lookbacks)
    network = NoteNetwork(wiring, settings.units or 0, settings.num_layers, settings.dropout or 0.0)
    compile_network(network, settings, batches.per_epoch)
    validation = corpus.melodies("validation") or melodies
    baseline = MarkovModel(targets, list(wiring.values.values()))
    progress = Progress(num_epochs=settings.epochs or 0, num_steps=(settings.epochs or 0) * batches.per_epoch)
    progress.baseline_bits = baseline.bits_per_note(context_of(validation, corpus.vocabulary)[1])
    keeper = _Keeper(corpus, settings, validation, progress, listener)
    try:
        fit_network(network, batches, settings, [keeper])
    except KeyboardInterrupt:
        if not keeper.has_best:
            raise
    return _finished(network, keeper.best), keeper.metadata


def save_model(network: NoteNetwork, metadata: Metadata, path: str | os.PathLike[str], force: bool = False) -> None:
    """Write a `.keras` file with `melodyrnn.json` inside, atomically."""
    if not str(path).endswith(".keras"):
        raise SettingError(f"a model's name must end in .keras. Received: {path}")
    with atomic_file(path, force) as temporary:
        temporary.unlink()
        network.save(temporary)
        add_metadata(temporary, metadata)


def load_model(path: str | os.PathLike[str]) -> NoteNetwork:
    """The Keras network of a model file, to train on or to look into."""
    network = keras.models.load_model(path)
    if not isinstance(network, NoteNetwork):
        raise SettingError(f"a model must be one that melodyrnn train wrote. Received: {path}")
    return network


def network_weights(network: NoteNetwork) -> Weights:
    """The weights as `checkpoint.load_checkpoint` would give them."""
    weights: Weights = {}
    by_layer: dict[str, list[str]] = {}
    settings = network.settings
    for name in expected_shapes(network.wiring, settings["units"], settings["num_layers"]):
        by_layer.setdefault(name.split("/")[0], []).append(name)
    for layer, names in by_layer.items():
        for name, variable in zip(names, getattr(network, layer).weights, strict=True):
            weights[name] = np.asarray(ops.convert_to_numpy(variable), dtype=np.float32)
    return weights


def compile_network(network: NoteNetwork, settings: TrainingSettings, steps_per_epoch: int) -> None:
    """Give the network its optimizer and loss; `settings` must be resolved."""
    assert settings.epochs is not None
    total = settings.epochs * steps_per_epoch
    warmup = max(1, min(100, total // 20))
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, max(1, total - warmup), warmup_target=settings.learning_rate, warmup_steps=warmup
    )
    optimizer = keras.optimizers.Adam(
        schedule,
        global_clipnorm=settings.clip_norm,
        use_ema=True,
        ema_momentum=max(0.9, 1 - 12 / total),  # averages over about a twelfth of the run
    )
    jit = keras.backend.backend() != "torch"
    network.compile(optimizer=optimizer, loss=_nats_per_note, jit_compile=jit)


def _nats_per_note(weights: Any, log_probabilities: Any) -> Any:
    """Mean over notes of the negative log-probability of all their fields; both (B, T, F)."""
    return -ops.sum(weights * log_probabilities) / ops.maximum(ops.sum(weights[..., -1]), 1.0)


def _finished(network: NoteNetwork, weights: Weights) -> NoteNetwork:
    """A network with these weights and without the optimizer, whose state would triple the file."""
    finished = NoteNetwork(network.wiring, **network.settings)
    layout = network.wiring.layout
    context = np.zeros((1, 1, len(layout.columns)), dtype=np.int32)
    finished({"context": context, "values": np.zeros((1, 1, len(layout.fields)), dtype=np.int32)})
    by_layer: dict[str, list[Any]] = {}
    for name, value in weights.items():
        by_layer.setdefault(name.split("/")[0], []).append(value)
    for layer, values in by_layer.items():
        getattr(finished, layer).set_weights(values)
    return finished


def fit_network(
    network: NoteNetwork, batches: Batches, settings: TrainingSettings, callbacks: Sequence[Any] = ()
) -> None:
    """Run all epochs; at the end of each the weights are the averaged ones, also for `callbacks`."""
    rng = np.random.default_rng(settings.seed)

    def forever() -> Iterator[Any]:
        while True:
            yield batches.draw(rng)

    network.fit(
        forever(),
        steps_per_epoch=batches.per_epoch,
        epochs=settings.epochs,
        callbacks=[keras.callbacks.SwapEMAWeights(swap_on_epoch=True), *callbacks],
        verbose=0,
        shuffle=False,  # the batches are drawn at random already
    )


class _Keeper(keras.callbacks.Callback):  # type: ignore[misc]
    """Validates, keeps the best weights, tells the listener, stops when there is nothing more to gain."""

    def __init__(
        self,
        corpus: Corpus,
        settings: TrainingSettings,
        validation: list[Melody],
        progress: Progress,
        listener: Listener | None,
    ) -> None:
        super().__init__()
        self._vocabulary, self._validation = corpus.vocabulary, validation
        self._statistics, self._settings = corpus.statistics, settings
        self._progress, self._tell = progress, listener or (lambda _: None)
        self._best: Weights | None = None
        self._since_best = 0
        self._every = max(1, (settings.epochs or 1) // 30)
        self._started = time.monotonic()
        self._notes_per_step = (settings.batch_size or 1) * settings.length

    @property
    def has_best(self) -> bool:
        return self._best is not None

    @property
    def best(self) -> Weights:
        """The best weights; the latest where none was validated."""
        return self._best if self._best is not None else network_weights(self.model)

    @property
    def metadata(self) -> Metadata:
        p = self._progress
        training = {
            "settings": asdict(self._settings),
            "epochs": p.epoch,
            "seconds": round(p.seconds, 1),
            "validation_bits_per_note": p.best_bits,
            "baseline_bits_per_note": p.baseline_bits,
            "backend": keras.backend.backend(),
            "history": p.history,
        }
        return Metadata(self._vocabulary, self._network_settings, self._statistics, training)

    @property
    def _network_settings(self) -> dict[str, Any]:
        s = self._settings
        return {"units": s.units, "num_layers": s.num_layers, "dropout": s.dropout}

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        p = self._progress
        p.step += 1
        p.notes += self._notes_per_step
        p.seconds = time.monotonic() - self._started
        p.train_bits = float((logs or {}).get("loss", math.nan)) / math.log(2)
        self._tell(p)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        p = self._progress
        p.epoch = epoch + 1
        if p.epoch % self._every and p.epoch != p.num_epochs:
            return
        weights = network_weights(self.model)
        metadata = Metadata(self._vocabulary, self._network_settings)
        p.validation_bits = evaluate(Network(metadata, weights), self._vocabulary, self._validation).bits_per_note
        p.history.append({"epoch": p.epoch, "train": round(p.train_bits, 4), "validation": round(p.validation_bits, 4)})
        self._since_best += 1
        if p.validation_bits < p.best_bits:
            p.best_bits, self._best, self._since_best = p.validation_bits, weights, 0
        self._tell(p)
        if self._since_best >= self._settings.patience:
            self.model.stop_training = True
