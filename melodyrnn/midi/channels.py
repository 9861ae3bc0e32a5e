"""Decides which channels of one track of a file are one instrument.

Guitars that send a channel for each string, and MPE (a channel for each sounding note), spread one part over channels.
Other tracks hold a voice or an instrument in each channel; above all the single track of type 0. The channels of a
track are joined where they have one program, or none, and one of these holds:

- together they are a line: hardly a note sounds together with another;
- the file is of type 1, in which tracks part the instruments, or the track declares an MPE zone. Chords are joined too.

Channels that double each other in unison stay apart. Channel 10 is that of the drums, but one among others where it is
in a row of channels: the next channel is played too, and there are at least two besides it, for chords four.
Source: MIDI Polyphonic Expression 1.0 (M1-100): RPN 6 declares a zone; any of channels 2 to 15 holds single notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..music.piece import Notes
from ..music.units import DRUM_CHANNEL

_MAX_CHORD_SHARE = 0.1  # of the notes of a line
_MAX_UNISON_SHARE = 0.1
_MIN_BESIDE_DRUMS, _MIN_BESIDE_DRUMS_IN_CHORDS = 2, 4  # channels


@dataclass(frozen=True, slots=True)
class ChannelPart:
    """The notes of one channel of a track, and its program at the first of them (None where none was set)."""

    channel: int
    program: int | None
    notes: Notes


def join_channels(parts: Sequence[ChannelPart], holds_one_part: bool) -> list[ChannelPart]:
    """Return the parts of a track: its channels, with those that are one instrument joined.

    Args:
        parts: with notes, in order of channel.
        holds_one_part: whether the track is that of one instrument, by the type of the file or by declaring MPE.
    """
    pitched = [part for part in parts if part.channel != DRUM_CHANNEL]
    drums = [part for part in parts if part.channel == DRUM_CHANNEL]
    beside = {DRUM_CHANNEL - 1, DRUM_CHANNEL + 1} & {part.channel for part in pitched}
    if drums and beside and len(pitched) >= _MIN_BESIDE_DRUMS:
        all_joined = _joined(parts, holds_one_part and len(pitched) >= _MIN_BESIDE_DRUMS_IN_CHORDS)
        if all_joined is not None:
            return [all_joined]
    joined = _joined(pitched, holds_one_part) if len(pitched) > 1 else None
    return list(parts) if joined is None else sorted([joined, *drums], key=lambda part: part.channel)


def _joined(parts: Sequence[ChannelPart], holds_one_part: bool) -> ChannelPart | None:
    """Return channels as one part; None where they are several."""
    programs = {part.program for part in parts if part.program is not None}
    if len(programs) > 1:
        return None
    notes = merged([part.notes for part in parts])
    if _unison_share(notes) > _MAX_UNISON_SHARE or not (holds_one_part or _chord_share(notes) <= _MAX_CHORD_SHARE):
        return None
    channel = min(part.channel for part in parts if part.channel != DRUM_CHANNEL)
    return ChannelPart(channel, next(iter(programs), None), notes)


def merged(parts: Sequence[Notes]) -> Notes:
    """Return all notes of all parts, in order."""
    return Notes.of(
        np.concatenate([part.onset for part in parts]),
        np.concatenate([part.duration for part in parts]),
        np.concatenate([part.pitch for part in parts]),
        np.concatenate([part.velocity for part in parts]),
    )


def _chord_share(notes: Notes) -> float:
    """Return the share of notes that begin with another or sound into the next for more than half their duration."""
    room = np.diff(notes.onset)
    return float(np.count_nonzero((room == 0) | (notes.duration[:-1] // 2 > room))) / len(notes)


def _unison_share(notes: Notes) -> float:
    """Return the share of notes whose pitch begins again while they sound."""
    order = np.lexsort((notes.onset, notes.pitch))
    pitch, onset, end = notes.pitch[order], notes.onset[order], notes.end[order]
    return float(np.count_nonzero((pitch[1:] == pitch[:-1]) & (onset[1:] < end[:-1]))) / len(notes)
