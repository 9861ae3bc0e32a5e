"""Pools read the sources of an ingest. `ProcessPool` distributes them among worker processes of this machine.

`ingest(..., pool=...)` accepts any other `Pool`, such as one on a cluster, which uses `reader.SourceReader` there.
"""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
from collections.abc import Collection, Iterable, Iterator
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from ..processes import num_cores
from .config import IngestConfig
from .forked import ChildProcess, can_fork
from .identity import NO_DIGEST
from .reader import failure
from .sources import Source
from .worker_process import WorkerError, WorkerProcess

_MAX_BATCH_FILES, _MIN_BATCH_BYTES, _MAX_BATCH_BYTES = 64, 1 << 16, 1 << 20
_BATCHES_PER_WORKER = 8  # at least, so that workers end at about the same time
_SWITCH_SECONDS = 2e-4  # with the default 5 ms a worker would wait for its next batch as long as it works on one
_WAITING = 8  # batches of results that may wait for each worker
_FILES_PER_WORKER = 300  # for fewer, starting a process takes longer than it saves


class PoolResult(NamedTuple):
    """The number of a source, the digest of its bytes, and its packed `FileResult`."""

    number: int
    digest: bytes
    packed: bytes


class Pool(Protocol):
    """Reads numbered sources, in any order; a context manager that closes the pool at its end.

    An ingest calls `submit` once, iterates to the end, and closes the pool; after an error it closes it earlier.
    """

    def submit(self, sources: Collection[tuple[int, Source]]) -> None:
        """Begin to read these sources, which may be on disk; return at once."""

    def __iter__(self) -> Iterator[PoolResult]:
        """Yield one result for each submitted source, in order of completion."""

    def close(self) -> None:
        """Stop all reading and free all resources; may be called again."""

    def __enter__(self) -> Self:
        """Return the pool."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the pool."""


class ProcessPool:
    """A pool of worker processes that survives the loss of any of them.

    A thread of this process sends each worker one batch after another. Where a worker dies or takes too long, the
    sources of its batch are read again one at a time, so that only the file that caused it is lost, with a reason.
    """

    def __init__(self, config: IngestConfig, size: int | None = None) -> None:
        """Start the first worker, which becomes ready while the caller searches for sources.

        Args:
            size: number of workers; None for one per core, and fewer for few files.
        """
        self._config, self._size = config, size
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._results: queue.Queue[list[PoolResult] | BaseException | None] = queue.Queue()
        self._batches: Iterator[list[tuple[int, Source]]] = iter(())
        self._threads: list[threading.Thread] = []
        self._switch_interval = sys.getswitchinterval()
        self._idle = [WorkerProcess(config)]
        self._busy: set[WorkerProcess] = set()

    @property
    def processes(self) -> list[ChildProcess]:
        """The worker processes that have not been ended."""
        with self._lock:
            return [worker.process for worker in (*self._idle, *self._busy)]

    def submit(self, sources: Collection[tuple[int, Source]]) -> None:
        """Begin to read these sources; return at once."""
        size = self._size or min(num_cores(), -(-len(sources) // _FILES_PER_WORKER))
        if can_fork():  # which it no longer can once there are threads
            self._idle += [WorkerProcess(self._config) for _ in range(size - len(self._idle))]
        num_batches = max(1, _BATCHES_PER_WORKER * size)
        share = _num_bytes(sources, num_batches * _MAX_BATCH_BYTES) // num_batches
        self._batches = batches(sources, max(share, _MIN_BATCH_BYTES))
        self._results = queue.Queue(_WAITING * size)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(size)]
        sys.setswitchinterval(_SWITCH_SECONDS)
        for thread in self._threads:
            thread.start()

    def __iter__(self) -> Iterator[PoolResult]:
        """Yield one result per source, in order of completion. Raises what a thread raised, such as CorpusError."""
        num_working = len(self._threads)
        while num_working:
            results = self._results.get()
            if results is None:
                num_working -= 1
            elif isinstance(results, BaseException):
                raise results
            else:
                yield from results

    def close(self) -> None:
        """End all workers and threads."""
        sys.setswitchinterval(self._switch_interval)
        with self._lock:
            self._stopping.set()
            idle, self._idle = self._idle, []
            for worker in self._busy:
                worker.process.kill()
        for worker in idle:
            worker.close()
        while any(thread.is_alive() for thread in self._threads):
            with contextlib.suppress(queue.Empty):
                self._results.get(timeout=0.05)  # a thread may wait for room in the queue
        self._batches = iter(())  # which may hold an open file

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the pool."""
        self.close()

    def _work(self) -> None:
        """Send batches to a worker, replaced where it fails, until none is left; runs in a thread."""
        worker: WorkerProcess | None = None
        try:
            while not self._stopping.is_set():
                with self._lock:
                    batch = next(self._batches, None)
                if batch is None:
                    break
                worker = self._read(batch, worker)
            self._results.put(None)
        except BaseException as error:  # any error must reach the thread that iterates
            self._results.put(error)
        finally:
            if worker is not None:
                self._end(worker)

    def _read(self, batch: list[tuple[int, Source]], worker: WorkerProcess | None) -> WorkerProcess | None:
        """Have a batch read, or where that fails its files one by one; return the worker, None where it has ended."""
        worker = worker or self._take_worker()
        if worker is None:
            return None
        try:
            answers = worker.ask([source for _, source in batch])
        except WorkerError as error:
            self._end(worker)
            worker = None
            if self._stopping.is_set():
                return None
            if len(batch) > 1:
                for one in batch:
                    worker = self._read([one], worker)
                return worker
            answers = [(NO_DIGEST, failure(str(error), error.option))]
        except BaseException:  # it did not start, or was ended before it had
            self._end(worker)
            raise
        self._results.put([PoolResult(number, *answer) for (number, _), answer in zip(batch, answers, strict=True)])
        return worker

    def _take_worker(self) -> WorkerProcess | None:
        """Return an idle worker or a new one; None once the pool is closing."""
        with self._lock:
            if self._stopping.is_set():
                return None
            worker = self._idle.pop() if self._idle else WorkerProcess(self._config)
            self._busy.add(worker)
            return worker

    def _end(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.close()


def batches(
    sources: Iterable[tuple[int, Source]], max_bytes: int = _MAX_BATCH_BYTES, max_files: int = _MAX_BATCH_FILES
) -> Iterator[list[tuple[int, Source]]]:
    """Yield numbered sources in batches of at most `max_files` and `max_bytes`, unless one file alone is larger."""
    batch: list[tuple[int, Source]] = []
    room = max_bytes
    for number, source in sources:
        if batch and (len(batch) == max_files or source.size > room):
            yield batch
            batch, room = [], max_bytes
        batch.append((number, source))
        room -= source.size
    if batch:
        yield batch


def _num_bytes(sources: Iterable[tuple[int, Source]], most: int) -> int:
    """Return the size of all sources together, or `most` where it is larger."""
    size = 0
    for _, source in sources:
        size += source.size
        if size >= most:
            return most
    return size
