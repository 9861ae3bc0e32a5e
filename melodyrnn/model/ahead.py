"""Items that a thread computes ahead of their use, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import TypeVar

T = TypeVar("T")
_DEPTH = 2  # items that wait at most


def ahead(item: Callable[[int], T], first: int) -> Iterator[T]:
    """Yield item(first), item(first + 1) and so on without end; one thread computes them while others are used.

    What an item raises is raised where it would have been yielded. The thread ends when the iterator is closed.
    """
    executor = ThreadPoolExecutor(1, "melodyrnn-ahead")
    try:
        waiting: deque[Future[T]] = deque()
        for number in count(first):
            waiting.append(executor.submit(item, number))
            if len(waiting) > _DEPTH:
                yield waiting.popleft().result()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
