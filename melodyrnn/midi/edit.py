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


def closed(track: RawTrack) -> RawTrack:
    """Return the track with a note-off at its end for every note that has none, so that it can be made longer."""
    open_notes = [
        RawEvent(track.end, bytes([NOTE_OFF | channel, note.pitch, 64]))
        for channel in channels_with_notes(track)
        for note in {note.pitch: note for note in notes_of(track, channel)}.values()  # the last of each pitch
        if note.off is None
    ]
    return replace(track, events=(*track.events, *open_notes))


def with_notes(track: RawTrack, channel: int, removed: Collection[RawNote], added: Notes) -> RawTrack:
    """Return the track with some notes of a channel removed and others added; it becomes longer where they need it.

    The other notes keep their onsets and ends, also where they ended because a removed note began. Where the track may
    become longer, its notes should be `closed`.

    Args:
        removed: notes of `notes_of(track, channel)`.
        added: none of them sounds together with a note of its pitch.
    """
    notes = notes_of(track, channel)
    paired_anew = _without_pairs(track, channel, notes, {note.pitch for note in removed}, set(added.pitch.tolist()))
    gone = {note.on for note in removed}
    dropped = {index for note in notes if note.on in gone for index in (note.on, note.off) if index is not None}
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


def _without_pairs(
    track: RawTrack, channel: int, notes: Iterable[RawNote], removed: set[int], added: set[int]
) -> set[int]:
    """Return the pitches whose notes must be written anew, because the messages of one do not stand for it alone.

    Of pitches of removed notes these are all that are not a note-on and a note-off in turn, and of pitches of added
    notes those with another number of note-ons than of note-offs.
    """
    num_ons, num_offs = Counter[int](), Counter[int]()
    for _, event in _note_events(track, channel):
        (num_ons if _is_on(event) else num_offs)[event.data[1]] += 1
    out_of_turn = {note.pitch for note in notes if note.off is None}
    uneven = {pitch for pitch in num_ons | num_offs if num_ons[pitch] != num_offs[pitch]}
    return removed & (out_of_turn | uneven) | added & uneven


def _note_events(track: RawTrack, channel: int) -> Iterator[tuple[int, RawEvent]]:
    for index, event in enumerate(track.events):
        if event.kind in (NOTE_ON, NOTE_OFF) and event.channel == channel:
            yield index, event


def _is_on(event: RawEvent) -> bool:
    return event.kind == NOTE_ON and event.data[2] > 0
