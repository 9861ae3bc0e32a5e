"""Plays a schedule: every message at its moment of one clock, so that nothing adds up over hours of looping."""

from __future__ import annotations

import time

from .ports import Output
from .schedule import START, STOP, Schedule
from .timing import Stop, Waiter, hurried

_LEAD = 0.1  # seconds from the call to the first note
_START_LEAD = 0.005  # seconds from MIDI Start to the first clock; the specification asks for one millisecond
_BREAK = 1.0  # seconds late after which the machine was asleep: go on from there instead of catching up


def play(schedule: Schedule, output: Output, stop: Stop, loop: bool = False, clock: bool = False) -> None:
    """Play once, or round after round until `stop` is set; nothing sounds when it returns, however it ends.

    Args:
        clock: whether to send Start and Stop; the clocks themselves are events of the schedule.

    Raises:
        PortError: where the port goes while it plays.
    """
    waiter = Waiter(stop, output.check)
    begin = time.monotonic() + _LEAD
    try:
        with hurried():
            if clock and waiter.until(begin - _START_LEAD):
                output.send(START)
            while not stop.is_set():
                begin = _round(schedule, output, waiter, begin)
                if not waiter.until(begin) or not loop:
                    break
    finally:
        output.silence()
        if clock:
            output.send(STOP)


def _round(schedule: Schedule, output: Output, waiter: Waiter, begin: float) -> float:
    """Play one round from `begin` on; the moment the next one begins."""
    for seconds, message in schedule.events:
        late = time.monotonic() - begin - seconds
        if late > _BREAK:
            begin += late
        if not waiter.until(begin + seconds):
            break
        output.send(message)
    return begin + schedule.length
