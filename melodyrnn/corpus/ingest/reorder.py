"""A buffer on disk for results that arrive early, so that results are written in the order of the files."""

from __future__ import annotations

import os
from array import array
from pathlib import Path

from .identity import DIGEST_BYTES


class ReorderBuffer:
    """Results of files by number, 0..size - 1, on disk; only their positions are in memory."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._file = open(path, "w+b")  # noqa: SIM115 -- closed by `close`
        self._starts, self._lengths = array("Q", bytes(8 * size)), array("Q", bytes(8 * size))
        self._digests = bytearray(DIGEST_BYTES * size)
        self._end = 0

    def put(self, number: int, content: bytes, packed: bytes) -> None:
        """Store the result of file `number`, whose bytes have the digest `content`."""
        self._file.write(packed)
        self._starts[number], self._lengths[number] = self._end, len(packed)
        self._digests[DIGEST_BYTES * number : DIGEST_BYTES * (number + 1)] = content
        self._end += len(packed)

    def __contains__(self, number: int) -> bool:
        """Return whether the result of file `number` was stored."""
        return self._lengths[number] > 0

    def get(self, number: int) -> tuple[bytes, bytes]:
        """Return the digest of file `number` and its result; empty bytes where none was stored."""
        self._file.seek(self._starts[number])
        content = bytes(self._digests[DIGEST_BYTES * number : DIGEST_BYTES * (number + 1)])
        return content, self._file.read(self._lengths[number])

    def close(self) -> None:
        """Close the buffer and remove its file."""
        self._file.close()
        os.unlink(self._path)
