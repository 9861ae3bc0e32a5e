"""The parent's side of a worker process: a child process with pipes, see `worker`.

The process is forked where that is safe (see `forked`), else a new Python. It never imports the main module of the
parent again, so a script that calls an ingest needs no `if __name__ == "__main__"`.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import IO

from ...errors import CorpusError
from ..processes import opened, start_python
from .config import IngestConfig
from .forked import ChildProcess, ForkedProcess, can_fork
from .identity import DIGEST_BYTES
from .sources import MAX_SECONDS, Source
from .worker import HELLO, ON_THE_WAY, work

_START = "from melodyrnn.corpus.ingest.worker import main; main()"
_PIPE_BYTES = 1 << 20


class WorkerError(Exception):
    """A worker did not answer; the message is the reason in the report, `option` an option that may keep the file."""

    def __init__(self, reason: str, option: str | None = None) -> None:
        super().__init__(reason)
        self.option = option


class WorkerProcess:
    """One process that reads sources. `ask` may raise WorkerError, after which the process has ended."""

    def __init__(self, config: IngestConfig) -> None:
        """Start the process; it becomes ready in the background."""
        self._max_seconds = config.limits.seconds
        self.process: ChildProcess = ForkedProcess(work) if can_fork() else start_python(_START)
        self._input, self._output = opened(self.process.stdin), opened(self.process.stdout)
        _widen(self._output)
        self._is_ready = False
        with contextlib.suppress(WorkerError):  # `_wait_until_ready` reports it
            self._send(config.to_json())

    def ask(self, sources: Sequence[Source]) -> list[tuple[bytes, bytes]]:
        """Return the digest and the packed result of each source, in order.

        Raises:
            WorkerError: where the process died or took longer than the limit allows.
            CorpusError: where it did not start.
        """
        if not self._is_ready:
            self._wait_until_ready()
        watch = _Watch(self._max_seconds, self.process.kill)
        try:
            self._send([(s.path, s.member, s.size) for s in sources])
            return [self._receive_answer(watch) for _ in sources]
        except WorkerError:
            self.close()
            if watch.timed_out:
                longer = min(10 * self._max_seconds, MAX_SECONDS)
                raise WorkerError(f"took over {self._max_seconds:g} seconds", f"--time-limit {longer:g}") from None
            raise
        finally:
            watch.end()

    def close(self) -> None:
        """End the process, even while it reads."""
        self.process.kill()
        for pipe in (self._input, self._output):
            with contextlib.suppress(OSError):
                pipe.close()
        self.process.wait()

    def _wait_until_ready(self) -> None:
        try:
            hello = self._receive(len(HELLO))
        except WorkerError:
            hello = b""
        if hello != HELLO:
            self.close()
            raise CorpusError(f"a worker process must start. Received: exit code {self.process.returncode}")
        self._is_ready = True

    def _send(self, value: object) -> None:
        try:
            self._input.write(json.dumps(value).encode() + b"\n")
            self._input.flush()
        except OSError:
            raise WorkerError("the reader crashed") from None

    def _receive_answer(self, watch: _Watch) -> tuple[bytes, bytes]:
        while True:
            head = self._receive(DIGEST_BYTES + 4)
            packed = self._receive(int.from_bytes(head[DIGEST_BYTES:], "little"))
            watch.restart()
            if head[:DIGEST_BYTES] != ON_THE_WAY:
                return head[:DIGEST_BYTES], packed

    def _receive(self, size: int) -> bytes:
        data = self._output.read(size)
        if len(data) < size:
            raise WorkerError("the reader crashed")
        return data


class _Watch:
    """Calls `stop` where it is not restarted for some seconds."""

    def __init__(self, seconds: float, stop: Callable[[], None]) -> None:
        self.timed_out = False
        self._seconds, self._stop = seconds, stop
        self._ended = threading.Event()
        self.restart()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def restart(self) -> None:
        """Begin to count again."""
        self._deadline = monotonic() + self._seconds

    def end(self) -> None:
        """Count no longer; once this returns, `stop` is not called any more."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while (left := self._deadline - monotonic()) > 0:
            if self._ended.wait(left):
                return
        self.timed_out = True
        self._stop()


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a whole batch of answers, so that a worker need not wait for a busy parent (Linux)."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl  # type: ignore[attr-defined, unused-ignore]

        fcntl(pipe, F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, OSError):
        pass
