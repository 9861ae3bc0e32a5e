"""Writes new notes into a given MIDI file: bars after its end, bars drawn anew, or other pitches.

All other events stay as they are. New notes sound in the part that the network reads; where one would sound together
with a kept note of its pitch and channel, which MIDI cannot express, it gives way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bools, IntArray
from ..midi.edit import RawNote, closed, notes_of, with_notes
from ..midi.raw import KEY, METER, PROGRAM, TEMPO, RawEvent, RawFile, RawTrack, merged
from ..midi.read import read_bytes
from ..midi.write import key_message, meter_message, tempo_message, text_message
from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import Notes, Piece
from ..music.units import TICKS_PER_QUARTER
from ..score.convert import to_piece
from ..score.score import Score
from .given import Given
from .given_part import Place
from .performance import perform
from .plan import Plan
from .request import Request
from .view import View


@dataclass(frozen=True, slots=True)
class Heading:
    """What a request sets for the whole file; None keeps what the file has.

    Attributes:
        texts: text events for the start of the file, before its own.
        program: General MIDI program of the part.
        microseconds_per_quarter, meter: of the whole file.
        key: from the first new note on.
    """

    texts: tuple[str, ...]
    program: int | None = None
    microseconds_per_quarter: int | None = None
    meter: Meter | None = None
    key: Key | None = None


def piece_in_file(
    request: Request, plan: Plan, given: Given, melody: Score, texts: tuple[str, ...], seed: tuple[int, int]
) -> Piece:
    """Return a melody of a plan as a change of the given file.

    Args:
        melody: with the notes of the plan's view, in steps of the view.
        texts: see `Heading`.
        seed: of swing and random deviations, which apply to new notes only; see `perform`.
    """
    view = plan.view or given.view(None)
    heading = Heading(
        texts,
        request.program,
        None if request.tempo is None else plan.microseconds_per_quarter,
        request.meter,
        None if request.key is None else plan.key,
    )
    if request.vary is not None:
        return varied(given, view, melody.pitch, heading)
    start, stop = view.span or (0, plan.length)
    new = melody[len(view.score) :] if view.span is None else melody[(melody.onset >= start) & (melody.onset < stop)]
    played = perform(to_piece(new, plan.num_bars), request.swing, request.humanize, seed).tracks[0].notes
    if view.span is not None:
        return filled(given, view, played, heading)
    return extended(given, view, played, given.num_bars + request.bars, heading)


def extended(given: Given, view: View, new: Notes, num_bars: int, heading: Heading) -> Piece:
    """Return the file with new notes after its end, and `num_bars` bars in all.

    Args:
        new: at 480 ticks per quarter note from the start of the view.
    """
    end = given.bars.tick_of(num_bars + 1)
    added = _in_file(given, view, new, given.tick_of(view, view.end), end)
    raw = replace(given.raw, tracks=tuple(closed(track) for track in given.raw.tracks))
    raw = _replaced(raw, given.home, (), added)
    tracks = tuple(replace(track, end=max([end, *(e.tick for e in track.events[-1:])])) for track in raw.tracks)
    return _piece(given, replace(raw, tracks=tracks), heading, given.last_bar_line)


def filled(given: Given, view: View, new: Notes, heading: Heading) -> Piece:
    """Return the file with new notes in the bars of the view's span, in place of those of the part that begin there."""
    start, stop = (given.tick_of(view, step) for step in view.span or (0, 0))
    is_gone = given.is_drawn_anew(view)
    gone = [given.places[i] for i in np.flatnonzero(is_gone).tolist()]
    raw = given.raw
    for place, own in _by_place(gone).items():
        raw = _replaced(raw, place, own, Notes.of([], [], [], []))
    added = _in_file(given, view, new, *_room_in_line(given, start, stop, is_gone))
    return _piece(given, _replaced(raw, given.home, (), added), heading, start)


def _room_in_line(given: Given, start: int, stop: int, is_gone: Bools) -> tuple[int, int]:
    """Return the ticks between `start` and `stop` from which and by which new notes do not overlap the kept line.

    A kept note that overlapped the next note of the line still may.
    """
    onset, end = given.track.notes.onset[given.line], given.track.notes.end[given.line]
    end = np.minimum(end, np.append(onset[1:], end[-1:]))
    is_before = (onset < start) & ~is_gone[given.line]
    is_after = (onset >= start) & ~is_gone[given.line]
    return int(end[is_before].max(initial=start)), int(onset[is_after].min(initial=stop))


def varied(given: Given, view: View, pitch: IntArray, heading: Heading) -> Piece:
    """Return the file with other pitches for the notes of the view, (num_notes,)."""
    index = np.arange(0) if view.index is None else view.index
    changed = [(given.places[i], p) for i, p in zip(index.tolist(), pitch.tolist(), strict=True)]
    pitch_of = {(place, note.on): p for (place, note), p in changed if note.pitch != p}
    raw = given.raw
    for place, notes in _by_place([own for own, p in changed if own[1].pitch != p]).items():
        anew = [note._replace(pitch=pitch_of[place, note.on]) for note in notes]
        raw = _replaced(raw, place, notes, _columns(anew))
    return _piece(given, raw, heading, 0)


def _by_place(notes: Iterable[tuple[Place, RawNote]]) -> dict[Place, list[RawNote]]:
    found: dict[Place, list[RawNote]] = defaultdict(list)
    for place, note in notes:
        found[place].append(note)
    return found


def _in_file(given: Given, view: View, new: Notes, start: int, stop: int) -> Notes:
    """Return new notes in the ticks of the file, moved as little as needed to lie between `start` and `stop`."""
    scale = given.piece.ticks_per_quarter / TICKS_PER_QUARTER
    onset = np.maximum(view.origin + np.rint(new.onset * scale).astype(np.int64), start)
    end = np.minimum(view.origin + np.rint(new.end * scale).astype(np.int64), stop)
    inside = end > onset
    return Notes.of(onset[inside], (end - onset)[inside], new.pitch[inside], new.velocity[inside])


def _replaced(raw: RawFile, place: Place, removed: Collection[RawNote], added: Notes) -> RawFile:
    """Return the file with notes of one place removed and others added, those that give way cut or left out."""
    number, channel = place
    track = closed(raw.tracks[number]) if removed or len(added) else raw.tracks[number]
    gone = {(note.onset, note.end, note.pitch) for note in removed}  # earlier changes have moved the events
    notes = notes_of(track, channel)
    outgoing = [note for note in notes if (note.onset, note.end, note.pitch) in gone]
    kept = [note for note in notes if (note.onset, note.end, note.pitch) not in gone]
    edited = with_notes(track, channel, outgoing, _giving_way(added, kept))
    return replace(raw, tracks=(*raw.tracks[:number], edited, *raw.tracks[number + 1 :]))


def _giving_way(added: Notes, kept: Iterable[RawNote]) -> Notes:
    """Return the added notes, without those that begin while a kept note of their pitch sounds, or cut before one."""
    kept_of: dict[int, list[RawNote]] = defaultdict(list)
    for note in kept:
        kept_of[note.pitch].append(note)
    rows = []
    for onset, end, pitch, velocity in zip(
        *(column.tolist() for column in (added.onset, added.end, added.pitch, added.velocity)), strict=True
    ):
        others = kept_of[pitch]
        if any(note.onset <= onset < note.end or note.onset == onset for note in others):
            continue
        rows.append((onset, min([end, *(note.onset for note in others if note.onset > onset)]), pitch, velocity))
    return _of_rows(rows)


def _columns(notes: Iterable[RawNote]) -> Notes:
    return _of_rows([(note.onset, note.end, note.pitch, note.velocity) for note in notes])


def _of_rows(rows: list[tuple[int, int, int, int]]) -> Notes:
    """Return the notes of rows of onset, end, pitch and velocity."""
    onset, end, pitch, velocity = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Notes.of(onset, end - onset, pitch, velocity)


def _piece(given: Given, raw: RawFile, heading: Heading, new_from: int) -> Piece:
    """Return the piece of a changed file with its heading; the first new note is at tick `new_from` or later."""
    number, channel = given.home
    texts = [RawEvent(0, text_message(text)) for text in heading.texts]
    if heading.microseconds_per_quarter is not None:
        raw = _without(raw, lambda event: event.is_meta(TEMPO))
        texts.append(RawEvent(0, tempo_message(heading.microseconds_per_quarter)))
    if heading.meter is not None:
        raw = _without(raw, lambda event: event.is_meta(METER))
        texts.append(RawEvent(0, meter_message(heading.meter)))
    if heading.key is not None:
        raw = _without(raw, lambda event: event.is_meta(KEY) and event.tick >= new_from)
        texts.append(RawEvent(new_from, key_message(heading.key)))
    if heading.program is not None:
        raw = _without(raw, lambda event: event.kind == PROGRAM and event.channel == channel)
        raw = _with_events(raw, number, [RawEvent(0, bytes([PROGRAM | channel, heading.program]))])
    raw = _with_events(raw, 0, texts)
    data = raw.to_bytes()
    return replace(read_bytes(data, "a piece"), end=raw.end).with_file(data)


def _with_events(raw: RawFile, number: int, events: list[RawEvent]) -> RawFile:
    """Return the file with further events in a track, before its own at the same tick."""
    track = raw.tracks[number]
    longer = replace(track, events=merged(track.events, events, ()))
    return replace(raw, tracks=(*raw.tracks[:number], longer, *raw.tracks[number + 1 :]))


def _without(raw: RawFile, is_gone: Callable[[RawEvent], bool]) -> RawFile:
    """Return the file without some events."""
    tracks = (RawTrack(tuple(e for e in track.events if not is_gone(e)), track.end) for track in raw.tracks)
    return replace(raw, tracks=tuple(tracks))
