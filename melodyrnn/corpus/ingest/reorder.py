"""Outcomes that come before their turn wait on disk, so that they can be taken in the order of the files."""

from __future__ import annotations

import os
from array import array
from pathlib import Path

from .result import DIGEST_BYTES


class ReorderBuffer:
    """Outcomes by number of file, 0..size - 1; in memory are only their places."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._file = open(path, "w+b")  # noqa: SIM115 -- closed by `close`
        self._starts, self._lengths = array("Q", bytes(8 * size)), array("Q", bytes(8 * size))
        self._digests = bytearray(DIGEST_BYTES * size)
        self._end = 0

    def put(self, number: int, content: bytes, outcome: bytes) -> None:
        """Keep the outcome of file `number`, whose bytes have the digest `content`."""
        self._file.write(outcome)
        self._starts[number], self._lengths[number] = self._end, len(outcome)
        self._digests[DIGEST_BYTES * number : DIGEST_BYTES * (number + 1)] = content
        self._end += len(outcome)

    def __contains__(self, number: int) -> bool:
        return self._lengths[number] > 0

    def get(self, number: int) -> tuple[bytes, bytes]:
        """The digest of a file's bytes, and its outcome; empty for one never put."""
        self._file.seek(self._starts[number])
        content = bytes(self._digests[DIGEST_BYTES * number : DIGEST_BYTES * (number + 1)])
        return content, self._file.read(self._lengths[number])

    def close(self) -> None:
        """Close and remove it."""
        self._file.close()
        os.unlink(self._path)
