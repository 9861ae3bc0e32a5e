"""What a process that works tells about itself: the listener of its task, which writes into the folder of the work."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...json_types import JsonObject
from ...tasks.progress import Cancellation, Progress
from .folder import State, WorkFolder

_PAUSE = 0.25  # seconds between two writings of the state, unless something new has begun


class Reporter:
    """Writes how far a work is, and ends it where it was asked to stop: the listener of a task.

    Attributes:
        cancellation: of the task.
        figures: what was found so far, at first by the process before; written with each state.
    """

    def __init__(self, work: WorkFolder, clock: Callable[[], float] = time.monotonic) -> None:
        self.cancellation = Cancellation()
        self.figures: JsonObject = work.written_state()["figures"]
        self._work, self._clock = work, clock
        self._written = float("-inf")  # when the state was last written
        self._stage = ""

    def __call__(self, progress: Progress, has_news: bool = False) -> None:
        """Write the progress where it is new: another stage, `has_news`, or some time after the last."""
        if self._work.is_asked_to_stop:
            self.cancellation.cancel()
        now = self._clock()
        if not has_news and progress.stage == self._stage and now - self._written < _PAUSE:
            return
        self._written, self._stage = now, progress.stage
        state: State = {
            "status": "running",
            "stage": progress.stage,
            "done": progress.done,
            "total": progress.total,
            "error": None,
            "figures": self.figures,
        }
        self._work.write_state(state)
