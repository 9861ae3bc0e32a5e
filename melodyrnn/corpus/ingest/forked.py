"""Child processes made by fork: one begins with the modules of its parent, which take 0.1 s to import.

A fork copies only the thread that calls it, and with it the locks that other threads hold at that moment. So a process
forks only where it has no other thread, and on Linux, where the system's own libraries allow it. `melodyrnn ingest` is
such a process; a notebook is not, nor is one in which NumPy's linear algebra has started threads.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import IO, BinaryIO, NoReturn, Protocol

_MAX_FILES = 1 << 16  # file descriptors above are not closed in a child
_BUFFER_BYTES = 1 << 20

Main = Callable[[BinaryIO, BinaryIO], None]  # what a child does, with its input and its output


class ChildProcess(Protocol):
    """A child process with pipes: a `subprocess.Popen` or a `ForkedProcess`."""

    pid: int
    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    @property
    def returncode(self) -> int | None:
        """Its exit code; None where it has not been seen to end."""

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""

    def wait(self) -> int:
        """Wait for its end and return its exit code."""

    def kill(self) -> None:
        """End it at once; nothing happens where it has ended."""


def can_fork() -> bool:
    """Return whether this process may fork: on Linux, with a single thread."""
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


class ForkedProcess:
    """A child process that runs a function, with a pipe to its input and one from its output."""

    def __init__(self, main: Main) -> None:
        """Fork."""
        (self_in, parent_out), (parent_in, self_out) = os.pipe(), os.pipe()
        self.pid = os.fork()
        if not self.pid:
            _run(main, self_in, self_out)
        os.close(self_in)
        os.close(self_out)
        self.stdin: IO[bytes] | None = os.fdopen(parent_out, "wb", _BUFFER_BYTES)
        self.stdout: IO[bytes] | None = os.fdopen(parent_in, "rb", _BUFFER_BYTES)
        self.returncode: int | None = None
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""
        with self._lock:
            return self._wait(os.WNOHANG)

    def wait(self) -> int:
        """Wait for its end and return its exit code, minus the number of a signal."""
        with self._lock:
            code = self._wait(0)
        if code is None:
            raise RuntimeError(f"a process that was waited for must have ended. Received: {self.pid}")
        return code

    def kill(self) -> None:
        """End it at once; nothing happens where it has ended."""
        with self._lock:  # so that its number is not that of another process by now
            if self._wait(os.WNOHANG) is None:
                os.kill(self.pid, signal.SIGKILL)

    def _wait(self, options: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _run(main: Main, own_input: int, own_output: int) -> NoReturn:
    """Run `main` in the child, with no other file than its two pipes, and end it without the parent's clean-up."""
    code = 1
    try:
        for name in (signal.SIGTERM, signal.SIGHUP):  # the parent's handlers are not the child's
            signal.signal(name, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nowhere, number)
        low, high = sorted((own_input, own_output))
        for first, stop in ((3, low), (low + 1, high), (high + 1, _MAX_FILES)):
            os.closerange(first, stop)
        with os.fdopen(own_input, "rb") as requests, os.fdopen(own_output, "wb", _BUFFER_BYTES) as answers:
            main(requests, answers)
        code = 0
    finally:
        os._exit(code)
