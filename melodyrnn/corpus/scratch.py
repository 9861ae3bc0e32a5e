"""What an ingest must look up or sort, in tables on disk, so that its memory does not grow with the number of files.

Each `Scratch` is a database of SQLite in a file of its own in the folder for temporary files (SQLITE_TMPDIR, TMPDIR,
else /var/tmp). The file is gone when the database is closed or its process ends, even where that is killed.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable
from types import TracebackType
from typing import Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

from ..errors import OutputError

_CACHE_KILOBYTES = 4096  # of each database in memory; 64 MB are not measurably faster than 4
_SETTINGS = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", f"cache_size = -{_CACHE_KILOBYTES}")

T = TypeVar("T", bound=np.generic)
Value = int | str | bytes | None


class Scratch:
    """Tables on disk, empty at first; a context manager that closes them."""

    def __init__(self, *tables: str) -> None:
        """Make tables, each given as its name and columns: "seen(digest BLOB PRIMARY KEY, place INTEGER)"."""
        self._connection = sqlite3.connect("", isolation_level=None)
        for setting in _SETTINGS:
            self._connection.execute(f"PRAGMA {setting}")
        for table in tables:
            self._connection.execute(f"CREATE TABLE {table}")
        self._connection.execute("BEGIN")  # one transaction to the end: nothing has to outlive the process

    def execute(self, statement: str, values: tuple[Value, ...] = ()) -> sqlite3.Cursor:
        """Return the cursor of a statement. Raises OutputError where the disk is full or cannot be written."""
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise _full(error) from error

    def execute_all(self, statement: str, rows: Iterable[tuple[Value, ...]]) -> None:
        """Execute a statement with each of the rows. Raises OutputError as `execute` does."""
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise _full(error) from error

    def close(self) -> None:
        """Close the tables, which are gone then; may be called again."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return the tables."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the tables."""
        self.close()


class Digests:
    """Numbers by digest (bytes), on disk: the place of the first file, or tune, that has the digest."""

    def __init__(self) -> None:
        self._scratch = Scratch("seen(digest BLOB PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID")
        self._size = 0

    def add(self, digest: bytes, place: int) -> int | None:
        """Give a digest a number, and return None; where it has one already, return that instead."""
        if self._scratch.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, place)).rowcount:
            self._size += 1
            return None
        return self.get(digest)

    def get(self, digest: bytes) -> int | None:
        """Return the number that a digest has; None for none."""
        row = self._scratch.execute("SELECT place FROM seen WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else int(row[0])

    def remove(self, digest: bytes) -> None:
        """Forget a digest that has a number."""
        self._scratch.execute("DELETE FROM seen WHERE digest = ?", (digest,))
        self._size -= 1

    def __contains__(self, digest: object) -> bool:
        """Return whether a digest has a number."""
        return isinstance(digest, bytes) and self.get(digest) is not None

    def __len__(self) -> int:
        """Return how many digests have numbers."""
        return self._size

    def close(self) -> None:
        """Forget everything; may be called again."""
        self._scratch.close()


class Column(Generic[T]):
    """Numbers on disk, in the order in which they come."""

    def __init__(self, dtype: type[T]) -> None:
        self._dtype = dtype
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by `close`
        self._size = 0

    def extend(self, numbers: npt.ArrayLike) -> None:
        """Append numbers. Raises OutputError where the disk is full."""
        values = np.asarray(numbers, self._dtype)
        try:
            self._file.write(values.tobytes())
        except OSError as error:
            raise _full(error) from error
        self._size += values.size

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return self._size

    def values(self) -> npt.NDArray[T]:
        """Return all numbers, (num,)."""
        self._file.seek(0)
        return np.frombuffer(self._file.read(), self._dtype)

    def close(self) -> None:
        """Forget everything; may be called again."""
        self._file.close()


def _full(error: Exception) -> OutputError:
    return OutputError(f"temporary files must have room; TMPDIR names the folder for them. Received: {error}")
