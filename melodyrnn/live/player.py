"""Plays a schedule. All messages are timed from one moment of the clock, so errors do not accumulate."""

from __future__ import annotations

import time

from .ports import Output
from .schedule import START, STOP, Schedule
from .timing import Stop, Waiter, real_time_priority

_LEAD = 0.1  # seconds from the call to the first note
_START_LEAD = 0.005  # seconds from MIDI Start to the first clock; the specification asks for at least 1 ms
_BREAK = 1.0  # seconds: after a longer delay (the machine was asleep), playing continues from the current moment


def play(schedule: Schedule, output: Output, stop: Stop, loop: bool = False, clock: bool = False) -> None:
    """Play a schedule once, or in a loop until `stop` is set; all notes have ended when it returns or raises.

    Args:
        clock: whether to send Start and Stop; the clock messages themselves are in the schedule.

    Raises:
        PortError: where the port disappears.
    """
    waiter = Waiter(stop, output.check)
    begin = time.monotonic() + _LEAD
    try:
        with real_time_priority():
            if clock and waiter.until(begin - _START_LEAD):
                output.send(START)
            while not stop.is_set():
                begin = _play_round(schedule, output, waiter, begin)
                if not waiter.until(begin) or not loop:
                    break
    finally:
        output.silence()
        if clock:
            output.send(STOP)


def _play_round(schedule: Schedule, output: Output, waiter: Waiter, begin: float) -> float:
    """Play the schedule once from the moment `begin` on; return the moment at which the next round begins."""
    for seconds, message in schedule.events:
        late = time.monotonic() - begin - seconds
        if late > _BREAK:
            begin += late
        if not waiter.until(begin + seconds):
            break
        output.send(message)
    return begin + schedule.length
