"""The events of a MIDI file as they stand in it, for files that are changed in a few places and otherwise kept.

`read_piece` keeps notes, names, programs, tempos, meters and keys; this module keeps everything: controllers, lyrics,
system exclusive messages, the type of the file and the end of every track. Times are ticks from the start of the
file. Running status is expanded when a file is parsed, and unknown chunks are left out.
Source: Standard MIDI Files 1.0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import MidiError
from .chunks import scan
from .write import chunk, variable_length

META, NAME, END_OF_TRACK, TEMPO, METER, KEY = 0xFF, 0x03, 0x2F, 0x51, 0x58, 0x59
NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, PITCH_BEND = 0x80, 0x90, 0xB0, 0xC0, 0xE0
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSEX = (0xF0, 0xF7)


class RawEvent(NamedTuple):
    """An event at a tick; `data` is the complete message, status and length included."""

    tick: int
    data: bytes

    @property
    def kind(self) -> int:
        """The status without its channel for messages of a channel, else the status."""
        status = self.data[0]
        return status & 0xF0 if status < 0xF0 else status

    @property
    def channel(self) -> int:
        """The channel of a message of a channel, 0..15."""
        return self.data[0] & 0x0F

    def is_meta(self, kind: int) -> bool:
        """Return whether it is the meta event of this kind."""
        return self.data[0] == META and self.data[1] == kind


@dataclass(frozen=True, slots=True)
class RawTrack:
    """The events of a track in their order, without its end, which is at tick `end`."""

    events: tuple[RawEvent, ...]
    end: int


@dataclass(frozen=True, slots=True)
class RawFile:
    """A MIDI file of type 0 or 1."""

    format: int
    ticks_per_quarter: int
    tracks: tuple[RawTrack, ...]

    @property
    def end(self) -> int:
        """The tick of the end of the last track."""
        return max(track.end for track in self.tracks)

    def rescaled(self, factor: int) -> RawFile:
        """Return the same music with `factor` times as many ticks per quarter note."""
        tracks = tuple(
            RawTrack(tuple(RawEvent(tick * factor, data) for tick, data in track.events), track.end * factor)
            for track in self.tracks
        )
        return RawFile(self.format, self.ticks_per_quarter * factor, tracks)

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        head = b"".join(n.to_bytes(2, "big") for n in (self.format, len(self.tracks), self.ticks_per_quarter))
        return chunk(b"MThd", head) + b"".join(chunk(b"MTrk", _body(track)) for track in self.tracks)


def parse(data: bytes, name: str) -> RawFile:
    """Return a file with all its events. Raises MidiError where it is damaged, even in a single byte.

    Args:
        data: the bytes of the file, which begin with `MThd`.
        name: name of the file, for messages.
    """
    chunks = scan(data, name)
    if chunks.is_broken or not chunks.tracks:
        raise MidiError(f"a MIDI file must be whole to be changed in places. Received: {name}")
    tracks = tuple(_parse_track(data[start:stop], name) for start, stop in chunks.tracks)
    return RawFile(min(chunks.format, 1), chunks.ticks_per_quarter, tracks)


def _parse_track(body: bytes, name: str) -> RawTrack:
    events: list[RawEvent] = []
    at = tick = status = 0
    try:
        while True:
            delta, at = _read_length(body, at)
            tick += delta
            start = at
            if body[at] >= 0x80:
                status, at = body[at], at + 1
            if status == META:
                kind = body[at]
                size, at = _read_length(body, at + 1)
                if kind == END_OF_TRACK:
                    return RawTrack(tuple(events), tick)
                prefix = b""
            elif status in _SYSEX:
                size, at = _read_length(body, at)
                prefix = b""
            else:
                size = _DATA_BYTES[status & 0xF0]
                prefix = b"" if at > start else bytes([status])
            message = prefix + body[start : at + size]
            if at + size > len(body) or (status < 0xF0 and max(body[at : at + size]) > 127):
                raise IndexError
            events.append(RawEvent(tick, message))
            at += size
            status = status if status < 0xF0 else 0
    except (IndexError, KeyError) as error:
        raise MidiError(f"a MIDI file must be whole to be changed in places. Received: {name}") from error


def _read_length(body: bytes, at: int) -> tuple[int, int]:
    """Return a variable-length quantity of at most four bytes, and the place after it."""
    value = 0
    for _ in range(4):
        byte = body[at]
        value, at = value << 7 | byte & 0x7F, at + 1
        if byte < 0x80:
            return value, at
    raise IndexError


def _body(track: RawTrack) -> bytes:
    out, now = bytearray(), 0
    for tick, data in (*track.events, RawEvent(track.end, bytes([META, END_OF_TRACK, 0]))):
        out += variable_length(tick - now) + data
        now = tick
    return bytes(out)


def merged(events: Iterable[RawEvent], first: Iterable[RawEvent], last: Iterable[RawEvent]) -> tuple[RawEvent, ...]:
    """Return all events by tick; at one tick those of `first` come before, those of `last` after the others."""
    ranked = [(event, rank) for rank, group in enumerate((first, events, last)) for event in group]
    return tuple(event for event, _ in sorted(ranked, key=lambda pair: (pair[0].tick, pair[1])))
