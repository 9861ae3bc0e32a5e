"""Tar archives, compressed or not, read as a stream: forward only, one member after another, nothing on disk.

A member of a compressed archive can be reached only through all that is before it. So the stream stays where it is
between two members, and reading members in their order takes one pass; a member that was passed takes another.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable, Iterator
from typing import IO, cast

from .archive import Entry
from .sources import Limits, NotReadError, archive_too_large

_DECOMPRESSORS: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda file: cast(IO[bytes], gzip.GzipFile(fileobj=file)),
    b"BZh": lambda file: cast(IO[bytes], bz2.BZ2File(file)),
    b"\xfd7zXZ": lambda file: cast(IO[bytes], lzma.LZMAFile(file)),  # noqa: SIM115 -- closed with the archive
}  # by the first bytes: suffixes are often wrong
_MAX_MAGIC = max(map(len, _DECOMPRESSORS))
_BLOCK = 512  # bytes of a header
_MAX_HEADER = 1 << 20  # bytes of an extended header; names are shorter
_PART_BYTES = 1 << 18  # that are skipped at once

OnProgress = Callable[[], None]


class TarArchive:
    """An `archive.Archive`; reading a member reads on from the last one."""

    def __init__(self, file: IO[bytes], name: str, limits: Limits, on_progress: OnProgress | None = None) -> None:
        """Take over a seekable file, which `close` closes. Raises one of `archive.FAULTS` where it is none.

        Args:
            on_progress: called often while what lies before a member is passed.
        """
        self._file, self._name, self._limits, self._on_progress = file, name, limits, on_progress
        self._size = file.seek(0, 2)
        self._rewind()

    def entries(self) -> Iterator[Entry]:
        """Yield the members, without folders, in the order of the archive.

        Raises NotReadError at a member that ends beyond the limit of what a compressed archive may unpack to.
        """
        self._rewind()
        while (info := self._next()) is not None:
            if not info.isdir():
                self._stream.check(info.offset_data + info.size)
                yield Entry(_name(info), info.size, self._fault(info))
            self._passed.add(hash(_name(info)))

    def total(self, suffixes: tuple[str, ...]) -> int | None:
        """Return None, for only reading all of it would tell; the size of the file of one that is not compressed."""
        return None if self._stream.is_compressed else self._size

    def read(self, member: str, max_bytes: int) -> bytes:
        """Return the bytes of a member, at most so many."""
        if hash(member) in self._passed:
            self._rewind()
        while (info := self._next()) is not None:
            self._passed.add(hash(_name(info)))
            if _name(info) == member:
                return self._stream.data(info.offset_data, min(info.size, max_bytes))
        raise KeyError(f"there is no {member}")

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        self._file.close()

    def _rewind(self) -> None:
        """Go to the first member."""
        self._file.seek(0)
        self._stream = _Forward(self._file, self._name, self._limits, self._on_progress)
        self._passed: set[int] = set()  # hashes of the names so far; the names would take a hundred bytes each
        self._tar = tarfile.TarFile(fileobj=cast(IO[bytes], self._stream), errorlevel=1)

    def _next(self) -> tarfile.TarInfo | None:
        """Return the next member. Raises ReadError at the end of an archive that is cut or damaged."""
        info = self._tar.next()
        self._tar.members.clear()  # type: ignore[attr-defined]  # or it would remember a kilobyte for each
        if info is None and self._stream.last.strip(b"\0"):
            raise tarfile.ReadError("a header is damaged")
        if info is None and len(self._stream.last) < _BLOCK:
            raise tarfile.ReadError("it ends too early")
        return info

    def _fault(self, info: tarfile.TarInfo) -> str | None:
        """Return why a member is not read; None where it is."""
        if info.issym() or info.islnk():
            return "a link within an archive"
        if not info.isreg() or info.issparse():
            return "not a regular file"
        return "a name that is twice in the archive" if hash(_name(info)) in self._passed else None


def _name(info: tarfile.TarInfo) -> str:
    return info.name.removeprefix("./")


class _Forward:
    """The unpacked bytes of an archive as the file that `tarfile` reads headers from; it never goes back.

    Attributes:
        is_compressed: whether what is skipped must be unpacked.
        last: what was read last.
    """

    def __init__(self, file: IO[bytes], name: str, limits: Limits, on_progress: OnProgress | None) -> None:
        magic = file.read(_MAX_MAGIC)
        file.seek(0)
        unpack = next((unpack for start, unpack in _DECOMPRESSORS.items() if magic.startswith(start)), None)
        self.is_compressed = unpack is not None
        self.last = b""
        self._file = file if unpack is None else unpack(file)
        self._name, self._limits, self._on_progress = name, limits, on_progress
        self._at = 0

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, position: int) -> int:
        """Skip what is before a position. Raises ReadError for one that was passed, or is after the end."""
        if position < self._at:
            raise tarfile.ReadError("its headers overlap")
        if not self.is_compressed:
            self._file.seek(position)
            self._at = position
        while self._at < position:
            if not self._read(min(_PART_BYTES, position - self._at)):
                raise tarfile.ReadError("it ends too early")
        return self._at

    def read(self, num_bytes: int) -> bytes:
        """Return bytes of a header. Raises ReadError for more than a header has."""
        if num_bytes > _MAX_HEADER:
            raise tarfile.ReadError("a header is too large")
        self.last = self._read(num_bytes)
        return self.last

    def data(self, start: int, num_bytes: int) -> bytes:
        """Return bytes of a member. Raises ReadError where there are fewer."""
        self.seek(start)
        data = self._read(num_bytes)
        if len(data) < num_bytes:
            raise tarfile.ReadError("it ends too early")
        return data

    def check(self, end: int) -> None:
        """Raise NotReadError where a compressed archive may not be unpacked so far."""
        if self.is_compressed and end > self._limits.archive_bytes:
            raise NotReadError(self._name, archive_too_large(None, self._limits))

    def close(self) -> None:
        """Close what unpacks."""
        if self.is_compressed:
            self._file.close()

    def _read(self, num_bytes: int) -> bytes:
        self.check(self._at + num_bytes)
        data = self._file.read(num_bytes)
        self._at += len(data)
        if self._on_progress is not None:
            self._on_progress()
        return data
