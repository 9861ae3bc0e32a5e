"""Progress reports and cancellation of tasks.

A task works in units: files, steps, pieces. After each unit it calls its listener, in the thread that runs the task;
between two units it checks for a cancellation, and then raises `Cancelled`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a task.

    Attributes:
        done: number of finished units.
        total: total number of units; None where it is not known yet.
        stage: the current stage, such as "reading files".
    """

    done: int
    total: int | None
    stage: str


Listener = Callable[[Progress], None]


class Cancellation:
    """A request to end a task early, which any thread may make."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        """Request that the task ends. It raises Cancelled before its next unit."""
        self._event.set()

    def check(self) -> None:
        """Raise Cancelled where `cancel` has been called."""
        if self._event.is_set():
            raise Cancelled("the task was cancelled")


def reporter(listener: Listener | None, cancellation: Cancellation | None) -> Listener:
    """Return the function that a task calls between units: it raises Cancelled, or else calls the listener."""

    def report(progress: Progress) -> None:
        if cancellation is not None:
            cancellation.check()
        if listener is not None:
            listener(progress)

    return report
