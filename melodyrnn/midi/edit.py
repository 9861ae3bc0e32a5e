"""Changes notes of a track of a MIDI file and leaves every other event in its place.

Where notes end: `pairing`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ..music.piece import Notes
from .pairing import OpenNotes
from .raw import NOTE_OFF, NOTE_ON, RawEvent, RawTrack, merged

_Spot = tuple[int, int]  # tick and pitch


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
    """Return the notes of a channel in order of their note-ons."""
    paired = OpenNotes()
    ons, offs = defaultdict[_Spot, list[int]](list), defaultdict[_Spot, list[int]](list)
    for index, event in _note_events(track, channel):
        pitch = event.data[1]
        paired.add(event.tick, pitch, event.data[2] if _is_on(event) else 0)
        (ons if _is_on(event) else offs)[event.tick, pitch].append(index)
    notes, _ = paired.closed(track.end)
    columns = (notes.onset, notes.end, notes.pitch, notes.velocity)
    left = Counter(zip(notes.onset.tolist(), notes.pitch.tolist(), strict=True))
    found = []
    for onset, end, pitch, velocity in zip(*(column.tolist() for column in columns), strict=True):
        spot, own = (onset, pitch), offs[end, pitch]
        on = ons[spot].pop(len(ons[spot]) - left[spot])  # of several at one tick the last remain, in their order
        left[spot] -= 1
        found.append(RawNote(on, own.pop(0) if own else None, onset, end, pitch, velocity))
    return sorted(found)


def closed(track: RawTrack) -> RawTrack:
    """Return the track with a note-off for every note that has none, so that no change of the track moves its end.

    Pitches whose messages then stand for other notes are written anew.
    """
    found = {channel: notes_of(track, channel) for channel in channels_with_notes(track)}
    ends = []
    for channel, notes in found.items():
        struck = {(event.tick, event.data[1]) for _, event in _note_events(track, channel) if _is_on(event)}
        ends += [
            RawEvent(note.end, bytes([NOTE_OFF | channel, note.pitch, 64]))
            for note in notes
            if note.off is None and (note.end, note.pitch) not in struck
        ]
    if not ends:
        return track
    longer = replace(track, events=merged(track.events, ends, ()))
    for channel, notes in found.items():
        before, after = _spans(notes), _spans(notes_of(longer, channel))
        pitches = {pitch for _, _, pitch, _ in (before - after) + (after - before)}
        longer = _written_anew(longer, channel, [note for note in notes if note.pitch in pitches], pitches)
    return longer


def _spans(notes: Iterable[RawNote]) -> Counter[tuple[int, int, int, int]]:
    """Return onset, end, pitch and velocity of notes that sound."""
    return Counter((note.onset, note.end, note.pitch, note.velocity) for note in notes if note.end > note.onset)


def _written_anew(track: RawTrack, channel: int, notes: Iterable[RawNote], pitches: Collection[int]) -> RawTrack:
    """Return the track with these notes for all that some pitches of a channel hold."""
    old = {index for index, event in _note_events(track, channel) if event.data[1] in pitches}
    rows = sorted(_spans(notes).elements())
    return replace(
        track,
        events=merged(
            (event for index, event in enumerate(track.events) if index not in old),
            [RawEvent(end, bytes([NOTE_OFF | channel, pitch, 64])) for _, end, pitch, _ in rows],
            [RawEvent(onset, bytes([NOTE_ON | channel, pitch, velocity])) for onset, _, pitch, velocity in rows],
        ),
    )


def with_notes(track: RawTrack, channel: int, removed: Collection[RawNote], added: Notes) -> RawTrack:
    """Return the track with some notes of a channel removed and others added; it becomes longer where they need it.

    The other notes keep their onsets and ends, also where they ended because a removed note began, if the track is
    `closed`.

    Args:
        removed: notes of `notes_of(track, channel)`.
        added: none of them sounds together with a note of its pitch.
    """
    notes = notes_of(track, channel)
    paired_anew = _without_pairs(track, channel, notes, {note.pitch for note in removed}, set(added.pitch.tolist()))
    gone = {note.on for note in removed}
    dropped = {index for note in notes if note.on in gone for index in (note.on, note.off) if index is not None}
    dropped |= {i for i, event in _note_events(track, channel) if event.data[1] in paired_anew}
    kept = [
        (note.onset, note.end, note.pitch, note.velocity)
        for note in notes
        if note.on not in gone and note.pitch in paired_anew and note.end > note.onset  # others are silent
    ]
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
    track: RawTrack, channel: int, notes: Collection[RawNote], removed: set[int], added: set[int]
) -> set[int]:
    """Return the pitches whose notes must be written anew, because the messages of one do not stand for it alone.

    Of pitches of removed notes these are all that are not one note-on and one note-off for each note, and of pitches of
    added notes those with a note-on or a note-off too many.
    """
    depth, num_ons, spoiled = Counter[int](), Counter[int](), set[int]()
    for _, event in _note_events(track, channel):
        pitch = event.data[1]
        if _is_on(event):
            depth[pitch] += 1
            num_ons[pitch] += 1
        elif depth[pitch]:
            depth[pitch] -= 1
        else:
            spoiled.add(pitch)
    num_notes = Counter(note.pitch for note in notes)
    spoiled |= {pitch for pitch in num_ons if depth[pitch] or num_ons[pitch] != num_notes[pitch]}
    out_of_turn = {note.pitch for note in notes if note.off is None}
    return removed & (spoiled | out_of_turn) | added & spoiled


def _note_events(track: RawTrack, channel: int) -> Iterator[tuple[int, RawEvent]]:
    for index, event in enumerate(track.events):
        if event.kind in (NOTE_ON, NOTE_OFF) and event.channel == channel:
            yield index, event


def _is_on(event: RawEvent) -> bool:
    return event.kind == NOTE_ON and event.data[2] > 0
