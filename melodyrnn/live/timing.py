"""Waiting for a moment of the monotonic clock, woken early by a request to stop, whoever makes it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

_LOOK = 0.5  # seconds between looks at the ports
_ROOM = 0.02  # seconds that must be left for a look before something is due
_PRIORITY = 5  # below that of JACK itself, 10 by default
_SWITCH = 0.0005  # seconds another thread of Python may keep a message waiting


class Stop(threading.Event):
    """Set by a signal or another thread; `signal` is its number, 0 where it was none."""

    def __init__(self) -> None:
        super().__init__()
        self.signal = 0


class Waiter:
    """Waits, and looks at the ports meanwhile."""

    def __init__(self, stop: Stop, check: Callable[[], None]) -> None:
        """`check` raises where a port has gone."""
        self._stop, self._check = stop, check
        self._looked = time.monotonic()

    def until(self, moment: float) -> bool:
        """Wait until `moment`; False where asked to stop. May raise what `check` raises."""
        while not self._stop.is_set():
            now = time.monotonic()
            if now >= moment:
                return True
            if now - self._looked > _LOOK and moment - now > _ROOM:
                self._looked = now
                self._check()
                continue
            self._stop.wait(min(moment - now, _LOOK))
        return False


@contextmanager
def hurried() -> Iterator[None]:
    """While inside, give this thread and nothing it starts real-time priority, where the system grants it.

    It grants it to root, and on musicians' machines to the group "audio". The thread sleeps nearly always, so that
    nothing starves.
    """
    with ExitStack() as stack:
        if hasattr(os, "sched_setscheduler"):
            policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
            try:
                os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(_PRIORITY))
                stack.callback(os.sched_setscheduler, 0, policy, priority)
            except PermissionError:
                pass  # the usual case; timing is then as good as the machine is idle
        yield


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """While inside, Ctrl-C, kill and a closed terminal set `stop` and break nothing off."""

    def set_stop(number: int, frame: Any) -> None:
        stop.signal = number
        stop.set()

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the third is not on Windows, the fourth only there
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = [signal.signal(number, set_stop) for number in numbers]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
