"""Plays a schedule in quarter notes in time with a transport, such as the clock of a DAW, start after start."""

from __future__ import annotations

from collections.abc import Iterator

from .beats import Beats, Halted
from .ports import Output
from .schedule import Schedule
from .timing import Stop, real_time_priority

_JOIN = 0.25  # quarters: what was due at most this long ago is still played where the transport starts to run
_CHANNEL_NOTES = (0x80, 0x90)


def follow(schedule: Schedule, output: Output, beats: Beats, stop: Stop, loop: bool = False) -> None:
    """Play with each start of a transport, from its beat on, until `stop` is set; then all notes have ended.

    Where the transport stops, the notes end. A schedule of no length is played as one without a loop.

    Raises:
        PortError: where a port disappears.
    """
    try:
        with real_time_priority():
            while not stop.is_set():
                try:
                    _play(schedule, output, beats, loop)
                except Halted:
                    output.silence()
    finally:
        output.silence()


def _play(schedule: Schedule, output: Output, beats: Beats, loop: bool) -> None:
    """Play from the beat of the transport on, until it halts, which raises Halted."""
    first = beats.wait_until_running() - _JOIN
    for beat, message in _events(schedule, loop):
        if beat >= first:
            beats.wait_for(beat)
        elif message[0] & 0xF0 in _CHANNEL_NOTES:
            continue
        output.send(message)
    while True:
        beats.wait_for(float("inf"))


def _events(schedule: Schedule, loop: bool) -> Iterator[tuple[float, bytes]]:
    """Yield pairs (beat, message), without end in a loop."""
    begin = 0.0
    while True:
        for beat, message in schedule.events:
            yield begin + beat, message
        begin += schedule.length
        if not loop or schedule.length == 0:
            return
