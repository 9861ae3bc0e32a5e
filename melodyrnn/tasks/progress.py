"""How a task reports its progress, and how a caller cancels it.

A task works in units: files, steps, pieces. After each unit it calls its listener, in the thread that runs the task;
between two units it looks whether it has been cancelled, and then raises `Cancelled`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is.

    Attributes:
        done: units done.
        total: units in all; None where that is not known yet.
        stage: what is being done, such as "reading files".
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
        """Ask the task to end. It raises Cancelled before its next unit."""
        self._event.set()

    def check(self) -> None:
        """Raise Cancelled where `cancel` has been called."""
        if self._event.is_set():
            raise Cancelled("the task was cancelled")


def reporter(listener: Listener | None, cancellation: Cancellation | None) -> Listener:
    """Return what a task calls between units: it raises Cancelled after a cancellation, else it calls the listener."""

    def report(progress: Progress) -> None:
        if cancellation is not None:
            cancellation.check()
        if listener is not None:
            listener(progress)

    return report
