"""Decisions of a training by several processes: process 0 takes them, and all follow at the same step.

A training stops for process 0's reasons (its clock, its validation, its loss), or because Ctrl-C reached any process.
They agree about once a second, and at both ends of a round's validation, so a step costs nothing more.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import keras

from ..errors import Cancelled
from .distribution import Team
from .monitor import TrainingMonitor
from .run import Progress
from .types import Layer, Logs

_REASONS = ("done", "interrupt", "exploded", "time", "patience")
_SECONDS = 1.0  # between two agreements
_GROWTH = 4.0  # most steps until the next agreement, by those until this one


class Together(keras.callbacks.Callback):  # type: ignore[misc]
    """The monitor of one of several processes: what that of process 0 decides is the decision of all.

    An interrupt is raised as KeyboardInterrupt in all processes.

    Attributes:
        ended: whether all processes have come to the end of the training.
    """

    def __init__(self, team: Team, monitor: TrainingMonitor, progress: Progress) -> None:
        super().__init__()
        self.ended = False
        self._team, self._monitor, self._progress = team, monitor, progress
        self._is_interrupted = False
        self._steps, self._done, self._since = 1, 0, time.monotonic()  # steps until they agree, and done since then

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Return a context in which the first Ctrl-C is a wish that they agree on, and the second an exception."""
        before = signal.getsignal(signal.SIGINT)
        # other threads get no signals, and in the background of a shell it is ignored
        if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
            yield
            return
        signal.signal(signal.SIGINT, self._interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def time_spent(self) -> float:
        """Return the share of the time limit that is spent by the clock of process 0."""
        return self._team.share([self._monitor.time_spent()])[0]

    def set_model(self, model: Layer) -> None:
        super().set_model(model)
        self._monitor.set_model(model)

    def on_train_begin(self, logs: Logs = None) -> None:
        self._since = time.monotonic()
        self._monitor.on_train_begin(logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        with self._cancellable():
            self._monitor.on_train_batch_end(batch, logs)
        self._done += 1
        if self._done >= self._steps or batch + 1 == self._progress.round_steps:
            self._agree()
        else:
            self.model.stop_training = False  # not before the others know

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        with self._cancellable():
            self._monitor.on_epoch_end(epoch, logs)
        self._agree()

    def on_train_end(self, logs: Logs = None) -> None:
        self.ended = True

    @contextmanager
    def _cancellable(self) -> Iterator[None]:
        try:
            yield
        except Cancelled:
            self._is_interrupted = True

    def _agree(self) -> None:
        wishes = self._team.gather([_REASONS.index(self._monitor.stopped), self._is_interrupted, self._next()])
        self._steps, self._done, self._since = int(wishes[0, 2]), 0, time.monotonic()
        if wishes[:, 1].any():
            self.ended = True
            raise KeyboardInterrupt
        self._monitor.stopped = _REASONS[int(wishes[0, 0])]
        self.model.stop_training = self._monitor.stopped != "done"

    def _next(self) -> int:
        """Return the number of steps that take about a second, by those since the last agreement."""
        if not self._done:
            return self._steps
        a_second = self._done * _SECONDS / max(time.monotonic() - self._since, 1e-3)
        return max(1, int(min(a_second, _GROWTH * self._steps)))

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._is_interrupted:
            raise KeyboardInterrupt
        self._is_interrupted = True
