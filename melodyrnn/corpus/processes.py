"""Processes that work beside this one: how many cores there are for them, and a new Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import IO

from ..threads import THREAD_VARIABLES

_SAME_MODULES = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
_PIPE_BYTES = 1 << 20


def num_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start_python(code: str) -> subprocess.Popen[bytes]:
    """Return a new Python that runs `code`, with pipes to its input and from its output.

    It finds the modules that this one finds, its NumPy has one thread, and what it writes to standard error is lost. It
    does not import the main module of this one again, so a script that starts it needs no `if __name__ == "__main__"`.
    """
    return subprocess.Popen(
        [sys.executable, "-c", _SAME_MODULES + code, json.dumps([path or os.getcwd() for path in sys.path])],
        bufsize=_PIPE_BYTES,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")},
    )


def opened(pipe: IO[bytes] | None) -> IO[bytes]:
    """Return the pipe of a process that has pipes."""
    if pipe is None:
        raise RuntimeError("a process must have pipes. Received: none")
    return pipe
