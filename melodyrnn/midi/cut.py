"""Cuts a stretch of time out of a MIDI file; what holds at its start (programs, tempo, controllers ...) is kept.

Notes that begin in the stretch end with it at the latest; a note that began before it is left out.
"""

from __future__ import annotations

from collections.abc import Hashable

from .edit import channels_with_notes, notes_of
from .raw import (
    CONTROL,
    KEY,
    META,
    METER,
    NAME,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    PROGRAM,
    TEMPO,
    RawEvent,
    RawFile,
    RawTrack,
    merged,
)

_LASTING_META = (NAME, TEMPO, METER, KEY)
_LASTING = (PROGRAM, PITCH_BEND)


def between(file: RawFile, start: int, stop: int) -> RawFile:
    """Return the music from tick `start` to tick `stop`, with `start` as its first tick."""
    tracks = tuple(_cut(track, start, stop) for track in file.tracks)
    return RawFile(file.format, file.ticks_per_quarter, tracks)


def _cut(track: RawTrack, start: int, stop: int) -> RawTrack:
    lasting: dict[Hashable, RawEvent] = {}
    inside: list[RawEvent] = []
    for tick, data in track.events:
        event = RawEvent(max(0, tick - start), data)
        if event.kind in (NOTE_ON, NOTE_OFF) or tick >= stop:
            continue
        what = _what_lasts(event)
        if tick <= start:
            lasting.pop(what, None)  # also so that the order is that of the last changes
        if tick >= start:
            inside.append(event)
        elif what is not None:
            lasting[what] = event
    ons, offs = _notes(track, start, stop)
    return RawTrack(merged([*lasting.values(), *inside], offs, ons), stop - start)


def _what_lasts(event: RawEvent) -> Hashable | None:
    """Return what an event sets until the next event of its kind; None for an event that only happens."""
    if event.kind == META:
        return event.data[1] if event.data[1] in _LASTING_META else None
    if event.kind == CONTROL:
        return event.data[:2]
    return event.data[0] if event.kind in _LASTING else None


def _notes(track: RawTrack, start: int, stop: int) -> tuple[list[RawEvent], list[RawEvent]]:
    """Return the note-ons and the note-offs of the notes that begin in the stretch."""
    ons, offs = [], []
    for channel in channels_with_notes(track):
        for note in notes_of(track, channel):
            if start <= note.onset < stop and note.end > note.onset:
                ons.append(RawEvent(note.onset - start, bytes([NOTE_ON | channel, note.pitch, note.velocity])))
                offs.append(RawEvent(min(note.end, stop) - start, bytes([NOTE_OFF | channel, note.pitch, 64])))
    return ons, offs
