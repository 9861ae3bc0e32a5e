"""What happens between the steps of a training: validate, keep the best weights, save the state, tell, stop.

Bits are per note, times in seconds. The weights that are validated, kept and returned are the averaged ones, and what
validates them is the network that users will run, the NumPy one, over whole pieces.
"""

from __future__ import annotations

import math
import os
import time
from typing import Any

import keras
import numpy as np
from keras import ops

from ..checkpoint import Metadata, Weights
from ..corpus.store import Corpus
from ..evaluation.bits import evaluate
from ..network.network import Network
from ..score.score import Score
from .network import NoteNetwork
from .optimizer import Adam
from .resume import SavedRun, load_run, save_run
from .run import Progress, Run
from .saving import named_variables
from .settings import TrainingSettings

_SHARES = (0.25, 0.5, 0.75)  # of the way from the weights it started from, see `settle`
_IN_VAIN = 3  # validations without a gain before patience can end
_HOPELESS = 1.5  # times the bits of guessing blindly: a loss above that has exploded


class TrainingMonitor(keras.callbacks.Callback):  # type: ignore[misc]
    """Validates, keeps the best weights, saves the state, tells the listener, stops when it is time."""

    def __init__(
        self,
        corpus: Corpus,
        settings: TrainingSettings,
        validation: list[Score],
        progress: Progress,
        optimizer: Adam,
        run: Run,
    ) -> None:
        super().__init__()
        self._corpus, self._settings, self._validation = corpus, settings, validation
        self._progress, self._optimizer, self._run = progress, optimizer, run
        self._best: Weights | None = None
        self._start: Weights | None = None  # of the model it starts from, where there is one
        self._start_bits: float | None = None
        self._share = 1.0
        self._best_at = 0.0  # share of the run
        self._in_vain = 0  # validations since
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
            "start_bits_per_note": self._start_bits,
            "share_of_the_way": self._share,
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
        saved = load_run(self._run.state, self._corpus.fingerprint, self._settings)
        saved.restore(network, self._optimizer)
        self._progress.go_on(saved.round, saved.step, saved.history)
        self._progress.best_bits, self._progress.seconds = saved.best_bits, saved.seconds
        self._before, self._best, self._best_at = saved.seconds, saved.best, saved.best_at
        self._start, self._start_bits = saved.start, saved.start_bits

    def begin_with(self, weights: Weights) -> None:
        """What a run starts from is the first to beat: a model that knows much may lose by a few tunes more."""
        if self._validation and not self.has_best:
            self._start_bits = self._progress.best_bits = self._bits(weights)
            self._start = self._best = weights

    def settle(self) -> None:
        """Where it started from a model, go back part of the way to it where that is better still.

        A few tunes pull weights further than they can tell; between the two ends lies what knows both (Wortsman et al.
        2022, on fine-tuned classifiers).
        """
        start, best = self._start, self._best
        if start is None or best is None or best is start:
            return
        for share in _SHARES:
            between = {name: start[name] + np.float32(share) * (best[name] - start[name]) for name in best}
            bits = self._bits(between)
            if bits < self._progress.best_bits:
                self._progress.best_bits, self._best, self._share = bits, between, share

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._started = time.monotonic()

    def time_spent(self) -> float:
        """The share of the time that is spent, from 0 to 1; 0 where there is no limit."""
        return self._seconds() / self._run.max_seconds if self._run.max_seconds else 0.0

    def _done(self) -> float:
        """The share of the run that is done, 0..1, by steps or by time, whichever is further."""
        return max(self._progress.step / max(1, self._progress.num_steps), self.time_spent())

    def _seconds(self) -> float:
        return self._before + time.monotonic() - self._started

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        p = self._progress
        p.step += 1
        p.notes = p.step * (self._settings.batch_size or 1) * self._settings.length
        p.seconds = self._seconds()
        p.train_bits = float((logs or {}).get("loss", math.nan)) / math.log(2)
        self._tell()
        blind = sum(math.log2(size) for size in self.model.inputs.values.values())
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
        if not all(np.isfinite(weight).all() for weight in weights.values()):  # by the round's last step
            self._stop("exploded")
            return
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
            "clipped_gradient_norm": round(norms.mean_clipped, 5),
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
        # A run by the clock validates seldom: what was not asked again has not failed to gain.
        if self._in_vain >= _IN_VAIN and self._done() - self._best_at > self._settings.patience:
            self._stop("patience")

    def _validate(self, weights: Weights) -> None:
        """Keep the weights where they are the best so far; the latest ones where there is nothing to validate on."""
        p, started = self._progress, time.monotonic()
        if not self._validation:
            self._best = weights
            return
        if not self._validation_is_due(started):
            return
        p.validation_bits = self._bits(weights)
        self._in_vain += 1
        if p.validation_bits < p.best_bits:
            p.best_bits, self._best, self._best_at, self._in_vain = p.validation_bits, weights, self._done(), 0
        self._validated, self._validation_seconds = time.monotonic(), time.monotonic() - started

    def _bits(self, weights: Weights) -> float:
        model = Network(Metadata(self._corpus.vocabulary, self._settings.network), weights)
        return evaluate(model, self._corpus.vocabulary, self._validation).bits_per_note

    def _validation_is_due(self, now: float) -> bool:
        """Every round, but in a run by the clock, whose rounds are short, in at most about a tenth of the time."""
        timed = self._run.max_seconds is not None
        last = self.stopped != "done" or self._progress.round == self._progress.num_rounds
        return not timed or last or now - self._validated >= 9 * self._validation_seconds

    def _save(self) -> None:
        if self._run.state is None:
            return
        p = self._progress
        saved = SavedRun(
            p.round, p.history, p.best_bits, self._seconds(), self._best_at, self._start_bits, self.best, self._start
        )
        save_run(self._run.state, saved, self.model, self._optimizer, self._corpus.fingerprint, self._settings)

    def _stop(self, why: str) -> None:
        self.stopped = why
        self.model.stop_training = True

    def _tell(self) -> None:
        if self._run.listener is not None:
            self._run.listener(self._progress)

    def _averaged(self) -> Weights:
        named = named_variables(self.model)
        return dict(zip(named, self._optimizer.averaged(named.values()), strict=True))
