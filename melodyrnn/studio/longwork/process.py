"""The process of a long work: how it is started, and what it does first and last.

It is a new Python in a session of its own, so that neither Ctrl-C in the terminal of the server nor the end of the
server reaches it. It writes how far it is into the folder of the work, and reads from there whether it shall end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from ...errors import Cancelled, MelodyRNNError
from ...files import write_text
from ...json_types import JsonObject
from ...tasks.progress import Progress
from .folder import Kind, Status, WorkFolder, state_of
from .lock import Lock
from .reporter import Reporter

_MAIN = "from melodyrnn.studio.longwork.process import main; main()"
STARTING = "starting"
_NICENESS = 5  # the studio that plays beside it goes before

Begin = Callable[[WorkFolder, Reporter], tuple[Status, JsonObject]]  # returns how it ended, and the figures


def start_process(work: WorkFolder) -> subprocess.Popen[bytes]:
    """Start the process of a work, which goes on when this process ends. Raises OSError where it cannot be started."""
    with work.log.open("wb") as log:
        process = subprocess.Popen(
            python_command(_MAIN, [str(work.path.absolute()), work.kind]),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, name="studio-process", daemon=True).start()  # so that it leaves no zombie
    return process


def python_command(code: str, arguments: Sequence[str]) -> list[str]:
    """Return the command of a new Python that finds the modules of this one; `sys.argv[2:]` are the arguments."""
    paths = json.dumps([path or os.getcwd() for path in sys.path])
    return [sys.executable, "-c", f"import sys, json; sys.path[:] = json.loads(sys.argv[1]); {code}", paths, *arguments]


def main() -> None:
    """Do the work of the folder and the kind in `sys.argv`; do nothing where another process does it already."""
    work = WorkFolder(Path(sys.argv[2]), cast(Kind, sys.argv[3]))
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    with work.lock as lock, _lane(work) as lane:
        if lock.acquire() and lane.acquire():
            write_text(work.process, f"{os.getpid()}\n", force=True)
            run(work, _begin(work.kind))


def _lane(work: WorkFolder) -> Lock:
    """Return the lock of all work of a kind: one at a time, whatever servers there are."""
    return Lock(work.path.parent / "lock")


def _begin(kind: Kind) -> Begin:
    """Return what does the work of a kind; each is imported only where it is done."""
    if kind == "corpus":
        from .reading import read_corpus

        return read_corpus
    from .training import train_model

    return train_model


def run(work: WorkFolder, begin: Begin) -> None:
    """Do a work in this process, and write how it ended."""
    reporter = Reporter(work)
    try:
        reporter(Progress(0, None, STARTING))
        status, figures = begin(work, reporter)
        work.write_state(state_of(status, figures=figures))
    except Cancelled:
        work.write_state(state_of("stopped", figures=reporter.figures))
    except (MelodyRNNError, OSError, MemoryError) as error:
        work.write_state(state_of("failed", error=_line(error), figures=reporter.figures))


def _line(error: Exception) -> str:
    """Return what an error says, in one line."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return " ".join(str(error).split()) or type(error).__name__
