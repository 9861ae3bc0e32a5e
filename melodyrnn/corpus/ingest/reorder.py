"""Brings results into the order of the files; those that come early wait, most of them on disk where they are many."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from ..scratch import Scratch
from .identity import NO_DIGEST
from .sources import Source

Write = Callable[[Source, bytes, bytes | None], None]  # the source, the digest of its bytes, its packed result


class InOrder:
    """Receives results in any order, and hands them on in the order of the files."""

    def __init__(self, path: Path, sources: Iterable[tuple[int, Source]], write: Write) -> None:
        """Take the numbered sources, ascending, and the function that gets each with its result.

        Args:
            path: of a file for results that come early, which `close` removes.
            write: gets the source, the digest of its bytes and its packed `FileResult`; None for a source that is
                refused unread.
        """
        self._sources, self._write = iter(sources), write
        self._next = next(self._sources, None)
        self._early = ReorderBuffer(path)
        self._advance()

    def offer(self, number: int, content: bytes, packed: bytes) -> None:
        """Hand on the result of source `number`, or store it until all sources before it have been handed on."""
        if self._next is not None and number == self._next[0]:
            self._hand_on(self._next[1], content, packed)
            self._advance()
        else:
            self._early.put(number, content, packed)

    def _advance(self) -> None:
        """Hand on everything that is next in order: sources that are refused unread, and stored results."""
        while self._next is not None:
            number, source = self._next
            if source.refusal is not None:
                self._hand_on(source, NO_DIGEST, None)
            elif (found := self._early.take(number)) is not None:
                self._hand_on(source, *found)
            else:
                break

    def _hand_on(self, source: Source, content: bytes, packed: bytes | None) -> None:
        self._write(source, content, packed)
        self._next = next(self._sources, None)

    def close(self) -> None:
        """Remove what is still stored."""
        self._sources = iter(())  # which may hold an open file
        self._early.close()


_MAX_HELD = 4 << 20  # bytes of results in memory


class ReorderBuffer:
    """Results by number, on disk where they are many; each is taken once."""

    def __init__(self, path: Path, max_held: int = _MAX_HELD) -> None:
        """Make a file at `path` for what goes beyond `max_held` bytes."""
        self._path, self._room = path, max_held
        self._held: dict[int, tuple[bytes, bytes]] = {}
        self._file = open(path, "w+b", 0)  # noqa: SIM115 -- closed by `close`
        self._places = Scratch("places(number INTEGER PRIMARY KEY, start INTEGER, length INTEGER, digest BLOB)")
        self._end = self._num = 0

    def put(self, number: int, content: bytes, packed: bytes) -> None:
        """Store the result of file `number`, whose bytes have the digest `content`."""
        if len(packed) <= self._room:
            self._held[number] = content, packed
            self._room -= len(packed)
            return
        self._file.seek(self._end)
        self._file.write(packed)
        self._places.execute("INSERT INTO places VALUES (?, ?, ?, ?)", (number, self._end, len(packed), content))
        self._end += len(packed)
        self._num += 1

    def take(self, number: int) -> tuple[bytes, bytes] | None:
        """Return the digest of file `number` and its result, and forget them; None where they are not there."""
        held = self._held.pop(number, None)
        if held is not None:
            self._room += len(held[1])
            return held
        if not self._num:
            return None
        found = self._places.execute("DELETE FROM places WHERE number = ? RETURNING start, length, digest", (number,))
        row = found.fetchone()
        if row is None:
            return None
        self._file.seek(row[0])
        packed = self._file.read(row[1])
        self._num -= 1
        if not self._num:
            self._end = 0  # the file is used again from its start
        return bytes(row[2]), packed

    def close(self) -> None:
        """Close the buffer and remove its file."""
        self._places.close()
        self._file.close()
        os.unlink(self._path)
