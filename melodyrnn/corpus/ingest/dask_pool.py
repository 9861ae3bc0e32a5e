"""A pool on a Dask cluster: one task reads up to a thousand files, on any worker.

Each worker has a reading process of its own, so that a file that crashes or hangs it costs that file alone. Tasks of
workers that disappear are run again by Dask; what the scheduler gives up is submitted again in halves.
"""

from __future__ import annotations

import json
import logging
import threading
import zlib
from collections.abc import Collection, Iterator, Mapping
from types import ModuleType, TracebackType
from typing import Any, Self

from ...errors import ClusterError
from ...extras import require
from .config import IngestConfig
from .identity import DIGEST_BYTES, NO_DIGEST
from .pool import PoolResult, batches
from .reader import failure
from .sources import Source
from .worker_process import WorkerError, WorkerProcess

EXTRA = "cluster"
LOCAL = "local"  # in the place of an address: a cluster on this machine, for this ingest alone
_MAX_FILES, _MAX_BYTES = 1000, 16 << 20  # of a task
_TASKS_AT_ONCE = 4  # per worker, so that their results are never all in memory
_CONNECT_SECONDS = 20
_LOGGERS = ("distributed", "distributed.client", "tornado.application")  # which tell what is told here as an error

_Numbered = list[tuple[int, Source]]
_Answer = tuple[bytes, bytes]


class DaskPool:
    """A `pool.Pool`.

    Attributes:
        dashboard: address of the page on which Dask shows its tasks; "" where it has none.
    """

    def __init__(self, config: IngestConfig, address: str = LOCAL, num_workers: int | None = None) -> None:
        """Connect to the scheduler at an address, or start a cluster on this machine.

        Args:
            num_workers: of a cluster on this machine; None for one per core.

        Raises:
            MissingExtraError: where Dask is not installed.
            ClusterError: where the scheduler does not answer.
        """
        self._dask = require(EXTRA, "distributed")
        self._levels = {name: logging.getLogger(name).level for name in _LOGGERS}
        _set_levels(dict.fromkeys(_LOGGERS, logging.CRITICAL))
        self._config = json.dumps(config.to_json())
        self._address = address
        self._cluster: Any = None
        try:
            if address == LOCAL:
                self._cluster = self._dask.LocalCluster(
                    n_workers=num_workers, threads_per_worker=1, dashboard_address=":0", silence_logs="CRITICAL"
                )
            self._client = self._dask.Client(self._cluster or address, timeout=_CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            raise ClusterError(f"a Dask scheduler must answer. Received: {address} ({error or 'no answer'})") from error
        self.dashboard: str = self._client.dashboard_link or ""
        self._batches: Iterator[_Numbered] = iter(())

    def submit(self, sources: Collection[tuple[int, Source]]) -> None:
        """Begin to read these sources; return at once."""
        self._batches = batches(sources, _MAX_BYTES, _MAX_FILES)

    def __iter__(self) -> Iterator[PoolResult]:
        """Yield one result for each source, in order of completion. Raises ClusterError where the scheduler is gone."""
        waiting: dict[Any, _Numbered] = {}
        # With their results, which then come while those before are written.
        done = self._dask.as_completed(with_results=True, raise_errors=False)
        try:
            self._fill(waiting, done)
            while waiting:
                future, answers = next(done)
                batch = waiting.pop(future)
                if isinstance(answers, bytes):
                    for (number, _), answer in zip(batch, _each(answers), strict=True):
                        yield PoolResult(number, *answer)
                elif future.status in ("lost", "pending"):  # its worker has gone since, and Dask runs it again
                    waiting[future] = batch
                    done.add(future)
                    continue
                elif future.status == "error" and len(batch) == 1:
                    yield PoolResult(batch[0][0], NO_DIGEST, failure("the reader crashed"))
                elif future.status == "error":
                    half = len(batch) // 2
                    for part in (batch[:half], batch[half:]):
                        self._start(part, waiting, done)
                else:  # cancelled
                    raise self._gone()
                future.release()
                self._fill(waiting, done)
        except (OSError, TimeoutError, StopIteration, RuntimeError, self._cancelled) as error:
            raise self._gone() from error

    @property
    def _cancelled(self) -> type[BaseException]:
        errors: ModuleType = self._dask.client
        cancelled: type[BaseException] = errors.CancelledError
        return cancelled

    def _gone(self) -> ClusterError:
        return ClusterError(
            f"the Dask scheduler must stay until all files are read; run the same command again to go on. "
            f"Received: none at {self._address} any more"
        )

    def _fill(self, waiting: dict[Any, _Numbered], done: Any) -> None:
        """Start further tasks, as many as the workers should have."""
        workers = self._client.scheduler_info(-1).get("workers", ())  # without a scheduler there is no such entry
        room = _TASKS_AT_ONCE * max(1, len(workers))
        while len(waiting) < room:
            batch = next(self._batches, None)
            if batch is None:
                return
            self._start(batch, waiting, done)

    def _start(self, batch: _Numbered, waiting: dict[Any, _Numbered], done: Any) -> None:
        plain = json.dumps([(source.path, source.member, source.size) for _, source in batch])
        future = self._client.submit(read_batch, self._config, zlib.compress(plain.encode("ascii")), pure=False)
        waiting[future] = batch
        done.add(future)

    def close(self) -> None:
        """Leave the cluster, and end it where it was started here."""
        self._client.close(timeout=2)
        if self._cluster is not None:
            self._cluster.close(timeout=10)
        _set_levels(self._levels)

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the pool."""
        self.close()


def _set_levels(levels: Mapping[str, int]) -> None:
    """Set the levels of loggers."""
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


class _Reader:
    """The reading process of a worker, which lives as long as the worker."""

    def __init__(self, config: str) -> None:
        self.config = config
        self._config = IngestConfig.from_json(json.loads(config))
        self._process: WorkerProcess | None = None

    def read(self, sources: list[Source]) -> list[_Answer]:
        """Return the digest and the packed result of each source."""
        try:
            if self._process is None:
                self._process = WorkerProcess(self._config)
            return self._process.ask(sources)
        except WorkerError as error:
            self._process = None
            if len(sources) == 1:
                return [(NO_DIGEST, failure(str(error), error.option))]
            return [answer for one in sources for answer in self.read([one])]


_own = threading.local()  # of each thread of a worker: its reader


def read_batch(config: str, sources: bytes) -> bytes:
    """Return the answers about sources, one after another, see `_each`; a task of a Dask worker.

    Both are one value: Dask would look at each of many small ones.

    Args:
        sources: path, member and size of each as JSON, compressed, as Dask keeps the messages with tasks for a while.
    """
    reader: _Reader | None = getattr(_own, "reader", None)
    if reader is None or reader.config != config:
        reader = _own.reader = _Reader(config)
    answers = reader.read([Source(*plain) for plain in json.loads(zlib.decompress(sources))])
    return b"".join(content + len(packed).to_bytes(4, "little") + packed for content, packed in answers)


def _each(answers: bytes) -> Iterator[_Answer]:
    """Yield answers: of each the digest (16 bytes), the length of the result (4, little endian) and the result."""
    at = 0
    while at < len(answers):
        start = at + DIGEST_BYTES + 4
        end = start + int.from_bytes(answers[start - 4 : start], "little")
        yield answers[at : at + DIGEST_BYTES], answers[start:end]
        at = end
