"""Waiting for what other processes, threads and pages do: a condition is polled, and no clock is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE = 0.01  # seconds between two looks
LIMIT = 60.0  # seconds, far more than a slow or loaded machine takes; only what fails waits so long


def until(condition: Callable[[], T], limit: float = LIMIT) -> T:
    """Return the first true result of `condition`; fail after about `limit` seconds, or more where it is slow."""
    for _ in range(round(limit / PAUSE)):
        if found := condition():
            return found
        time.sleep(PAUSE)
    raise AssertionError(f"waited in vain for {limit:g} seconds")
