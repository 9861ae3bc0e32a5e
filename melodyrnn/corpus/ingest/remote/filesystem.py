"""Objects of any file system that fsspec knows: S3, Google Cloud Storage, SFTP, an archive within a chain of URLs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple

from ....errors import CorpusError, MissingExtraError
from ....extras import require
from .faults import ChangedError, CutError
from .urls import scheme_of, scrubbed, shown

_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs"}  # scheme -> the extra that has its file system
_TALKATIVE = ("gcsfs", "s3fs")
_CHAIN = "::"

Page = tuple[list[tuple[str, int]], str | None]  # keys with their sizes, and the token of the next page


class Listed(NamedTuple):
    """An entry of a folder: its path in the file system, its size in bytes, and "file", "directory" or another type."""

    path: str
    size: int
    kind: str


class FileStore:
    """Requests objects of one file system. Every method makes one try, and may raise anything."""

    def __init__(self, url: str) -> None:
        """Open the file system of a URL.

        Raises:
            MissingExtraError: where the packages for the scheme are not installed.
            CorpusError: where fsspec does not know the scheme.
        """
        require(_EXTRAS.get(scheme_of(url), "remote"))
        core = require("remote", "fsspec.core")
        self._sync: Callable[..., Any] = require("remote", "fsspec.asyn").sync
        for logger in map(logging.getLogger, _TALKATIVE):
            if logger.level == logging.NOTSET:
                logger.setLevel(logging.CRITICAL)  # or its tracebacks stand among our lines
        try:
            self._fs, _ = core.url_to_fs(url, use_listings_cache=False)
        except ImportError as error:
            raise MissingExtraError(f"{scheme_of(url)}:// needs a further package. Received: {error}") from error
        except ValueError as error:
            received = f"{shown(url)} ({scrubbed(str(error))})"
            raise CorpusError(f"a URL must be one that fsspec can open. Received: {received}") from error
        # A file system that is not asynchronous may have a single connection.
        self._one_at_a_time = nullcontext() if self._fs.async_impl else threading.Lock()

    def get(self, url: str, size: int, seconds: float) -> bytes:
        """Return a whole object; `size` is what it had when it was listed, 0 where that is unknown."""
        if not size:
            return self._call("cat_file", self.path(url), seconds=seconds)
        data: bytes = self._call("cat_file", self.path(url), start=0, end=size + 1, seconds=seconds)
        if len(data) > size:
            raise ChangedError
        if len(data) < size:
            raise CutError
        return data

    def get_range(self, url: str, start: int, stop: int, seconds: float) -> bytes:
        """Return the bytes from `start` to before `stop`."""
        data: bytes = self._call("cat_file", self.path(url), start=start, end=stop, seconds=seconds)
        if len(data) != stop - start:
            raise CutError
        return data

    def info(self, path: str, seconds: float) -> Listed:
        """Return what is at a path. Raises FileNotFoundError where there is nothing."""
        return _listed(self._call("info", path, seconds=seconds))

    def folder(self, path: str, seconds: float) -> list[Listed]:
        """Return what is in a folder, in any order."""
        found = [_listed(entry) for entry in self._call("ls", path, detail=True, seconds=seconds)]
        return [one for one in found if one.path.rstrip("/") != path.rstrip("/")]

    def matching(self, pattern: str, seconds: float) -> list[Listed]:
        """Return what matches a pattern such as "bucket/*/a.mid", in any order."""
        found: Mapping[str, Mapping[str, Any]] = self._call("glob", pattern, detail=True, seconds=seconds)
        return [_listed(entry) for entry in found.values()]

    def page(self, url: str, bucket: str, prefix: str, token: str | None, seconds: float) -> Page:
        """Return a page of all keys below a prefix; only of a scheme in `PAGED`."""
        return PAGED[scheme_of(url)](lambda name, *args, **how: self._call(name, *args, seconds=seconds, **how),
                                     bucket, prefix, token)  # fmt: skip

    def path(self, url: str) -> str:
        """Return the path of a URL within the file system."""
        path: str = self._fs._strip_protocol(url.split(_CHAIN)[0] if "://" in url.split(_CHAIN)[0] else url)
        return path

    def _call(self, name: str, *args: object, seconds: float, **how: object) -> Any:
        """Call a method; an asynchronous one ends after `seconds`."""
        with self._one_at_a_time:
            if self._fs.async_impl:
                return self._sync(self._fs.loop, getattr(self._fs, f"_{name}"), *args, timeout=seconds, **how)
            return getattr(self._fs, name)(*args, **how)


def _listed(entry: Mapping[str, Any]) -> Listed:
    return Listed(entry["name"], int(entry.get("size") or 0), entry["type"])


def _s3_page(call: Callable[..., Any], bucket: str, prefix: str, token: str | None) -> Page:
    further = {} if token is None else {"ContinuationToken": token}
    page = call("call_s3", "list_objects_v2", Bucket=bucket, Prefix=prefix, **further)
    return [(one["Key"], one["Size"]) for one in page.get("Contents", ())], page.get("NextContinuationToken")


def _gs_page(call: Callable[..., Any], bucket: str, prefix: str, token: str | None) -> Page:
    further = {} if token is None else {"pageToken": token}
    page = call("call", "GET", "b/{}/o", bucket, prefix=prefix, fields="items(name,size),nextPageToken",
                json_out=True, **further)  # fmt: skip
    return [(one["name"], int(one["size"])) for one in page.get("items", ())], page.get("nextPageToken")


# Schemes of stores that list all keys below a prefix page by page -> how a page is requested.
PAGED: dict[str, Callable[[Callable[..., Any], str, str, str | None], Page]] = {
    "s3": _s3_page,
    "s3a": _s3_page,
    "gs": _gs_page,
    "gcs": _gs_page,
}


def url_at(url: str, root: str, path: str) -> str:
    """Return the URL of a path in the file system of another URL, whose own path there is `root`."""
    first, chain, rest = url.partition(_CHAIN)
    head, tail = (first, f"{chain}{rest}") if "://" in first else (url, "")
    return head.rstrip("/").removesuffix(root.rstrip("/")) + path + tail
