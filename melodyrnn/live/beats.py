"""Waits for the beats of a transport, which may stop or start again at any time.

Conventions: a beat is a quarter note, counted from the first bar line of the transport.
"""

from __future__ import annotations

import time

from .timing import Waiter
from .transport import Transport

POLL = 0.004  # seconds between two looks at a clock that is followed


class Halted(Exception):  # noqa: N818
    """The clock has stopped or started again, or a stop was requested."""


class Beats:
    """The beats of one start of a transport after another; the methods may raise the errors of the waiter's check."""

    def __init__(self, transport: Transport, waiter: Waiter) -> None:
        self._transport, self._waiter = transport, waiter
        self._start = 0  # the start of the transport at which the beats began

    def wait_until_running(self) -> float:
        """Wait until the transport runs; return the beat that it is at. Raises Halted where a stop was requested."""
        while (now := self._transport.beat(time.monotonic())) is None:
            if not self._waiter.until(time.monotonic() + POLL):
                raise Halted
        self._start = self._transport.num_starts
        return now

    def wait_for(self, beat: float) -> None:
        """Wait until a beat is due. Raises Halted where the transport halts first."""
        while True:
            moment = self._transport.moment(beat)
            if moment is None or self._transport.num_starts != self._start:
                raise Halted
            now = time.monotonic()
            if now >= moment:
                return
            if not self._waiter.until(moment if self._transport.steady else min(moment, now + POLL)):
                raise Halted
