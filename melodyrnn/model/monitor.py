"""The Keras callback of a training, which validates, saves the state, reports and stops.

Bits are per note, times in seconds. The weights that are validated, saved and returned are the averaged ones.
"""

from __future__ import annotations

import math
import os
from functools import cached_property

import keras
import numpy as np
from keras import ops

from ..checkpoint import Metadata, Weights
from ..corpus.store import Corpus
from ..evaluation.voice_leading import leading_statistics
from ..json_types import JsonObject
from .distribution import ALONE
from .network import NoteNetwork
from .optimizer import Adam
from .resume import SavedRun, load_run, save_run
from .run import Progress, Run
from .saving import named_variables
from .settings import TrainingSettings
from .types import Logs
from .validation import BestWeights

_EXPLODED = 1.5  # times the bits of a uniform guess: a larger loss counts as exploded
_MAX_VALIDATION_SHARE = 0.1  # approximate share of the time of a run with a time limit
_MAX_COUNTED = 1_000_000  # notes whose voice leading is measured; of more, some of the pieces are


class TrainingMonitor(keras.callbacks.Callback):  # type: ignore[misc]
    """Validates after each round, saves the state, calls the listener, and stops the training when a criterion is met.

    Attributes:
        best: the best weights so far.
        stopped: why the training ended: "done", "patience", "time", "interrupt" or "exploded".
    """

    def __init__(
        self,
        corpus: Corpus,
        settings: TrainingSettings,
        best: BestWeights,
        progress: Progress,
        optimizer: Adam,
        run: Run,
    ) -> None:
        super().__init__()
        self.best, self.stopped = best, "done"
        self._corpus, self._settings = corpus, settings
        self._progress, self._optimizer, self._run = progress, optimizer, run
        self._started = run.clock()
        self._seconds_before = 0.0  # of the runs that this one resumes
        self._round_seconds = 0.0  # the longest time that the end of a round has taken
        self._validated, self._validation_seconds = -math.inf, 0.0  # when the last validation ended; how long it took

    @property
    def weights(self) -> Weights:
        """The best weights; the latest where there are none yet."""
        return self.best.weights if self.best.weights is not None else self._averaged()

    @property
    def metadata(self) -> Metadata:
        """The metadata of a model file with the figures of the training so far."""
        p, validated = self._progress, self.best.validator is not None
        training = {
            "settings": self._settings.to_json(),
            "epochs": round(p.epoch, 2),
            "steps": p.step,
            "seconds": round(p.seconds, 1),
            "validation_bits_per_note": self.best.bits if validated else None,
            "network_bits_per_note": self.best.bits if validated else None,  # without experts, see experts.py
            "start_bits_per_note": self.best.start_bits,
            "share_of_the_way": self.best.share_from_start,
            "baseline_bits_per_note": p.baseline_bits if validated else None,
            "backend": keras.backend.backend(),
            "stopped": self.stopped,
            "history": p.history,
        }
        return Metadata(self._corpus.vocabulary, dict(self._settings.network), self._statistics, training)

    @cached_property
    def _statistics(self) -> JsonObject:
        """The statistics of the corpus; with several parts also how it was read and how its voices are led."""
        corpus = self._corpus
        if not corpus.vocabulary.parts:
            return corpus.statistics
        reading = {"reading": corpus.settings["extractor"]} if "extractor" in corpus.settings else {}
        return {**corpus.statistics, **reading, "voice_leading": leading_statistics(corpus.some("train", _MAX_COUNTED))}

    def resume(self, network: NoteNetwork) -> None:
        """Continue the saved run of process 0, where that is requested and there is one."""
        team, state, saved = self._run.team or ALONE, self._run.state, None
        if self._run.resume and state is not None and os.path.exists(state):
            saved = load_run(state, self._corpus.fingerprint, self._settings)
        round, step = map(int, team.share([saved.round, saved.step] if saved else [0, 0]))
        if not round:
            return
        saved = saved or SavedRun.of_another(round, step)
        saved.restore(network, self._optimizer, team)
        self._progress.resume_at(saved.round, saved.step, saved.history)
        self._progress.best_bits, self._progress.seconds = saved.best_bits, saved.seconds
        self._seconds_before = saved.seconds
        self.best.weights, self.best.bits, self.best.judged = saved.best, saved.best_bits, saved.best_judged
        self.best.found_at = saved.best_at
        self.best.start, self.best.start_bits = saved.start, saved.start_bits

    def start_from(self, weights: Weights) -> None:
        """Use the weights that the run starts from as the first best weights."""
        self.best.start_from(weights)
        self._progress.best_bits = self.best.bits

    def time_spent(self) -> float:
        """Return the share of the time limit that is spent, 0..1; 0 where there is no limit."""
        return self._seconds() / self._run.max_seconds if self._run.max_seconds else 0.0

    def on_train_begin(self, logs: Logs = None) -> None:
        self._started = self._run.clock()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        p = self._progress
        p.step += 1
        p.notes = p.step * (self._settings.batch_size or 1) * self._settings.length
        p.seconds = self._seconds()
        p.train_bits = float((logs or {}).get("loss", math.nan)) / math.log(2)
        self._report()
        uniform_bits = sum(math.log2(size) for size in self.model.inputs.values.values())
        if not p.train_bits <= _EXPLODED * uniform_bits:  # NaN too
            self._stop("exploded")
        elif self._run.max_seconds and p.seconds + self._round_seconds > self._run.max_seconds:
            self._stop("time")

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.stopped == "exploded":
            return
        p, started = self._progress, self._run.clock()
        p.round = epoch + 1
        weights = self._averaged()
        if not all(np.isfinite(weight).all() for weight in weights.values()):  # after the last step of the round
            self._stop("exploded")
            return
        self._validate(weights)
        figures = self._figures()
        p.history.append(figures)
        if logs is not None:
            shown = ("validation_bits", "best_bits", "gradient_norm")
            logs.update({name: figures[name] for name in shown if name in figures})
        self._save()
        self._report()
        if self._run.on_round is not None:
            self._run.on_round(p, self.metadata, weights)
        self._round_seconds = max(self._round_seconds, self._run.clock() - started)
        if self.best.out_of_patience(self._done(), self._settings.patience):
            self._stop("patience")

    def _validate(self, weights: Weights) -> None:
        """Store the weights if they are the best so far; without a validator store them in any case."""
        p, validator, started = self._progress, self.best.validator, self._run.clock()
        if validator is None:
            self.best.weights = weights
        elif self._validation_is_due(started):
            p.validation_bits = self.best.validate(validator, weights, self._done())
            p.best_bits = self.best.bits
            self._validated = self._run.clock()
            self._validation_seconds = self._validated - started

    def _validation_is_due(self, now: float) -> bool:
        """Return whether to validate: after every round, or, with a time limit, for about a tenth of the time."""
        is_last = self.stopped != "done" or self._progress.round == self._progress.num_rounds
        pause = (1 / _MAX_VALIDATION_SHARE - 1) * self._validation_seconds
        return self._run.max_seconds is None or is_last or now - self._validated >= pause

    def _figures(self) -> dict[str, float]:
        """Return the row of the history for the round that just ended."""
        p, norms = self._progress, self._optimizer.take_norms()
        bits = {"validation_bits": round(p.validation_bits, 5), "best_bits": round(p.best_bits, 5)}
        return {
            "step": p.step,
            "epoch": round(p.epoch, 3),
            "seconds": round(self._seconds(), 2),
            "learning_rate": float(ops.convert_to_numpy(self._optimizer.learning_rate)),
            "train_bits": round(p.train_bits, 5),
            **(bits if self.best.validator is not None else {}),
            "gradient_norm": round(norms.mean, 5),
            "largest_gradient_norm": round(norms.largest, 5),
            "clipped_gradient_norm": round(norms.mean_clipped, 5),
            "clipped_share": round(norms.clipped, 4),
        }

    def _done(self) -> float:
        """Return the share of the run that is done, 0..1, by steps or by time, whichever is larger."""
        return max(self._progress.step / max(1, self._progress.num_steps), self.time_spent())

    def _seconds(self) -> float:
        return self._seconds_before + self._run.clock() - self._started

    def _save(self) -> None:
        if self._run.state is None:
            return
        p, best = self._progress, self.best
        saved = SavedRun(
            p.round,
            p.history,
            best.bits,
            best.judged,
            self._seconds(),
            best.found_at,
            best.start_bits,
            self.weights,
            best.start,
        )
        save_run(self._run.state, saved, self.model, self._optimizer, self._corpus.fingerprint, self._settings)

    def _stop(self, why: str) -> None:
        self.stopped = why
        self.model.stop_training = True

    def _report(self) -> None:
        if self._run.listener is not None:
            self._run.listener(self._progress)

    def _averaged(self) -> Weights:
        named = named_variables(self.model)
        return dict(zip(named, self._optimizer.averaged(named.values()), strict=True))
