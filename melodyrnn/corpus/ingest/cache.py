"""A cache of the results of files by content, stored with the corpus: the next ingest reads only changed files.

    a line of JSON: {"format": ..., "key": a digest of what the results depend on besides the files}
    for each file: digest of its bytes (16), of its result (16), length of the result (4, little endian), result

A cache that is damaged or was made under other settings is ignored.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from ...version import __version__
from ..scratch import Digests
from .config import IngestConfig
from .identity import DIGEST_BYTES, digest

CACHE = "cache.bin"
_FORMAT = "melodyrnn file results"
_BUFFER_BYTES = 1 << 18
_MAX_HEADER_BYTES = 1000
_HEAD_BYTES = 2 * DIGEST_BYTES + 4  # before each result
_VERSION = 12  # to be raised whenever the result of an unchanged file changes


def cache_key(config: IngestConfig) -> str:
    """Return a digest, in hexadecimal, of everything that the result of a file depends on besides its bytes."""
    filters = asdict(config.filters)
    del filters["keep_duplicates"]
    settings = [
        _VERSION,
        __version__,
        config.extractor,
        config.extraction_settings(),
        filters,
        config.limits.file_notes,
    ]
    return hashlib.blake2b(json.dumps(settings).encode(), digest_size=16).hexdigest()


class Cache:
    """A cache on disk, opened for reading; an unusable one is empty."""

    def __init__(self, path: Path | None, key: str) -> None:
        self.places = Digests()  # first byte of each result with what stands before it, by the content of its file
        self._file: BinaryIO | None = None
        self.end = 0  # byte after its last whole result; 0 for an unusable cache
        if path is not None:
            self._open(path, key)

    def _open(self, path: Path, key: str) -> None:
        self._file = open_results(path, key)
        if self._file is None:
            return
        size, self.end = os.fstat(self._file.fileno()).st_size, self._file.tell()
        while frame := self._file.read(_HEAD_BYTES):
            end = self.end + _HEAD_BYTES + _length(frame)
            if len(frame) < _HEAD_BYTES or end > size:
                break  # it was cut off
            self.places.add(frame[:DIGEST_BYTES], self.end)
            self.end = end
            self._file.seek(end)

    def __len__(self) -> int:
        """Return the number of files whose result is in the cache."""
        return len(self.places)

    def __contains__(self, content: bytes) -> bool:
        """Return whether there is a result of the file with this digest."""
        return content in self.places

    def get(self, content: bytes) -> bytes | None:
        """Return the result of the file with this digest; None where there is none or it is damaged."""
        place = self.places.get(content)
        if place is None or self._file is None:
            return None
        packed = result_at(self._file, place, content)
        if packed is None:
            self.places.remove(content)
        return packed

    def close(self) -> None:
        """Close the file."""
        self.places.close()
        if self._file is not None:
            self._file.close()


def open_results(path: Path, key: str) -> BinaryIO | None:
    """Return a cache, opened at its first result; None where there is none, or it was made under other settings."""
    try:
        file = open(path, "rb", _BUFFER_BYTES)  # noqa: SIM115 -- closed by the caller
    except OSError:
        return None
    try:
        head = json.loads(file.readline(_MAX_HEADER_BYTES))
        if (head["format"], head["key"]) == (_FORMAT, key):
            return file
    except (OSError, ValueError, KeyError, TypeError):
        pass
    file.close()
    return None


def result_at(file: BinaryIO, place: int, content: bytes) -> bytes | None:
    """Return the result of the file with the digest `content` at a place of a cache; None where it is damaged."""
    file.seek(place)
    head = file.read(_HEAD_BYTES)
    packed = file.read(_length(head))
    whole = head[:DIGEST_BYTES] == content and head[DIGEST_BYTES : 2 * DIGEST_BYTES] == digest(packed)
    return packed if whole else None


def _length(head: bytes) -> int:
    """Return the length of the result that follows a head."""
    return int.from_bytes(head[2 * DIGEST_BYTES :], "little")


class CacheWriter:
    """Writes a cache at `path`; each content may be added only once.

    Attributes:
        end: the place in the file where the next result will be.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self._file: BinaryIO = open(path, "wb", _BUFFER_BYTES)  # noqa: SIM115 -- closed by `close`
        self.end = self._file.write(json.dumps({"format": _FORMAT, "key": key}).encode() + b"\n")

    @classmethod
    def after(cls, cache: Cache, path: Path, key: str) -> CacheWriter:
        """Return a writer that goes on after the results of a cache at `path`, anew where the cache is unusable."""
        if not cache.end:
            return cls(path, key)
        writer = cls.__new__(cls)
        writer.path = path
        writer._file = open(path, "r+b", _BUFFER_BYTES)  # noqa: SIM115 -- closed by `close`
        writer._file.truncate(cache.end)
        writer.end = writer._file.seek(cache.end)
        return writer

    def add(self, content: bytes, packed: bytes) -> None:
        """Add the result of the file whose bytes have the digest `content`."""
        self.end += self._file.write(content + digest(packed) + len(packed).to_bytes(4, "little") + packed)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
