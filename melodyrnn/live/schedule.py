"""The schedule of a MIDI file: its messages, and MIDI clock, with the seconds at which they are sent.

Source: MIDI 1.0, "System Real Time": 24 clocks a quarter; after Start, the first clock is the first beat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import MidiError
from ..generation.looping import loop_of
from ..midi.file import MidiFile
from ..music.piece import Piece
from ..music.timeline import last_bar_line, seconds_at

CLOCKS_PER_QUARTER = 24
_MAX_QUARTERS_WITH_CLOCK = 50_000  # seven hours at 120 quarter notes a minute
CLOCK, START, CONTINUE, STOP = (bytes([status]) for status in (0xF8, 0xFA, 0xFB, 0xFC))
_SYSTEM, _NOTE_ON, _NOTE_OFF = 0xF0, 0x90, 0x80


@dataclass(frozen=True, slots=True)
class Schedule:
    """Pairs (time from the start, message) in order; `length` is the time at which it ends, or begins again.

    Times are seconds, or quarter notes where the clock of another program is followed.
    """

    events: tuple[tuple[float, bytes], ...]
    length: float


def schedule(midi: MidiFile, clock: bool = False, end: int | None = None, loop: bool = False) -> Schedule:
    """Return the schedule of the channel messages of a file; with `clock` also MIDI clock.

    Args:
        end: the tick at which it ends; None for the last bar line.
        loop: whether it will be repeated: of a file with markers around a loop it is then that of the loop, from its
            first bar line on; the pick-up sounds at the end of each round.

    Raises:
        MidiError: where a file to be played with clock lasts so long that its clocks fill the memory.
    """
    piece = midi.piece
    marked = loop_of(piece) if loop and end is None else None
    start, stop = (0, last_bar_line(piece) if end is None else end) if marked is None else _from_bar_line(piece, marked)
    end = stop - start
    if clock and end > _MAX_QUARTERS_WITH_CLOCK * piece.ticks_per_quarter:
        quarters = f"{end / piece.ticks_per_quarter:.0f}"
        raise MidiError(
            f"a file must last {_MAX_QUARTERS_WITH_CLOCK} quarter notes at most to be played with clock. "
            f"Received: {midi.name}, {quarters} quarter notes"
        )
    messages = _channel_messages(midi, stop)
    if marked is not None:
        messages = _turned(messages, start, end)
    if clock:
        step = piece.ticks_per_quarter / CLOCKS_PER_QUARTER
        clocks = [(n * step, CLOCK) for n in range(int(np.ceil(end / step - 1e-9)))]
        messages = sorted(clocks + messages, key=lambda event: event[0])  # at one tick, the clock comes first
    seconds = seconds_at(piece, [tick for tick, _ in messages]).tolist()
    events = tuple(zip(seconds, (data for _, data in messages), strict=True))
    return Schedule(events, float(seconds_at(piece, end)))


def schedule_in_quarters(midi: MidiFile, end: int | None = None) -> Schedule:
    """Return the schedule of the channel messages of a file in quarter notes, whatever its tempo; `end` as above."""
    quarter = midi.piece.ticks_per_quarter
    end = last_bar_line(midi.piece) if end is None else end
    return Schedule(tuple((tick / quarter, data) for tick, data in _channel_messages(midi, end)), end / quarter)


def _from_bar_line(piece: Piece, marked: tuple[int, int]) -> tuple[int, int]:
    """Return the ticks of a loop that begins, and ends, on the bar line after its pick-up."""
    bar = piece.meters[0].meter.bar(piece.ticks_per_quarter) if piece.meters else 4 * piece.ticks_per_quarter
    line = -(-marked[0] // bar) * bar
    return line, line + marked[1] - marked[0]


def _turned(messages: list[tuple[float, bytes]], line: int, length: int) -> list[tuple[float, bytes]]:
    """Return messages from a bar line on, with the notes before it at the end of the loop."""
    turned = []
    for tick, data in messages:
        is_note = data[0] & 0xF0 in (_NOTE_ON, _NOTE_OFF)
        begins = data[0] & 0xF0 == _NOTE_ON and data[2] > 0
        is_before = tick < line or (tick == line and not begins)
        turned.append((tick - line + length if is_note and is_before else max(0.0, tick - line), data))
    return sorted(turned, key=lambda event: event[0])


def _channel_messages(midi: MidiFile, end: int) -> list[tuple[float, bytes]]:
    """Return pairs (tick, message) up to the tick `end`."""
    messages = [(float(tick), bytes(m.bytes())) for tick, m in midi.messages() if tick <= end]
    return [(tick, data) for tick, data in messages if data[0] < _SYSTEM]
