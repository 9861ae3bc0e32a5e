"""Requests that are tried again where that may help, with growing pauses, until a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar
from zlib import crc32

from ....errors import MelodyRNNError
from ..sources import UNFETCHED, Limits, NotReadError
from .faults import fault_of
from .urls import shown

_SHARE = 0.75  # of the time for a file that fetching may take; the rest is for reading it

_Result = TypeVar("_Result")


def persist(request: Callable[[float], _Result], url: str, limits: Limits) -> _Result:
    """Return what a request gives, tried again after faults that may pass.

    Args:
        request: called with the seconds that are left.
        url: what is requested.

    Raises NotReadError where the last try failed, or another would not help or be too late.
    """
    deadline = time.monotonic() + _SHARE * limits.seconds
    pause = limits.retry_seconds * (0.5 + 0.5 * crc32(url.encode(errors="surrogateescape")) / 2**32)  # not all at once
    for tries_left in range(limits.tries - 1, -1, -1):
        try:
            return request(max(0.1, deadline - time.monotonic()))
        except MelodyRNNError:
            raise
        except Exception as error:  # a file system may raise anything; the object still needs its report line
            fault = fault_of(error)
            wait = max(pause, fault.wait)
            if not fault.passes or not tries_left or time.monotonic() + wait >= deadline:
                raise NotReadError(shown(url), (f"{UNFETCHED}: {fault.words}", None)) from error
        time.sleep(wait)
        pause *= 2
    raise ValueError(f"there must be at least one try. Received: {limits.tries}")
