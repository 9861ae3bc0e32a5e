"""What every kind of archive offers: its members, and the bytes of one."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple, Protocol

# What reading an archive may raise where it is damaged.
FAULTS = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    KeyError,
    RuntimeError,
    ValueError,
)


class Entry(NamedTuple):
    """A member of an archive: its name, its size in bytes, and why it cannot be read; None where it can."""

    name: str
    size: int
    fault: str | None = None


class Archive(Protocol):
    """An archive that is open."""

    def entries(self) -> Iterator[Entry]:
        """Yield the members, without folders, in the order of the archive. Raises one of FAULTS, or NotReadError."""

    def total(self, suffixes: tuple[str, ...]) -> int | None:
        """Return the size of all members whose name has one of the suffixes; None where only reading all would tell."""

    def read(self, member: str, max_bytes: int) -> bytes:
        """Return the bytes of a member, at most so many. Raises one of FAULTS, or NotReadError."""

    def close(self) -> None:
        """Close its file."""
