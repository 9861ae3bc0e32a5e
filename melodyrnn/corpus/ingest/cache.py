"""Outcomes by content, kept with the corpus: the next ingest of the same files reads only what changed.

    a line of JSON: {"format": ..., "key": what the outcomes hang on beside the bytes}
    for each file: digest of its bytes (16), of its outcome (16), length of the outcome (4, little endian), outcome

A cache that is damaged or was made under other settings is worth nothing and is passed over.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from ... import __version__
from ..ingest.examine import Filters
from .result import DIGEST_BYTES, digest
from .sources import Limits

CACHE = "cache.bin"
_FORMAT = "melodyrnn outcomes"
_BUFFER = 1 << 18  # bytes
_VERSION = 3  # to be raised whenever the same file gives something else than before


def cache_key(filters: Filters, limits: Limits) -> str:
    """What an outcome hangs on beside the file's bytes."""
    settings = asdict(filters)
    del settings["keep_duplicates"]
    words = json.dumps([_VERSION, __version__, settings, limits.file_notes])
    return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()


class Cache:
    """A cache on disk, opened to ask it."""

    def __init__(self, path: Path | None, key: str) -> None:
        self._places: dict[bytes, tuple[int, int, bytes]] = {}
        self._file: BinaryIO | None = None
        if path is not None:
            try:
                self._open(path, key)
            except (OSError, ValueError, KeyError, TypeError):
                self._places = {}

    def _open(self, path: Path, key: str) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 -- closed by `close`
        head = json.loads(self._file.readline(1000))
        if (head["format"], head["key"]) != (_FORMAT, key):
            return
        while frame := self._file.read(2 * DIGEST_BYTES + 4):
            length = int.from_bytes(frame[2 * DIGEST_BYTES :], "little")
            at = self._file.tell()
            self._places[frame[:DIGEST_BYTES]] = at, length, frame[DIGEST_BYTES : 2 * DIGEST_BYTES]
            self._file.seek(length, 1)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, content: bytes) -> bytes | None:
        """The outcome of the file with this digest, if it is here and whole."""
        place = self._places.get(content)
        if place is None or self._file is None:
            return None
        self._file.seek(place[0])
        outcome = self._file.read(place[1])
        return outcome if digest(outcome) == place[2] else None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class CacheWriter:
    """Writes a cache, each content once."""

    def __init__(self, path: Path, key: str) -> None:
        self._file = open(path, "wb", _BUFFER)  # noqa: SIM115 -- closed by `close`
        self._file.write(json.dumps({"format": _FORMAT, "key": key}).encode() + b"\n")

    def add(self, content: bytes, outcome: bytes) -> None:
        self._file.write(content + digest(outcome) + len(outcome).to_bytes(4, "little") + outcome)

    def close(self) -> None:
        self._file.close()
