"""Worker processes that share out files between them, and survive the loss of any of their number.

A worker is a plain child process with pipes, and here a thread asks it batch after batch. Where it dies or takes too
long its batch is asked again one file at a time, so that only the file at fault is lost, and is told. Nothing of the
parent is copied or imported anew: no fork beside threads, and no guard is needed in the script that calls.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...errors import CorpusError
from ..ingest.examine import Filters
from .report import Found
from .result import DIGEST_BYTES, pack
from .sources import Limits, Source
from .worker import HELLO, NO_DIGEST

_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from melodyrnn.corpus.ingest.worker import main; main()"
)
EXAMINE = "melodyrnn.corpus.ingest.examine:examine"
_MAX_FILES, _MAX_BYTES = 64, 1 << 20  # of a batch
_PIPE = 1 << 20  # bytes
_SWITCH = 2e-4  # seconds; the usual 5 ms would let a worker wait for its next batch as long as it works on one
_WAITING = 8  # batches of results that may wait for each worker
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """What workers are told. `examine` is what they call on a file's bytes, as "module:function"."""

    filters: Filters
    limits: Limits
    cache: Path | None = None
    examine: str = EXAMINE

    def to_json(self) -> dict[str, Any]:
        return {
            "filters": asdict(self.filters),
            "limits": asdict(self.limits),
            "cache": None if self.cache is None else str(self.cache),
            "examine": self.examine,
        }


class WorkerError(Exception):
    """A worker that did not answer; the message is the reason in the report, `option` what might have saved it."""

    def __init__(self, reason: str, option: str | None = None) -> None:
        super().__init__(reason)
        self.option = option


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Let a pipe hold a whole batch of answers, so that a worker need not wait for one who is busy (Linux)."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl  # type: ignore[attr-defined, unused-ignore]

        fcntl(process.stdout, F_SETPIPE_SZ, _PIPE)  # type: ignore[arg-type]
    except (ImportError, OSError):
        pass


Answer = tuple[bytes, bytes]  # digest of the file's bytes, its outcome


class Worker:
    """One process. `ask` may raise WorkerError, after which it is gone."""

    def __init__(self, orders: IngestConfig) -> None:
        self._limit = orders.limits.seconds
        arguments = [sys.executable, "-c", _START, json.dumps([p or os.getcwd() for p in sys.path])]
        environment = {**os.environ, **dict.fromkeys(_THREADS, "1")}
        self.process = subprocess.Popen(
            arguments,
            bufsize=_PIPE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        _widen(self.process)
        self._is_known = False
        with contextlib.suppress(WorkerError):  # `_meet` will say so
            self._say(orders.to_json())

    def _meet(self) -> None:
        """Wait until it has started: other things may be done while it does."""
        try:
            hello = self._listen(len(HELLO))
        except WorkerError:
            hello = b""
        if hello != HELLO:
            self.close()
            raise CorpusError(f"a worker process must start. Received: exit code {self.process.returncode}")
        self._is_known = True

    def ask(self, sources: Sequence[Source]) -> list[Answer]:
        """The answers for a batch, in order. Raises CorpusError where the process never started."""
        if not self._is_known:
            self._meet()
        timed_out = threading.Event()

        def stop() -> None:
            timed_out.set()
            self.process.kill()

        timer = threading.Timer(self._limit, stop)
        timer.start()
        try:
            self._say([(s.path, s.member, s.size) for s in sources])
            return [self._answer() for _ in sources]
        except WorkerError:
            self.close()
            if timed_out.is_set():
                raise WorkerError(f"took over {self._limit:g} seconds", "--time-limit") from None
            raise WorkerError("the reader crashed") from None
        finally:
            timer.cancel()

    def _say(self, value: Any) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(value).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            raise WorkerError("the reader crashed") from None

    def _answer(self) -> Answer:
        head = self._listen(DIGEST_BYTES + 4)
        return head[:DIGEST_BYTES], self._listen(int.from_bytes(head[DIGEST_BYTES:], "little"))

    def _listen(self, size: int) -> bytes:
        assert self.process.stdout is not None
        data = self.process.stdout.read(size)
        if len(data) < size:
            raise WorkerError("the reader crashed")
        return data

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()


def batches(sources: Iterable[tuple[int, Source]]) -> Iterator[list[tuple[int, Source]]]:
    """Numbered sources in batches of not too many files and bytes."""
    batch: list[tuple[int, Source]] = []
    room = _MAX_BYTES
    for number, source in sources:
        if batch and (len(batch) == _MAX_FILES or source.size > room):
            yield batch
            batch, room = [], _MAX_BYTES
        batch.append((number, source))
        room -= source.size
    if batch:
        yield batch


class ProcessPool:
    """Workers at work. Iterate over `results`; leave the `with` block to end them.

    `ready` are workers that were started before the sources were known.
    """

    def __init__(
        self, sources: Iterable[tuple[int, Source]], orders: IngestConfig, size: int, ready: Iterable[Worker] = ()
    ) -> None:
        self._orders = orders
        self._ready = list(ready)
        self._batches = batches(sources)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._results: queue.Queue[list[tuple[int, Answer]] | BaseException | None] = queue.Queue(_WAITING * size)
        self._workers: set[Worker] = set()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(size)]

    def __enter__(self) -> ProcessPool:
        self._switch = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        sys.setswitchinterval(self._switch)
        self._stopping.set()
        for worker in list(self._workers):
            worker.process.kill()
        for worker in self._ready:
            worker.close()
        while any(thread.is_alive() for thread in self._threads):
            with contextlib.suppress(queue.Empty):
                self._results.get(timeout=0.05)

    def results(self) -> Iterator[tuple[int, Answer]]:
        """The number of each source with its answer, in the order in which they come."""
        working = len(self._threads)
        while working:
            result = self._results.get()
            if result is None:
                working -= 1
            elif isinstance(result, BaseException):
                raise result
            else:
                yield from result

    def _work(self) -> None:
        worker: Worker | None = None
        try:
            while not self._stopping.is_set():
                with self._lock:
                    batch = next(self._batches, None)
                if batch is None:
                    break
                worker = self._do(batch, worker)
            self._results.put(None)
        except BaseException as error:  # whatever it is, the one who waits for results must hear of it
            self._results.put(error)
        finally:
            if worker is not None:
                self._drop(worker)

    def _do(self, batch: list[tuple[int, Source]], worker: Worker | None) -> Worker | None:
        """Have a batch read, and where that fails each of its files; the worker that is left."""
        worker = worker or self._hire()
        try:
            answers = worker.ask([source for _, source in batch])
        except WorkerError as lost:
            self._drop(worker)
            worker = None
            if self._stopping.is_set():
                return None
            if len(batch) > 1:
                for one in batch:
                    worker = self._do([one], worker)
                return worker
            answers = [(NO_DIGEST, pack([Found(None, str(lost), lost.option)]))]
        self._results.put([(number, answer) for (number, _), answer in zip(batch, answers, strict=True)])
        return worker

    def _hire(self) -> Worker:
        with self._lock:
            worker = self._ready.pop() if self._ready else Worker(self._orders)
        self._workers.add(worker)
        return worker

    def _drop(self, worker: Worker) -> None:
        self._workers.discard(worker)
        worker.close()
