"""Processes that train together take the decisions of process 0, at the same step: two monitors in two threads."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from melodyrnn.arrays import AnyFloats
from melodyrnn.errors import Cancelled
from melodyrnn.model.distribution import Team
from melodyrnn.model.run import Progress
from melodyrnn.model.together import Together

ROUND, ROUNDS = 40, 3


@dataclass(frozen=True, slots=True)
class InThreads(Team):
    """A team whose processes are threads, which exchange values through a list."""

    values: list[list[float]] = field(default_factory=list)
    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=20))

    def gather(self, values: Sequence[float]) -> AnyFloats:
        self.values[self.index] = list(values)
        self.barrier.wait()
        found = np.array(self.values, dtype=np.float32)
        self.barrier.wait()
        return found


class Stopping:
    """A monitor that decides, or raises, at a step or at the end of a round."""

    def __init__(self, at: int | None = None, why: str = "time", error: Exception | None = None) -> None:
        self.stopped, self.steps, self.rounds = "done", 0, 0
        self._at, self._why, self._error = at, why, error

    def set_model(self, model: object) -> None:
        pass

    def on_train_begin(self, logs: object) -> None:
        pass

    def on_train_batch_end(self, batch: int, logs: object) -> None:
        self.steps += 1
        if self._at is not None and self.steps >= self._at:
            if self._error is not None:
                raise self._error
            self.stopped = self._why

    def on_epoch_end(self, epoch: int, logs: object) -> None:
        self.rounds += 1
        if self._why == "patience":
            self.stopped = self._why


def fitted(team: Team, monitor: Stopping) -> tuple[str, int, int, bool]:
    """How a training with the monitor ends: why, after how many steps and rounds, and whether all have ended."""
    together = Together(team, monitor, Progress(round_steps=ROUND))  # type: ignore[arg-type]
    model = SimpleNamespace(stop_training=False)
    together.set_model(model)
    together.on_train_begin()
    try:
        for epoch in range(ROUNDS):
            for batch in range(ROUND):
                together.on_train_batch_end(batch)
                if model.stop_training:
                    break
            together.on_epoch_end(epoch)
            if model.stop_training:
                break
        together.on_train_end()
    except KeyboardInterrupt:
        monitor.stopped = "interrupt"
    return monitor.stopped, monitor.steps, monitor.rounds, together.ended


def both(first: Stopping, second: Stopping) -> list[tuple[str, int, int, bool]]:
    shared = InThreads(0, 2, [[], []])
    teams = [shared, InThreads(1, 2, shared.values, shared.barrier)]
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(fitted, teams, (first, second)))


def test_all_follow_process_0_alone() -> None:
    through = ("done", ROUND * ROUNDS, ROUNDS, True)
    assert both(Stopping(), Stopping()) == [through, through]
    assert both(Stopping(), Stopping(at=50)) == [through, through]  # the clock of process 1 is not asked
    first, second = both(Stopping(at=50), Stopping())
    assert first == second
    assert first[0] == "time"
    assert 50 <= first[1] <= 2 * ROUND
    patient = ("patience", ROUND, 1, True)
    assert both(Stopping(why="patience"), Stopping()) == [patient, patient]


@pytest.mark.parametrize("who", [0, 1])
def test_an_interrupt_of_any_process_ends_all_at_one_step(who: int) -> None:
    monitors = [Stopping(), Stopping()]
    monitors[who] = Stopping(at=50, error=Cancelled("enough"))
    first, second = both(*monitors)
    assert first == second
    assert first[0] == "interrupt"
    assert 50 <= first[1] <= 2 * ROUND
    assert first[3]
