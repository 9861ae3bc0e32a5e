"""What is sent when: the messages of a file, and MIDI clock, in seconds from the start.

Source: MIDI 1.0, "System Real Time": 24 clocks a quarter; Start, then the first clock on the first beat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..midi.file import MidiFile
from ..music.timeline import last_bar_line, seconds_at

CLOCKS_PER_QUARTER = 24
CLOCK, START, CONTINUE, STOP = (bytes([status]) for status in (0xF8, 0xFA, 0xFB, 0xFC))
_SYSTEM = 0xF0


@dataclass(frozen=True, slots=True)
class Schedule:
    """(seconds, message) in order, and the length of a round in seconds: to the last bar line."""

    events: tuple[tuple[float, bytes], ...]
    length: float


def schedule(whole: MidiFile, clock: bool = False) -> Schedule:
    """The messages of a file that mean something to an instrument; with `clock`, a clock every 24th of a quarter."""
    piece, end = whole.piece, last_bar_line(whole.piece)
    messages = [(float(tick), bytes(m.bytes())) for tick, m in whole.messages() if tick <= end]
    messages = [(tick, data) for tick, data in messages if data[0] < _SYSTEM]
    if clock:
        step = piece.ticks_per_quarter / CLOCKS_PER_QUARTER
        clocks = [(n * step, CLOCK) for n in range(int(np.ceil(end / step - 1e-9)))]
        messages = sorted(clocks + messages, key=lambda event: event[0])  # a clock before the notes of its tick
    seconds = seconds_at(piece, [tick for tick, _ in messages]).tolist()
    events = tuple(zip(seconds, (data for _, data in messages), strict=True))
    return Schedule(events, float(seconds_at(piece, end)))
