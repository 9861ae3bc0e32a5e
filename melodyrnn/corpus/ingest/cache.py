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
from .config import IngestConfig
from .identity import DIGEST_BYTES, digest

CACHE = "cache.bin"
_FORMAT = "melodyrnn file results"
_BUFFER_BYTES = 1 << 18
_MAX_HEADER_BYTES = 1000
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
        self._places: dict[bytes, tuple[int, int, bytes]] = {}  # content -> first byte, length, digest of the result
        self._file: BinaryIO | None = None
        self.end = 0  # byte after its last whole result; 0 for an unusable cache
        if path is not None:
            try:
                self._open(path, key)
            except (OSError, ValueError, KeyError, TypeError):
                self._places, self.end = {}, 0

    def _open(self, path: Path, key: str) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 -- closed by `close`
        head = json.loads(self._file.readline(_MAX_HEADER_BYTES))
        if (head["format"], head["key"]) != (_FORMAT, key):
            return
        size = os.fstat(self._file.fileno()).st_size
        self.end = self._file.tell()
        while frame := self._file.read(2 * DIGEST_BYTES + 4):
            length = int.from_bytes(frame[2 * DIGEST_BYTES :], "little")
            at = self._file.tell()
            if len(frame) < 2 * DIGEST_BYTES + 4 or at + length > size:
                break  # it was cut off
            self.end = at + length
            self._places[frame[:DIGEST_BYTES]] = at, length, frame[DIGEST_BYTES : 2 * DIGEST_BYTES]
            self._file.seek(length, 1)

    def __len__(self) -> int:
        """Return the number of files whose result is in the cache."""
        return len(self._places)

    @property
    def contents(self) -> set[bytes]:
        """The digests of the files whose result is in the cache."""
        return set(self._places)

    def __contains__(self, content: bytes) -> bool:
        """Return whether there is a result of the file with this digest."""
        return content in self._places

    def get(self, content: bytes) -> bytes | None:
        """Return the result of the file with this digest; None where there is none or it is damaged."""
        place = self._places.get(content)
        if place is None or self._file is None:
            return None
        self._file.seek(place[0])
        packed = self._file.read(place[1])
        return packed if digest(packed) == place[2] else None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class CacheWriter:
    """Writes a cache; each content may be added only once."""

    def __init__(self, path: Path, key: str) -> None:
        self._file: BinaryIO = open(path, "wb", _BUFFER_BYTES)  # noqa: SIM115 -- closed by `close`
        self._file.write(json.dumps({"format": _FORMAT, "key": key}).encode() + b"\n")

    @classmethod
    def after(cls, cache: Cache, path: Path, key: str) -> CacheWriter:
        """Return a writer that goes on after the results of a cache at `path`, anew where the cache is unusable."""
        if not cache.end:
            return cls(path, key)
        writer = cls.__new__(cls)
        writer._file = open(path, "r+b", _BUFFER_BYTES)  # noqa: SIM115 -- closed by `close`
        writer._file.truncate(cache.end)
        writer._file.seek(cache.end)
        return writer

    def add(self, content: bytes, packed: bytes) -> None:
        """Add the result of the file whose bytes have the digest `content`."""
        self._file.write(content + digest(packed) + len(packed).to_bytes(4, "little") + packed)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
