"""Events in order: any thread sends them, and any number of readers follow them as server-sent events.

Source: HTML Living Standard, 9.2 Server-sent events.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator

from .endpoint import EVENT_STREAM, Answer


class Feed:
    """The events of one thing, such as a job. A reader that comes late gets all those that are kept.

    Events are numbered from 0; the number is the `id` of a server-sent event.
    """

    def __init__(self, keep: int | None = None) -> None:
        """Keep the last `keep` events for readers to come; None keeps all."""
        self._lock = threading.Lock()
        self._events: deque[bytes] = deque(maxlen=keep)
        self._count = 0  # of all that were sent
        self._is_closed = False
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    @property
    def count(self) -> int:
        """The number of events that were sent, which is that of the next one."""
        return self._count

    @property
    def is_closed(self) -> bool:
        """Whether no event will follow."""
        return self._is_closed

    def send(self, name: str, data: object, last: bool = False) -> None:
        """Send an event; nothing is sent after the `last` one."""
        with self._lock:
            if self._is_closed:
                return
            text = json.dumps(data, separators=(",", ":"))  # which has no line break
            self._events.append(f"id: {self._count}\nevent: {name}\ndata: {text}\n\n".encode())
            self._count += 1
            self._is_closed = last
            self._wake()

    def close(self) -> None:
        """Let all readers end after the events that were sent."""
        with self._lock:
            self._is_closed = True
            self._wake()

    def _wake(self) -> None:
        for event, loop in self._waiting.items():
            loop.call_soon_threadsafe(event.set)
        self._waiting.clear()

    async def follow(self, first: int = 0) -> AsyncIterator[bytes]:
        """Yield the events from number `first` on, as they are sent, until the feed is closed."""
        loop = asyncio.get_running_loop()
        while True:
            sent = asyncio.Event()
            with self._lock:
                start = self._count - len(self._events)
                found = list(self._events)[max(0, first - start) :]
                first = self._count
                is_closed = self._is_closed
                if not found and not is_closed:
                    self._waiting[sent] = loop
            if found:
                yield b"".join(found)
            elif is_closed:
                return
            else:
                try:
                    await sent.wait()
                finally:
                    with self._lock:
                        self._waiting.pop(sent, None)

    def answer(self, first: int = 0) -> Answer:
        """Return the answer that streams the events from number `first` on; one without content where none will come.

        A browser connects again after a stream, but not after an answer without content.
        """
        if self._is_closed and first >= self._count:
            return Answer(status=204)
        return Answer(None, EVENT_STREAM, stream=self.follow(first))
