"""A pool that takes the results of unchanged files from a cache, and has another pool read the others.

The cache knows files by their bytes, which are read here: that is faster than it takes a process to start, and no
MIDI is decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from ...errors import MidiError
from .cache import Cache
from .config import IngestConfig
from .identity import digest
from .opener import Opener
from .pool import Pool, PoolResult
from .remote.urls import is_url
from .sources import Source
from .spool import Numbered, Spool, numbered_from_json, numbered_to_json


class CachedPool:
    """A `pool.Pool`; the other pool exists only where something must be read, from the start if nothing is cached."""

    def __init__(
        self,
        cache: Cache,
        make_pool: Callable[[IngestConfig], Pool],
        config: IngestConfig,
        unread: Path,
        fetched: Callable[[int], bytes | None] = lambda number: None,
    ) -> None:
        """Take over the cache, which `close` closes, and the path of a file for the names of what is not cached.

        Args:
            fetched: returns the digest of an object behind a URL by its number; None where it must be fetched.
        """
        self._cache, self._make_pool, self._config, self._fetched = cache, make_pool, config, fetched
        self._opener = Opener(config.limits)
        self._sources: Collection[Numbered] = ()
        self._unread: Spool[Numbered] = Spool(unread, numbered_to_json, numbered_from_json)
        self._pool = None if len(cache) else make_pool(config)

    def submit(self, sources: Collection[Numbered]) -> None:
        """Begin to read these sources; return at once."""
        if self._pool is None:
            self._sources = sources
        else:
            self._pool.submit(sources)

    def __iter__(self) -> Iterator[PoolResult]:
        """Yield one result for each source: first those from the cache, then those of the other pool."""
        for number, source in self._sources:
            result = self._cached(number, source)
            if result is None:
                self._unread.add((number, source))
            else:
                yield result
        if self._unread:
            self._pool = self._make_pool(self._config)
            self._pool.submit(self._unread)
        if self._pool is not None:
            yield from self._pool

    def _cached(self, number: int, source: Source) -> PoolResult | None:
        """Return the result of a source from the cache; None where it is not there or the source cannot be read."""
        content = self._fetched(number) if is_url(source.path) else self._digest(source)
        packed = None if content is None else self._cache.get(content)
        return None if content is None or packed is None else PoolResult(number, content, packed)

    def _digest(self, source: Source) -> bytes | None:
        """Return the digest of a file's bytes; None where it cannot be read."""
        try:
            return digest(self._opener.read(source))
        except MidiError:
            return None

    def close(self) -> None:
        """Close the other pool, the cache and the archive that is open."""
        if self._pool is not None:
            self._pool.close()
        self._opener.close()
        self._cache.close()
        self._unread.close()

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the pool."""
        self.close()
