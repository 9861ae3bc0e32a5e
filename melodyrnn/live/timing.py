"""Waits for moments of the monotonic clock until a request to stop, with a priority that keeps timing exact."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

_CHECK_INTERVAL = 0.5  # seconds between checks of the ports
_CHECK_TIME = 0.02  # seconds that must be left for a check before something is due
_PRIORITY = 5  # below that of JACK, which is 10 by default
_SWITCH_INTERVAL = 0.0005  # seconds that another Python thread may delay a message


class Stop(threading.Event):
    """A request to stop, set by a signal or a thread; `signal` is the number of the signal, 0 for a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.signal = 0


class Waiter:
    """Waits for moments, and checks the ports at intervals."""

    def __init__(self, stop: Stop, check: Callable[[], None]) -> None:
        """Make a waiter that ends when `stop` is set; `check` raises PortError where a port has disappeared."""
        self._stop, self._check = stop, check
        self._checked = time.monotonic()

    def until(self, moment: float) -> bool:
        """Wait until `moment`; return False where `stop` was set before it. May raise the errors of `check`."""
        while not self._stop.is_set():
            now = time.monotonic()
            if now >= moment:
                return True
            if now - self._checked > _CHECK_INTERVAL and moment - now > _CHECK_TIME:
                self._checked = now
                self._check()
                continue
            self._stop.wait(min(moment - now, _CHECK_INTERVAL))
        return False


@contextmanager
def real_time_priority() -> Iterator[None]:
    """Return a context that gives this thread, but not threads it starts, real-time priority if the system allows it.

    Linux allows it to root and, on machines set up for music, to the group "audio". The thread waits most of the
    time, so it does not slow down other processes.
    """
    with ExitStack() as stack:
        if hasattr(os, "sched_setscheduler"):
            policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
            try:
                os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(_PRIORITY))
                stack.callback(os.sched_setscheduler, 0, policy, priority)
            except PermissionError:
                pass  # not permitted, the usual case; timing is exact while the machine is idle
        yield


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """Return a context in which Ctrl-C, termination and a closed terminal set `stop` instead of ending the process.

    What the caller of the program has it ignore, as nohup does with a closed terminal, stays ignored.
    """

    def set_stop(number: int, frame: FrameType | None) -> None:
        stop.signal = number
        stop.set()

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # Windows has no SIGHUP, other systems have no SIGBREAK
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    caught = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, set_stop) for number in caught]
    try:
        with quick_switching():
            yield
    finally:
        for number, handler in zip(caught, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def quick_switching() -> Iterator[None]:
    """Return a context in which other Python threads delay this one by half a millisecond at most, not by 5."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
