"""Changes of a given MIDI file: notes of a place replaced by others, events added and removed, a heading.

All other events stay as they are. Where a new note would sound together with a kept note of its pitch and channel,
which MIDI cannot express, the new one gives way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import IntArray
from ..midi.edit import RawNote, closed, notes_of, with_notes
from ..midi.raw import KEY, METER, TEMPO, RawEvent, RawFile, RawTrack, merged
from ..midi.read import read_bytes
from ..midi.write import key_message, meter_message, tempo_message, text_message
from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import Notes, Piece
from ..music.units import TICKS_PER_QUARTER
from .given_part import Place

NO_NOTES = Notes.of([], [], [], [])


@dataclass(frozen=True, slots=True)
class Heading:
    """What a request sets for the whole file; None keeps what the file has.

    Attributes:
        texts: text events for the start of the file, before its own.
        microseconds_per_quarter, meter: of the whole file.
        key: from the first new note on.
    """

    texts: tuple[str, ...]
    microseconds_per_quarter: int | None = None
    meter: Meter | None = None
    key: Key | None = None


def with_heading(raw: RawFile, heading: Heading, new_from: int) -> RawFile:
    """Return a file with a heading; its first new note is at tick `new_from` or later."""
    texts = [RawEvent(0, text_message(text)) for text in heading.texts]
    if heading.microseconds_per_quarter is not None:
        raw = without(raw, lambda event: event.is_meta(TEMPO))
        texts.append(RawEvent(0, tempo_message(heading.microseconds_per_quarter)))
    if heading.meter is not None:
        raw = without(raw, lambda event: event.is_meta(METER))
        texts.append(RawEvent(0, meter_message(heading.meter)))
    if heading.key is not None:
        raw = without(raw, lambda event: event.is_meta(KEY) and event.tick >= new_from)
        texts.append(RawEvent(new_from, key_message(heading.key)))
    return with_events(raw, 0, texts)


def piece_of(raw: RawFile) -> Piece:
    """Return the piece of a changed file, which is written as that file."""
    data = raw.to_bytes()
    return replace(read_bytes(data, "a piece"), end=raw.end).with_file(data)


def by_place(notes: Iterable[tuple[Place, RawNote]]) -> dict[Place, list[RawNote]]:
    """Return notes by the place that holds them."""
    found: dict[Place, list[RawNote]] = defaultdict(list)
    for place, note in notes:
        found[place].append(note)
    return found


def in_ticks(
    notes: Notes, origin: int, ticks_per_quarter: int, start: int | IntArray, stop: int | IntArray | None = None
) -> Notes:
    """Return new notes in the ticks of a file, moved as little as needed to lie between `start` and `stop`.

    Args:
        notes: at 480 ticks per quarter note from tick `origin` of the file.
        start, stop: for all notes, or for each, (num_notes,); `stop` is None for no limit.
    """
    scale = ticks_per_quarter / TICKS_PER_QUARTER
    onset = np.maximum(origin + np.rint(notes.onset * scale).astype(np.int64), start)
    end = origin + np.rint(notes.end * scale).astype(np.int64)
    end = end if stop is None else np.minimum(end, stop)
    inside = end > onset
    return Notes.of(onset[inside], (end - onset)[inside], notes.pitch[inside], notes.velocity[inside])


def replaced(raw: RawFile, place: Place, removed: Collection[RawNote], added: Notes, max_delay: int = 0) -> RawFile:
    """Return the file with notes of one place removed and others added, those that give way cut or left out.

    Args:
        max_delay: ticks by which an added note may begin later, where a kept note of its pitch ends then.
    """
    number, channel = place
    track = closed(raw.tracks[number]) if removed or len(added) else raw.tracks[number]
    gone = {(note.onset, note.end, note.pitch) for note in removed}  # earlier changes have moved the events
    notes = notes_of(track, channel)
    outgoing = [note for note in notes if (note.onset, note.end, note.pitch) in gone]
    kept = [note for note in notes if (note.onset, note.end, note.pitch) not in gone]
    edited = with_notes(track, channel, outgoing, _giving_way(added, kept, max_delay))
    return replace(raw, tracks=(*raw.tracks[:number], edited, *raw.tracks[number + 1 :]))


def with_pitches(raw: RawFile, changed: Sequence[tuple[tuple[Place, RawNote], int]]) -> RawFile:
    """Return the file with other pitches for some of its notes."""
    pitch_of = dict(changed)
    for place, notes in by_place(own for own, _ in changed).items():
        anew = [(note.onset, note.end, pitch_of[place, note], note.velocity) for note in notes]
        raw = replaced(raw, place, notes, notes_of_rows(anew))
    return raw


def _giving_way(added: Notes, kept: Iterable[RawNote], max_delay: int) -> Notes:
    """Return the added notes, cut before kept notes of their pitch.

    Those that begin while one sounds begin where it ends, if that is at most `max_delay` ticks later, or are left out.
    """
    kept_of: dict[int, list[RawNote]] = defaultdict(list)
    for note in kept:
        kept_of[note.pitch].append(note)
    rows = []
    for onset, end, pitch, velocity in zip(
        *(column.tolist() for column in (added.onset, added.end, added.pitch, added.velocity)), strict=True
    ):
        others = kept_of[pitch]
        free = max([onset, *(note.end for note in others if note.onset <= onset < note.end)])
        if free > onset + max_delay or free >= end or any(note.onset == onset for note in others):
            continue
        rows.append((free, min([end, *(note.onset for note in others if note.onset > onset)]), pitch, velocity))
    return notes_of_rows([row for row in rows if row[0] < row[1]])


def notes_of_rows(rows: list[tuple[int, int, int, int]]) -> Notes:
    """Return the notes of rows of onset, end, pitch and velocity."""
    onset, end, pitch, velocity = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Notes.of(onset, end - onset, pitch, velocity)


def ending_at(raw: RawFile, end: int) -> RawFile:
    """Return the file with tracks that end at a tick, or with their last event where it is later."""
    tracks = (replace(track, end=max([end, *(e.tick for e in track.events[-1:])])) for track in raw.tracks)
    return replace(raw, tracks=tuple(tracks))


def with_events(raw: RawFile, number: int, events: list[RawEvent]) -> RawFile:
    """Return the file with further events in a track, before its own at the same tick."""
    track = raw.tracks[number]
    longer = replace(track, events=merged(track.events, events, ()))
    return replace(raw, tracks=(*raw.tracks[:number], longer, *raw.tracks[number + 1 :]))


def without(raw: RawFile, is_gone: Callable[[RawEvent], bool]) -> RawFile:
    """Return the file without some events."""
    tracks = (RawTrack(tuple(e for e in track.events if not is_gone(e)), track.end) for track in raw.tracks)
    return replace(raw, tracks=tuple(tracks))
