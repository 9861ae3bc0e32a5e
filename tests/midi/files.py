"""MIDI files for tests from lists of messages at ticks, and a file read by each reader."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import mido
from mido import Message, MetaMessage

from melodyrnn.midi.chunks import scan
from melodyrnn.midi.mido_reader import read_with_mido
from melodyrnn.midi.salvage import salvage
from melodyrnn.midi.symusic_reader import read_with_symusic
from melodyrnn.music.piece import Piece

At = tuple[int, Message | MetaMessage]  # a tick and what happens there
READERS = ("symusic", "mido", "salvage")


def on(tick: int, pitch: int, velocity: int = 90, channel: int = 0) -> At:
    return tick, Message("note_on", note=pitch, velocity=velocity, channel=channel)


def off(tick: int, pitch: int, channel: int = 0) -> At:
    return tick, Message("note_off", note=pitch, velocity=0, channel=channel)


def program(tick: int, number: int, channel: int = 0) -> At:
    return tick, Message("program_change", program=number, channel=channel)


def name(text: str) -> At:
    return 0, MetaMessage("track_name", name=text)


def midi_file(*tracks: Iterable[At], kind: int = 1, end: int | None = None) -> bytes:
    """A file of type `kind` with these tracks, which end at tick `end` or with their last event."""
    file = mido.MidiFile(type=kind, ticks_per_beat=480, charset="latin-1")
    for events in tracks:
        track, now = mido.MidiTrack(), 0
        for tick, message in sorted(events, key=lambda event: event[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        track.append(MetaMessage("end_of_track", time=max(0, (end or now) - now)))
        file.tracks.append(track)
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


def line(pitches: Sequence[int], channels: Sequence[int] = (0,), step: int = 480) -> list[At]:
    """One note after another, on the channels in turn."""
    events: list[At] = []
    for number, pitch in enumerate(pitches):
        channel = channels[number % len(channels)]
        events += [off((number + 1) * step, pitch, channel), on(number * step, pitch, channel=channel)]
    return sorted(events, key=lambda event: event[0])


def read_with(reader: str, data: bytes) -> Piece:
    """The piece as one of `READERS` reads it."""
    if reader == "salvage":
        return salvage(data, scan(data, "it"))
    piece = read_with_mido(data) if reader == "mido" else read_with_symusic(data, scan(data, "it"))
    assert piece is not None
    return piece
