"""Writes a `Piece` as a MIDI file that every music program reads.

Type 1. The first track holds texts, meter, key, tempo and markers; each further track its name, program and notes;
the end of every track is `piece.end`. Tracks of one channel, such as those of a file whose channels are not read, get
channels of their own. At one tick note-offs come before note-ons, so that repeated notes stay separate. mido is not
used because its import takes an eighth of the time of `melodyrnn generate`; the tests read every kind of file back
with mido, pretty_midi and symusic. Source: Standard MIDI Files 1.0.
"""

from __future__ import annotations

import io
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ..files import write_bytes
from ..music.keys import Key, signature
from ..music.meter import Meter
from ..music.piece import Piece, Track
from ..music.units import DRUM_CHANNEL

if TYPE_CHECKING:
    import pretty_midi

_TEXT, _TRACK_NAME, _MARKER, _END_OF_TRACK, _TEMPO, _METER, _KEY = 0x01, 0x03, 0x06, 0x2F, 0x51, 0x58, 0x59
_INSTRUMENT_NAME, _CHANNEL_PREFIX = 0x04, 0x20
_NOTE_OFF, _NOTE_ON, _PROGRAM = 0x80, 0x90, 0xC0
_CLOCKS_PER_CLICK, _THIRTY_SECONDS_PER_QUARTER = 24, 8  # the usual metronome of a time signature
_NUM_CHANNELS = 16
_MAX_TEMPO = 2**24 - 1


def write_piece(piece: Piece, path: str | os.PathLike[str], force: bool = False) -> None:
    """Write a MIDI file, atomically. Raises OutputError where it cannot be written."""
    write_bytes(path, midi_bytes(piece), force)


def midi_bytes(piece: Piece) -> bytes:
    """Return the piece as the bytes of a MIDI file: its own file where it has one, else one of type 1."""
    if piece.data is not None:
        return piece.data
    parts = (replace(track, channel=channel) for track, channel in zip(piece.tracks, channels(piece), strict=True))
    tracks = [_conductor(piece), *(_track(track, piece.end) for track in parts)]
    header = b"".join(n.to_bytes(2, "big") for n in (1, len(tracks), piece.ticks_per_quarter))
    return chunk(b"MThd", header) + b"".join(chunk(b"MTrk", track) for track in tracks)


def channels(piece: Piece) -> list[int]:
    """Return the channel on which each track is written: its own, or a free one where an earlier track has its own.

    A channel has one program, and one note of a pitch at a time. Drums and tracks without notes keep theirs. Where no
    channel is free, a track takes that of the first with its program, else its own.
    """
    sounding = {track.channel for track in piece.tracks if len(track.notes)}
    free = [channel for channel in range(_NUM_CHANNELS) if channel != DRUM_CHANNEL and channel not in sounding]
    of_program: dict[int, int] = {}  # the first channel of each
    taken = set[int]()
    found: list[int] = []
    for track in piece.tracks:
        channel = track.channel
        if len(track.notes) and not track.is_drums:
            if channel in taken:
                channel = free.pop(0) if free else of_program.get(track.program, channel)
            of_program.setdefault(track.program, channel)
            taken.add(channel)
        found.append(channel)
    return found


def to_pretty_midi(piece: Piece) -> pretty_midi.PrettyMIDI:
    """Return the piece as a `pretty_midi.PrettyMIDI`."""
    import pretty_midi

    return pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(piece)))


def _conductor(piece: Piece) -> bytes:
    """Return the first track: texts, meters, keys, tempos and markers."""
    events = [(0, text_message(text)) for text in piece.texts]
    events += [(change.tick, meter_message(change.meter)) for change in piece.meters]
    events += [(change.tick, key_message(change.key)) for change in piece.keys]
    events += [(change.tick, tempo_message(change.microseconds_per_quarter)) for change in piece.tempos]
    events += [
        (marker.tick, text_message(marker.text) if marker.is_text else marker_message(marker.text))
        for marker in piece.markers
    ]
    events.sort(key=lambda event: event[0])
    return _with_deltas(events, piece.end)


def text_message(text: str) -> bytes:
    """Return the meta event of a text."""
    return _meta(_TEXT, _encoded(text))


def name_message(name: str) -> bytes:
    """Return the meta event of the name of a track."""
    return _meta(_TRACK_NAME, _encoded(name))


def channel_name_messages(name: str, channel: int) -> tuple[bytes, bytes]:
    """Return the meta events that name the instrument of a channel, as one track of many channels may."""
    return _meta(_CHANNEL_PREFIX, bytes([channel])), _meta(_INSTRUMENT_NAME, _encoded(name))


def marker_message(text: str) -> bytes:
    """Return the meta event of a marker."""
    return _meta(_MARKER, _encoded(text))


def program_message(channel: int, program: int) -> bytes:
    """Return the message that gives a channel a program."""
    return bytes([_PROGRAM | channel, program])


def meter_message(meter: Meter) -> bytes:
    """Return the meta event of a time signature."""
    power = meter.denominator.bit_length() - 1
    return _meta(_METER, bytes([meter.numerator, power, _CLOCKS_PER_CLICK, _THIRTY_SECONDS_PER_QUARTER]))


def key_message(key: Key) -> bytes:
    """Return the meta event of a key signature: its sharps, and major or minor, by the third of other modes."""
    return _meta(_KEY, signature(key).to_bytes(1, "big", signed=True) + bytes([key.basis.mode == "minor"]))


def tempo_message(microseconds_per_quarter: int) -> bytes:
    """Return the meta event of a tempo; one slower than the format allows is the slowest."""
    return _meta(_TEMPO, min(microseconds_per_quarter, _MAX_TEMPO).to_bytes(3, "big"))


def _track(track: Track, end: int) -> bytes:
    """Return a track of notes that ends at tick `end`."""
    notes, channel = track.notes, track.channel
    rows = []
    for onset, stop, pitch, velocity in zip(
        notes.onset.tolist(), notes.end.tolist(), notes.pitch.tolist(), notes.velocity.tolist(), strict=True
    ):
        rows.append((onset, 1, pitch, bytes([_NOTE_ON | channel, pitch, velocity])))
        rows.append((stop, 0, pitch, bytes([_NOTE_OFF | channel, pitch, 0])))
    rows.sort()
    head = [(0, name_message(track.name)), (0, program_message(channel, track.program))]
    return _with_deltas([*head, *((tick, data) for tick, _, _, data in rows)], end)


def _with_deltas(events: list[tuple[int, bytes]], end: int) -> bytes:
    """Return events, given in order of their ticks, as the body of a track that ends at tick `end`."""
    body, now = bytearray(), 0
    for tick, data in [*events, (max(end, events[-1][0] if events else 0), _meta(_END_OF_TRACK, b""))]:
        body += variable_length(tick - now) + data
        now = tick
    return bytes(body)


def _encoded(text: str) -> bytes:
    """Return text as UTF-8; bytes of file names that are not UTF-8 are kept."""
    return text.encode("utf-8", "surrogateescape")


def _meta(kind: int, data: bytes) -> bytes:
    """Return a meta event without its time."""
    return bytes([0xFF, kind]) + variable_length(len(data)) + data


def variable_length(number: int) -> bytes:
    """Return a variable-length quantity: seven bits a byte, the highest first, the top bit set in all but the last."""
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a file."""
    return kind + len(body).to_bytes(4, "big") + body
