"""Changes notes of a track of a MIDI file and leaves every other event in its place.

A note-on of a pitch that already sounds in the channel ends the note before, as in `builder`; a note without a note-off
ends with the track.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ..music.piece import Notes
from .raw import NOTE_OFF, NOTE_ON, RawEvent, RawTrack, merged


class RawNote(NamedTuple):
    """A note of a track.

    Attributes:
        on, off: index of its note-on and of its note-off among the events of the track; `off` is None for a note that
            has none of its own.
        onset, end: in ticks.
    """

    on: int
    off: int | None
    onset: int
    end: int
    pitch: int
    velocity: int


def channels_with_notes(track: RawTrack) -> list[int]:
    """Return the channels of the track's note-ons, in ascending order."""
    return sorted({event.channel for event in track.events if event.kind == NOTE_ON})


def notes_of(track: RawTrack, channel: int) -> list[RawNote]:
    """Return the notes of a channel in order of onset."""
    found: list[RawNote] = []
    sounding: dict[int, tuple[int, RawEvent]] = {}  # pitch -> its note-on
    for index, event in _note_events(track, channel):
        pitch = event.data[1]
        if pitch in sounding:
            on, start = sounding.pop(pitch)
            is_off = not _is_on(event)
            found.append(RawNote(on, index if is_off else None, start.tick, event.tick, pitch, start.data[2]))
        if _is_on(event):
            sounding[pitch] = index, event
    for pitch, (on, start) in sounding.items():
        found.append(RawNote(on, None, start.tick, track.end, pitch, start.data[2]))
    return sorted(found)


def with_notes(track: RawTrack, channel: int, removed: Collection[RawNote], added: Notes) -> RawTrack:
    """Return the track with some notes of a channel removed and others added; it becomes longer where they need it.

    The other notes keep their onsets and ends, also where they ended because a removed note began.

    Args:
        removed: notes of `notes_of(track, channel)`.
        added: none of them sounds together with a note of its pitch.
    """
    touched = {note.pitch for note in removed} | set(added.pitch.tolist())
    notes = [note for note in notes_of(track, channel) if note.pitch in touched]
    paired_anew = _without_clean_pairs(track, channel, notes)
    gone = {note.on for note in removed}
    dropped = {index for note in notes if note.on in gone for index in (note.on, note.off)}
    dropped |= {i for i, event in _note_events(track, channel) if event.data[1] in paired_anew}
    kept = [(n.onset, n.end, n.pitch, n.velocity) for n in notes if n.on not in gone and n.pitch in paired_anew]
    columns = (added.onset, added.end, added.pitch, added.velocity)
    rows = [*kept, *zip(*(column.tolist() for column in columns), strict=True)]
    events = (event for index, event in enumerate(track.events) if index not in dropped)
    return replace(
        track,
        events=merged(
            events,
            [RawEvent(end, bytes([NOTE_OFF | channel, pitch, 64])) for _, end, pitch, _ in rows],
            [RawEvent(onset, bytes([NOTE_ON | channel, pitch, velocity])) for onset, _, pitch, velocity in rows],
        ),
        end=max([track.end, *added.end.tolist()]),
    )


def _without_clean_pairs(track: RawTrack, channel: int, notes: Iterable[RawNote]) -> set[int]:
    """Return the pitches of `notes` of which some note has no note-off of its own, or some note-off no note."""
    num_events = Counter(event.data[1] for _, event in _note_events(track, channel))
    num_notes = Counter(note.pitch for note in notes)
    unclosed = {note.pitch for note in notes if note.off is None}
    return unclosed | {pitch for pitch, count in num_notes.items() if num_events[pitch] != 2 * count}


def _note_events(track: RawTrack, channel: int) -> Iterator[tuple[int, RawEvent]]:
    for index, event in enumerate(track.events):
        if event.kind in (NOTE_ON, NOTE_OFF) and event.channel == channel:
            yield index, event


def _is_on(event: RawEvent) -> bool:
    return event.kind == NOTE_ON and event.data[2] > 0
