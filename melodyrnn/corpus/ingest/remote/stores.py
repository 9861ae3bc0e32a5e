"""The objects behind URLs: fetched whole, or opened as files, with further tries where one fails."""

from __future__ import annotations

import io
import tempfile
import threading
from functools import partial
from typing import IO

from ..sources import Limits, NotReadError, Source, too_large
from .ahead import ReadAhead
from .filesystem import PAGED, FileStore
from .http import HttpStore
from .range_file import RangeFile
from .retries import persist
from .urls import is_web, scheme_of

_NUM_THREADS = 8  # objects that are fetched at once
_MAX_BYTES = 32 << 20  # of objects that wait for being read
_USUAL_BYTES = 64 << 10  # of an object of unknown size


class Stores:
    """The stores of all URLs that a process reads, each opened when it is needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._web: HttpStore | None = None
        self._others: dict[str, FileStore] = {}

    def clear(self) -> None:
        """Forget all stores, so that settings of the environment that have changed are read again."""
        with self._lock:
            self._web = None
            self._others.clear()

    @property
    def web(self) -> HttpStore:
        """The store of all URLs of HTTP."""
        with self._lock:
            self._web = self._web or HttpStore()
            return self._web

    def of(self, url: str, limits: Limits) -> FileStore:
        """Return the store of a URL of another scheme. Raises NotReadError where its server cannot be reached."""
        scheme = scheme_of(url)
        key = scheme if scheme in PAGED and "::" not in url else _without_path(url)
        with self._lock:
            if key not in self._others:
                self._others[key] = persist(lambda seconds: FileStore(url), url, limits)
            return self._others[key]

    def fetch(self, source: Source, limits: Limits) -> bytes:
        """Return all bytes of an object. Raises NotReadError where it cannot be had or is larger than the limit."""
        if is_web(source.path):
            web = self.web
            return persist(lambda seconds: web.get(source.path, limits, seconds).data, source.path, limits)
        store = self.of(source.path, limits)
        data = persist(lambda seconds: store.get(source.path, source.size, seconds), source.path, limits)
        if refusal := too_large(len(data), limits):
            raise NotReadError(source.name, refusal)
        return data

    def open(self, url: str, limits: Limits) -> IO[bytes]:
        """Return an archive as a seekable file. Raises NotReadError where it cannot be had; so does reading it.

        It is read in ranges; from a server without ranges it is copied to a file without name.
        """
        if is_web(url):
            return self._open_web(url, limits)
        store = self.of(url, limits)
        size = persist(lambda seconds: store.info(store.path(url), seconds).size, url, limits)

        def fetch(start: int, stop: int) -> bytes:
            return persist(lambda seconds: store.get_range(url, start, stop, seconds), url, limits)

        return io.BufferedReader(RangeFile(fetch, size))

    def _open_web(self, url: str, limits: Limits) -> IO[bytes]:
        web = self.web
        file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by the caller
        try:
            size = persist(lambda seconds: web.size_or_copy(url, file, limits, seconds), url, limits)
        except BaseException:
            file.close()
            raise
        if size is None:
            file.seek(0)
            return file
        file.close()

        def fetch(start: int, stop: int) -> bytes:
            return persist(lambda seconds: web.get_range(url, start, stop, size, seconds), url, limits)

        return io.BufferedReader(RangeFile(fetch, size))


class Objects:
    """Reads the objects of sources; those that are expected are fetched ahead."""

    def __init__(self, stores: Stores, limits: Limits) -> None:
        self._ahead = ReadAhead[Source](
            partial(stores.fetch, limits=limits), lambda source: source.size or _USUAL_BYTES, _NUM_THREADS, _MAX_BYTES
        )
        self.expect, self.read, self.close = self._ahead.expect, self._ahead.take, self._ahead.close


def _without_path(url: str) -> str:
    """Return what tells the file system of a URL from others: its scheme and host, and the rest of a chain."""
    head, _, rest = url.partition("::")
    if "://" not in head:
        return url
    scheme, _, path = head.partition("://")
    return f"{scheme}://{path.partition('/')[0]}::{rest}"


STORES = Stores()  # of this process: its connections are used again
