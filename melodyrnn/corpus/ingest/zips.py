"""Zip archives, whose members are read in place, in any order."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO

from .archive import Entry


class ZipArchive:
    """An `archive.Archive`; each member can be read alone."""

    def __init__(self, file: IO[bytes]) -> None:
        """Take over a seekable file, which `close` closes. Raises one of `archive.FAULTS` where it is none."""
        self._file = file
        self._archive = zipfile.ZipFile(file)

    def entries(self) -> Iterator[Entry]:
        """Yield the members, without folders, in the order of the archive."""
        for info in self._archive.infolist():
            if not info.is_dir():
                yield Entry(info.filename, info.file_size, "encrypted" if info.flag_bits & 1 else None)

    def total(self, suffixes: tuple[str, ...]) -> int:
        """Return the size of all members whose name has one of the suffixes."""
        return sum(info.file_size for info in self._archive.infolist() if info.filename.lower().endswith(suffixes))

    def read(self, member: str, max_bytes: int) -> bytes:
        """Return the bytes of a member, at most so many."""
        with self._archive.open(member) as file:
            return file.read(max_bytes)

    def close(self) -> None:
        """Close the file."""
        self._archive.close()
        self._file.close()
