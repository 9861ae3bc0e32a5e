"""Adds tracks to a MIDI file, each on a channel that no other uses; all its own events stay.

A channel without any message is taken first, then one without notes. Where there is none, a new track shares the
channel of other notes with its program. Drums are on channel 10; where the file has drums, its kit is kept. A file of
type 0 holds new tracks as channels of its single track, each with its name as that of the instrument of the channel; it
becomes one of type 1 where two tracks share a channel, which one track cannot hold apart.
Source: Standard MIDI Files 1.0 (Channel Prefix, Instrument Name).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ..errors import MidiError
from ..music.piece import Track
from ..music.programs import PROGRAMS
from ..music.units import DRUM_CHANNEL
from .edit import with_notes
from .pairing import struck_again
from .raw import NOTE_OFF, NOTE_ON, PROGRAM, RawEvent, RawFile, RawTrack, merged
from .write import channel_name_messages, name_message, program_message

_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)


def with_tracks(raw: RawFile, tracks: Sequence[Track], end: int, name: str) -> RawFile:
    """Return the file with new tracks at its end, which last to tick `end`, or longer where their notes do.

    Args:
        tracks: with notes; those on the channel of the drums stay there, the channels of others are chosen.
        name: name of the file, for messages.

    Raises:
        MidiError: where there is no channel for a track.
    """
    used = _Channels(raw)
    with_channels = [replace(track, channel=used.take(track, name)) for track in tracks]
    if raw.format == 0 and len(raw.tracks) == 1 and not used.are_shared:
        (single,) = raw.tracks
        for track in with_channels:
            single = _with_channel(single, track)
        return replace(raw, tracks=(single,))
    new = (_new_track(track, end, used.keeps_kit) for track in with_channels)
    return replace(raw, format=1 if tracks else raw.format, tracks=(*raw.tracks, *new))


def check_channels(raw: RawFile, tracks: Sequence[Track], name: str) -> None:
    """Raise MidiError where `with_tracks` would find no channel for a track; the tracks need no notes."""
    used = _Channels(raw)
    for track in tracks:
        used.take(track, name)


class _Channels:
    """The use of channels of a file, while new tracks take theirs.

    Attributes:
        keeps_kit: whether the file has drums.
        are_shared: whether a new track has the channel of other notes.
    """

    def __init__(self, raw: RawFile) -> None:
        self._sounding: set[int] = set()  # channels with notes
        self._in_use: set[int] = set()  # channels with any message
        self._programs = defaultdict[int, set[tuple[int, int]]](set)  # of each channel, with their ticks
        self.are_shared = False
        for event in (event for track in raw.tracks for event in track.events if event.kind < 0xF0):
            self._in_use.add(event.channel)
            if event.kind in (NOTE_ON, NOTE_OFF):
                self._sounding.add(event.channel)
            elif event.kind == PROGRAM:
                self._programs[event.channel].add((event.tick, event.data[1]))
        self.keeps_kit = DRUM_CHANNEL in self._sounding

    def take(self, track: Track, name: str) -> int:
        """Return the channel of a new track. Raises MidiError where there is none."""
        channel = DRUM_CHANNEL if track.is_drums else self._free(track.program)
        if channel is None:
            channel = next((c for c in _CHANNELS if self._programs_of(c) == {track.program}), None)
        if channel is None:
            raise MidiError(
                f"a MIDI file must have a free channel for each new part, or one with its program. "
                f"Received: {name}, whose channels are all in use, and a part for {PROGRAMS[track.program]}"
            )
        self.are_shared |= channel in self._sounding
        self._sounding.add(channel)
        self._in_use.add(channel)
        self._programs[channel].add((0, track.program))
        return channel

    def _free(self, program: int) -> int | None:
        """Return a channel without notes that keeps a program, best one without any message."""
        free = [c for c in _CHANNELS if c not in self._sounding]
        free = [c for c in free if all(not tick or one == program for tick, one in self._programs[c])]
        return min(free, key=lambda channel: channel in self._in_use, default=None)

    def _programs_of(self, channel: int) -> set[int]:
        return {program for _, program in self._programs[channel]} or {0}


def _with_channel(single: RawTrack, track: Track) -> RawTrack:
    """Return the only track of a file with the notes of another, on a channel that has none."""
    messages = [*channel_name_messages(track.name, track.channel), program_message(track.channel, track.program)]
    events = merged(single.events, (), (RawEvent(0, message) for message in messages))
    return with_notes(replace(single, events=events), track.channel, (), struck_again(track.notes))


def _new_track(track: Track, end: int, keeps_kit: bool) -> RawTrack:
    """Return a track that lasts to tick `end`, or longer where its notes do."""
    messages = [name_message(track.name)]
    if not (track.is_drums and keeps_kit):
        messages.append(program_message(track.channel, track.program))
    head = RawTrack(tuple(RawEvent(0, message) for message in messages), end)
    return with_notes(head, track.channel, (), struck_again(track.notes))
