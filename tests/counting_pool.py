"""A pool that reads in the process of the test, and tells what it was given."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.pool import PoolResult
from melodyrnn.corpus.ingest.reader import SourceReader
from melodyrnn.corpus.ingest.sources import Source


class CountingPool:
    """Reads in this process, and lists what it was given."""

    def __init__(self, config: IngestConfig) -> None:
        self._reader = SourceReader(config)
        self.sources: list[tuple[int, Source]] = []
        self.is_closed = False

    def submit(self, sources: Collection[tuple[int, Source]]) -> None:
        self.sources = list(sources)

    def __iter__(self) -> Iterator[PoolResult]:
        for number, source in self.sources:
            yield PoolResult(number, *self._reader.read(source))

    def close(self) -> None:
        self._reader.close()
        self.is_closed = True

    def __enter__(self) -> CountingPool:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
