"""Tracks in words, for reports, pages and pictures. Channels are counted from 1 there, as DAWs and synthesizers do."""

from __future__ import annotations

from .notation import pitch_name
from .piece import Track
from .programs import PROGRAMS


def instrument(track: Track) -> str:
    """Return the General MIDI name of a track's instrument, or "drums"."""
    return "drums" if track.is_drums else PROGRAMS[track.program]


def describe_track(track: Track) -> str:
    """Return instrument, channel, number of notes and register of a track: "Flute, channel 1, 32 notes, C4 to G5"."""
    count = len(track.notes)
    words = f"{instrument(track)}, channel {track.channel + 1}, {count:,} note{'s' * (count != 1)}"
    if not count or track.is_drums:
        return words
    return f"{words}, {pitch_name(int(track.notes.pitch.min()))} to {pitch_name(int(track.notes.pitch.max()))}"
