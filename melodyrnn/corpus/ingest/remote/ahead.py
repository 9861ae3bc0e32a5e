"""Fetches ahead: what will be asked for next is fetched by threads while what came before is worked on."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)


class ReadAhead(Generic[_Key]):
    """Things that are fetched by key, some at once, in the order in which they are expected.

    In memory are at most `max_bytes` that were fetched and not taken yet, and one thing more for each thread. The
    threads are daemons: none of them keeps a process alive.
    """

    def __init__(
        self,
        fetch: Callable[[_Key], bytes],
        size_of: Callable[[_Key], int],
        num_threads: int,
        max_bytes: int,
    ) -> None:
        """Nothing is fetched yet.

        Args:
            fetch: called with a key, in any thread; what it raises is raised by `take`.
            size_of: returns for a key how many bytes it will probably give.
        """
        self._fetch, self._size_of = fetch, size_of
        self._num_threads, self._max_bytes = num_threads, max_bytes
        self._changed = threading.Condition()
        self._waiting: deque[_Key] = deque()
        self._under_way: set[_Key] = set()
        self._done: dict[_Key, bytes | BaseException] = {}
        self._held = 0  # bytes that are there, or will be
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def expect(self, keys: Sequence[_Key]) -> None:
        """Begin to fetch these after those that are expected already; return at once."""
        with self._changed:
            known = {*self._waiting, *self._under_way, *self._done}
            self._waiting.extend(key for key in dict.fromkeys(keys) if key not in known)
            while len(self._threads) < min(self._num_threads, len(self._waiting)):
                self._threads.append(threading.Thread(target=self._work, daemon=True))
                self._threads[-1].start()
            self._changed.notify_all()

    def take(self, key: _Key) -> bytes:
        """Return what belongs to a key, fetched now unless it was expected. Raises what fetching it raised."""
        with self._changed:
            if key in self._waiting:
                self._waiting.remove(key)
            while key in self._under_way:
                self._changed.wait()
            found = self._done.pop(key, None)
            if found is not None:
                self._held -= len(found) if isinstance(found, bytes) else 0
                self._changed.notify_all()
        if isinstance(found, BaseException):
            raise found
        return self._fetch(key) if found is None else found

    def forget(self) -> None:
        """Expect nothing more; what was fetched and not taken is dropped."""
        with self._changed:
            self._waiting.clear()
            self._held -= sum(len(one) for one in self._done.values() if isinstance(one, bytes))
            self._done.clear()

    def close(self) -> None:
        """End the threads, each after what it fetches now."""
        self.forget()
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        """Fetch one after another; runs in a thread."""
        while (key := self._next()) is not None:
            try:
                found: bytes | BaseException = self._fetch(key)
            except BaseException as error:  # it must reach the thread that takes
                found = error
            with self._changed:
                self._held += (len(found) if isinstance(found, bytes) else 0) - self._size_of(key)
                self._under_way.discard(key)
                self._done[key] = found
                self._changed.notify_all()

    def _next(self) -> _Key | None:
        """Return the key to fetch next, once there is one and room for it; None at the end."""
        with self._changed:
            while not self._is_closed and (not self._waiting or self._held >= self._max_bytes):
                self._changed.wait()
            if self._is_closed:
                return None
            key = self._waiting.popleft()
            self._under_way.add(key)
            self._held += self._size_of(key)
            return key
