"""Standard error of libraries that are not Python: what they print goes elsewhere, what Python prints does not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Reads lines and prints those that do not match. It is a process of its own, so that the last words of a program that
# crashes are printed too; it ends at the end of its input, so Ctrl-C is not for it (also where there are no sessions).
_FILTER = """
import re, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
noise = re.compile(sys.argv[1].encode())
for line in sys.stdin.buffer:
    if not noise.match(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""
_SECONDS = 5.0  # to wait for the last lines


@contextmanager
def native_stderr(target: int) -> Iterator[int]:
    """Return a context in which native libraries print to the file descriptor `target` instead of standard error.

    Python prints to standard error as before. The context gives a descriptor of the real standard error.
    """
    python = sys.stderr
    try:
        direct = python.fileno() == 2
    except (OSError, ValueError, AttributeError):  # replaced by another stream, as in tests and notebooks
        direct = False
    saved = os.dup(2)
    try:
        if direct:
            sys.stderr = os.fdopen(os.dup(saved), "w", buffering=1, encoding=python.encoding, errors=python.errors)
        os.dup2(target, 2)
        yield saved
    finally:
        os.dup2(saved, 2)
        if direct:
            sys.stderr.close()
            sys.stderr = python
        os.close(saved)


@contextmanager
def without_lines(noise: str) -> Iterator[None]:
    """Return a context in which the lines of native libraries that begin with the pattern `noise` are not printed."""
    re.compile(noise)
    command = [sys.executable, "-I", "-S", "-c", _FILTER, noise]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        if process.stdin is None:
            raise RuntimeError("a process must have the pipe that was requested. Received: none")
        with native_stderr(process.stdin.fileno()):
            process.stdin.close()  # standard error is the only end that is left
            yield
        with suppress(subprocess.TimeoutExpired):  # a process that libraries started may still hold the other end
            process.wait(_SECONDS)
            return
        process.kill()
