"""A lock on a file, held by one process: it ends with the process, however that ends, and no process id is trusted."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

_PAUSE = 0.02  # seconds between two attempts
_PATIENCE = 25  # attempts: another process may just be looking whether the lock is held


class Lock:
    """A lock that this process holds until `release`, or until it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self, attempts: int = _PATIENCE) -> bool:
        """Take the lock, and return whether no other process holds it. Raises OSError where it cannot be made."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        for attempt in range(attempts):
            if attempt:
                time.sleep(_PAUSE)
            if _locks(file):
                self._file = file
                return True
        os.close(file)
        return False

    def release(self) -> None:
        """Give the lock back, where this process holds it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Return whether some process holds the lock."""
    if not path.exists():
        return False
    lock = Lock(path)
    try:
        return not lock.acquire(attempts=1)
    finally:
        lock.release()


if sys.platform == "win32":
    import msvcrt

    def _locks(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locks(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
