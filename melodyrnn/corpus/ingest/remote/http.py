"""Objects of HTTP, requested through the session of fsspec's file system, which has the user's settings.

An answer is read only as far as it may be large, and one that ends before its stated length is an error.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import IO, Any, NamedTuple, Protocol, TypeVar

from ....extras import require
from ....version import __version__
from ..sources import Limits, NotReadError, archive_too_large, too_large
from .faults import ChangedError, CutError, StatusError
from .urls import shown

EXTRA = "remote"
_CONNECT_SECONDS = 10
_SILENT_SECONDS = 30  # between two parts of an answer
_PARTIAL = 206  # the status of an answer that is a range
_GZIP, _GZIP_BITS = ("gzip", "x-gzip"), 31  # zlib's number for data with a header of gzip
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)$")


class _Content(Protocol):
    async def readany(self) -> bytes: ...


class _Response(Protocol):
    status: int
    headers: Mapping[str, str]
    content: _Content
    url: object


class _Session(Protocol):
    def get(self, url: object, **settings: object) -> AbstractAsyncContextManager[_Response]: ...


class Answer(NamedTuple):
    """The answer to a request.

    Attributes:
        data: its bytes.
        url: where it came from in the end, after redirects.
        media_type: such as "text/html"; "" where the server does not say.
    """

    data: bytes
    url: str
    media_type: str


_Result = TypeVar("_Result")
_Read = Callable[[_Response], Awaitable[_Result]]


class HttpStore:
    """Requests objects by GET. Every method makes one try, and may raise anything that `faults.fault_of` knows."""

    def __init__(self) -> None:
        """Raises MissingExtraError where fsspec or aiohttp is not installed."""
        fsspec = require(EXTRA)
        self._aiohttp = require(EXTRA, "aiohttp")
        self._sync: Callable[..., Any] = require(EXTRA, "fsspec.asyn").sync
        given = dict(fsspec.config.conf.get("http", {}).get("client_kwargs", {}))
        given.setdefault("trust_env", True)  # proxies, and passwords of ~/.netrc
        given["headers"] = {"User-Agent": f"melodyrnn/{__version__}", **given.get("headers", {})}
        self._fs = fsspec.filesystem("http", client_kwargs=given)
        self._sync(self._fs.loop, self._fs.set_session)  # once, before several threads need it

    def get(self, url: str, limits: Limits, seconds: float) -> Answer:
        """Return a whole object. Raises NotReadError where it is larger than the limit of a file."""

        async def read(response: _Response) -> Answer:
            parts = bytearray()
            async for part in _parts(response):
                parts += part
                if refusal := too_large(max(len(parts), _length(response) or 0), limits):
                    raise NotReadError(shown(url), refusal)
            data = bytes(parts)
            if response.headers.get("Content-Encoding", "").lower() in _GZIP:  # although it was not asked for
                data = zlib.decompressobj(_GZIP_BITS).decompress(data, limits.file_bytes + 1)
                if len(data) > limits.file_bytes:
                    raise NotReadError(shown(url), ("too large a file", None))
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Answer(data, str(response.url), media_type)

        return self._request(url, {}, read, seconds)

    def get_range(self, url: str, start: int, stop: int, size: int, seconds: float) -> bytes:
        """Return the bytes from `start` to before `stop` of an object of `size` bytes.

        Raises CutError where the answer is another range, and ChangedError where the object has another size.
        """

        async def read(response: _Response) -> bytes:
            found = _range_of(response)
            if found is None or found[0] != start:
                raise CutError
            if found[1] != size:
                raise ChangedError
            parts = bytearray()
            async for part in _parts(response):
                parts += part
                if len(parts) > stop - start:
                    raise CutError
            if len(parts) != stop - start:
                raise CutError
            return bytes(parts)

        return self._request(url, {"Range": f"bytes={start}-{stop - 1}"}, read, seconds)

    def size_or_copy(self, url: str, file: IO[bytes], limits: Limits, seconds: float) -> int | None:
        """Return the size of an object whose server gives ranges of it; otherwise write all of it to a file.

        Raises NotReadError where it is larger than the limit of an archive.
        """

        async def read(response: _Response) -> int | None:
            if response.status == _PARTIAL:
                found = _range_of(response)
                return None if found is None else found[1]
            async for part in _parts(response):
                file.write(part)
                if file.tell() > limits.archive_bytes:
                    raise NotReadError(shown(url), archive_too_large(_length(response), limits))
            return None

        file.seek(0)
        file.truncate()  # what an earlier try has left
        size = self._request(url, {"Range": "bytes=0-0"}, read, seconds)
        if size is None and not file.tell():  # it gives ranges, but does not say of how much
            self._request(url, {}, read, seconds)
        return size

    def _request(self, url: str, headers: Mapping[str, str], read: _Read[_Result], seconds: float) -> _Result:
        found: _Result = self._sync(self._fs.loop, self._requested, url, headers, read, seconds, timeout=seconds)
        return found

    async def _requested(self, url: str, headers: Mapping[str, str], read: _Read[_Result], seconds: float) -> _Result:
        session: _Session = await self._fs.set_session()
        timeout = self._aiohttp.ClientTimeout(
            total=seconds, sock_connect=min(seconds, _CONNECT_SECONDS), sock_read=min(seconds, _SILENT_SECONDS)
        )
        # Content that is encoded for the way alone would make lengths and ranges those of something else.
        settings = {**self._fs.kwargs, "timeout": timeout, "auto_decompress": False}
        settings["headers"] = {**settings.get("headers", {}), "Accept-Encoding": "identity", **headers}
        async with session.get(self._fs.encode_url(url), **settings) as response:
            if response.status >= 300:
                raise StatusError(response.status, response.headers.get("Retry-After"))
            return await read(response)


async def _parts(response: _Response) -> AsyncIterator[bytes]:
    """Yield the body. Raises CutError where it is shorter than its stated length."""
    length, num_read = _length(response), 0
    while part := await response.content.readany():
        num_read += len(part)
        yield part
    if length is not None and num_read < length:
        raise CutError


def _length(response: _Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _range_of(response: _Response) -> tuple[int, int] | None:
    """Return the first byte of a part and the size of the whole; None for an answer that is no part."""
    found = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    return (int(found[1]), int(found[3])) if found and response.status == _PARTIAL else None
