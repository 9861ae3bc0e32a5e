"""Reads all events of the tracks of a file, also of damaged tracks as far as their bytes are valid.

It is slow, but exact where the file is sound, and it never refuses a track: of a truncated track all complete events
are read, a message without a status has the last status even after a meta event, a data byte above 127 counts as 127, a
status that MIDI does not define is skipped, and other invalid bytes are skipped one by one. Each kind of repair is
counted and reported.
Source: Standard MIDI Files 1.0; MIDI 1.0 detailed specification, table 1.
"""

from __future__ import annotations

from collections import Counter

from ..music.meter import Meter
from ..music.piece import Piece, Tempo, TimeSignature
from .builder import PieceBuilder, TrackNotes
from .chunks import Chunks
from .texts import MESSAGE_BYTES, TRACK_NAME, TextDecoder, length_at

_SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # all others of F4..FE have none
_END, _TEMPO, _METER, _KEY = 0x2F, 0x51, 0x58, 0x59
_LONGEST_MESSAGE = 7  # bytes: a time of four, a status and two of data
_MAX_GAP = 256  # quarter notes; a longer rest after damage means that the reader is out of step with the bytes


def salvage(data: bytes, chunks: Chunks) -> Piece:
    """Return the piece with everything readable in the tracks of `data`. Never raises."""
    builder, decode, repaired = PieceBuilder(chunks.format == 0), TextDecoder(data), Counter[str]()
    for start, stop in chunks.tracks:
        _TrackReader(data[start:stop], builder, decode, repaired, _MAX_GAP * chunks.ticks_per_quarter).read()
    repairs = tuple(what if n == 1 else f"{what} ({n} times)" for what, n in repaired.items())
    return builder.piece(chunks.ticks_per_quarter, chunks.repairs + repairs)


class _TrackReader:
    """Reads one track; `at` is the next byte, `tick` the time of the next event."""

    def __init__(
        self, data: bytes, builder: PieceBuilder, decode: TextDecoder, repaired: Counter[str], max_gap: int
    ) -> None:
        self.data, self.builder, self.decode = data, builder, decode
        self.repaired, self.max_gap = repaired, max_gap
        self.at = self.tick = self.status = 0
        self.name: str | None = None
        self.has_ended = self.is_damaged = False
        self.notes = TrackNotes()

    def read(self) -> None:
        """Read all events of the track, and add it to the piece."""
        while self.at < len(self.data) and not self.has_ended:
            if not self.is_damaged:
                self.sound_messages()
            wait = self.length()
            if self.is_damaged and wait > self.max_gap:
                self.repaired["the rest of a damaged track left out"] += 1
                break
            self.tick += wait
            if self.at < len(self.data):
                self.event(self.data[self.at])
        else:
            if not self.has_ended:
                self.repaired["a track without its end"] += 1
        self.builder.add_track(self.name or "", self.tick, self.notes)

    def sound_messages(self) -> None:
        """Read channel messages up to another event or a fault; `read` does it too, one by one and much slower."""
        data, at, tick, status, notes = self.data, self.at, self.tick, self.status, self.notes
        last = len(data) - _LONGEST_MESSAGE
        while self.at < last:
            at = self.at
            wait = data[at]
            at += 1
            if wait >= 0x80:
                wait, at = length_at(data, at - 1)
            byte = data[at]
            if byte >= 0x80:
                at += 1
            else:
                byte = status
            size = MESSAGE_BYTES.get(byte)
            if size is None or data[at] >= 0x80 or data[at + size - 1] >= 0x80:
                break
            status, tick = byte, tick + wait
            kind = byte & 0xF0
            if kind <= 0x90:
                notes.add(tick, byte & 0x0F, data[at], data[at + 1] if kind == 0x90 else 0)
            elif kind == 0xB0:
                notes.control(data[at], data[at + 1])
            elif kind == 0xC0:
                notes.set_program(byte & 0x0F, data[at])
            self.at = at + size
        self.tick, self.status = tick, status

    def damage(self, what: str) -> None:
        """Count a repair of invalid bytes."""
        self.repaired[what] += 1
        self.is_damaged = True

    def length(self) -> int:
        """Read a variable-length quantity of at most four bytes."""
        value, self.at = length_at(self.data, self.at)
        return value

    def event(self, byte: int) -> None:
        """Read an event whose first byte is `byte`."""
        if byte >= 0x80:
            self.at += 1
        if byte == 0xFF:
            self.meta()
        elif byte in (0xF0, 0xF7):
            self.sysex()
        elif byte > 0xF0:
            self.damage(f"status byte {byte:#x} passed over")
            self.at += _SYSTEM_DATA_BYTES.get(byte, 0)
        elif byte >= 0x80:
            self.status = byte
            self.message()
        elif self.status:
            self.message()
        else:
            self.damage("bytes without a status")
            self.at += 1

    def message(self) -> None:
        """Read the data bytes of a channel message of the current status."""
        size = MESSAGE_BYTES[self.status]
        values = self.data[self.at : self.at + size]
        self.at += size
        if len(values) < size:
            return  # the end of the file; `read` reports it
        if max(values) > 127:
            self.damage("data bytes above 127 taken as 127")
        channel, first, last = self.status & 0x0F, min(values[0], 127), min(values[-1], 127)
        kind = self.status & 0xF0
        if kind in (0x80, 0x90):
            self.notes.add(self.tick, channel, first, last if kind == 0x90 else 0)
        elif kind == 0xB0:
            self.notes.control(first, last)
        elif kind == 0xC0:
            self.notes.set_program(channel, first)

    def sysex(self) -> None:
        """Skip a system exclusive message."""
        stop = self.length() + self.at
        if stop > len(self.data):
            end = self.data.find(b"\xf7", self.at)
            stop = end + 1 if end >= 0 else len(self.data)
            self.damage("a system message with a wrong length")
        self.at = stop

    def meta(self) -> None:
        """Read a meta event."""
        if self.at >= len(self.data):
            return
        kind = self.data[self.at]
        self.at += 1
        size = self.length()
        body = self.data[self.at : self.at + size]
        self.at += size
        if kind == _END:
            self.has_ended = True
        elif kind == TRACK_NAME and self.name is None:
            self.name = self.decode(body)
        elif kind == _TEMPO and len(body) >= 3:
            self.builder.tempos.append(Tempo(self.tick, int.from_bytes(body[:3], "big")))
        elif kind == _METER and len(body) >= 2:
            self.builder.meters.append(TimeSignature(self.tick, Meter(body[0], 2 ** body[1])))
        elif kind == _KEY and len(body) >= 2:
            self.builder.add_key(self.tick, body[0] - 256 if body[0] > 127 else body[0], body[1])
