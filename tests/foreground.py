"""Starting programs as a shell does in the foreground, wherever the tests themselves run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def foreground() -> Iterator[None]:
    """While inside, programs that are started can be interrupted and hung up.

    A shell starts what it puts into the background with Ctrl-C ignored, and nohup ignores that the terminal closes. A
    program inherits what is ignored from the one that starts it, but no handlers, so these are set for the moment.
    """
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, _do_nothing)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    pass
