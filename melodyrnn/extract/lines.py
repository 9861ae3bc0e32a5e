"""A voice: notes one at a time out of a track, cut where the meter changes, with what governs them.

A voice is monophonic: one note per onset (the highest), each ending where the next begins at the latest. Ticks
throughout. What cannot be used is refused with a reason and the option that would have let it pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np

from ..music.meter import Meter
from ..music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature
from ..music.units import STEPS_PER_QUARTER
from ..score.quantize import Voice

_MAX_BAR_STEPS = 250
_Event = TypeVar("_Event", Tempo, KeySignature)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not kept, and the option that would have kept it (None where none would)."""

    reason: str
    option: str | None = None


def monophonic(notes: Notes) -> tuple[Notes, float]:
    """The top line of `notes`, and the share of notes that it lost or had to cut by more than half.
    Only notes of one tick count as beginning together.
    """
    size = len(notes)
    if not size:
        return notes, 0.0
    later = notes.onset[1:] - notes.onset[:-1]
    if size < 2 or np.minimum.reduce(later) > 0:
        line, room = notes, later
    else:
        last = np.flatnonzero(np.append(later > 0, True))  # of equal onsets it is the highest: Notes is sorted so
        line = Notes.ordered(notes.onset[last], notes.duration[last], notes.pitch[last], notes.velocity[last])
        room = line.onset[1:] - line.onset[:-1]
    held = line.duration[:-1]
    cut = 0
    if np.count_nonzero(held > room):
        cut = int(np.count_nonzero(held // 2 > room))  # by more than half; no product, which would overflow
        duration = np.append(np.minimum(held, room), line.duration[-1])
        line = Notes.ordered(line.onset, duration, line.pitch, line.velocity)
    return line, 1 - (len(line) - cut) / size


def skyline(notes: Notes) -> Notes:
    """The top line of a polyphonic track: a note that lies under a higher one for over half its length is left out."""
    keep: list[int] = []
    held: dict[int, int] = {}  # pitch -> when it ends
    columns = zip(notes.onset.tolist(), notes.end.tolist(), notes.pitch.tolist(), strict=True)
    for place, (onset, end, pitch) in enumerate(columns):
        if not any(p > pitch and 2 * (e - onset) > end - onset for p, e in held.items()):
            keep.append(place)
        held[pitch] = max(end, held.get(pitch, 0))
    return monophonic(notes[np.array(keep, dtype=np.int64)])[0]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a piece of one bar length: ticks `start` to `stop`, a bar line, and the meter that names it."""

    start: int
    stop: int
    bar_line: int
    meter: Meter


def sections(piece: Piece) -> list[Section]:
    """Where the length of the bar changes a piece is cut.

    A meter of one beat (1/4, 1/8) that stays for four is what beat trackers write for want of a better one: it counts
    as four beats, as no meter does. A change that leaves the bar's length alone (4/4 to 2/2, 3/4 to 6/8) is none. A
    stretch shorter than a bar of the meter that follows is that meter's pick-up, as notation programs write it, and a
    last stretch shorter than a bar of the meter before is its ending: so one odd bar cuts a piece in two and no more.
    """
    end = max(1, piece.end)
    changes: list[TimeSignature] = []
    for meter in _grouped(piece, end):
        if meter.tick < end or not changes:
            if changes and changes[-1].tick == meter.tick:
                changes.pop()
            if not changes or changes[-1].meter.quarters != meter.meter.quarters:
                changes.append(meter)
    found: list[Section] = []
    starts = [m.tick for m in changes] + [end]
    pickup = None
    for number, (change, (start, stop)) in enumerate(zip(changes, pairwise(starts), strict=True)):
        bar = change.meter.quarters * piece.ticks_per_quarter
        if number + 1 < len(changes) and stop - start < changes[number + 1].meter.quarters * piece.ticks_per_quarter:
            pickup = start if pickup is None else pickup
        elif found and number + 1 == len(changes) and stop - start < bar and pickup is None:
            found[-1] = Section(found[-1].start, stop, found[-1].bar_line, found[-1].meter)
        else:
            found.append(Section(start if pickup is None else pickup, stop, start, change.meter))
            pickup = None
    return found


def _grouped(piece: Piece, end: int) -> Iterator[TimeSignature]:
    stops = [change.tick for change in piece.meters[1:]] + [end]
    for change, stop in zip(piece.meters, stops, strict=True):
        numerator, denominator = change.meter
        four = Meter(4, denominator)
        one_beat = numerator == 1 and denominator in (4, 8, 16)
        stays = stop - change.tick >= four.quarters * piece.ticks_per_quarter
        yield TimeSignature(change.tick, four) if one_beat and stays else change


def voices_of(piece: Piece, line: Notes, track: int) -> list[Voice | Refusal]:
    """The line of a track as voices of one meter each, or what is wrong with a meter, in order."""
    parts = sections(piece)
    if len(parts) == 1:
        return [_voice(piece, line, track, parts[0])]
    found = []
    for part in parts:
        inside = (line.onset >= part.start) & (line.onset < part.stop)
        if inside.any():
            notes = line[inside]
            duration = np.minimum(notes.duration, part.stop - notes.onset)
            found.append(_voice(piece, Notes.of(notes.onset, duration, notes.pitch, notes.velocity), track, part))
    return found


def _voice(piece: Piece, notes: Notes, track: int, part: Section) -> Voice | Refusal:
    meter = part.meter
    try:
        steps = meter.bar(STEPS_PER_QUARTER)
    except ValueError:
        return Refusal(f"the bar of {meter} does not fit the grid")
    if steps > _MAX_BAR_STEPS:
        return Refusal(f"the bar of {meter} is too long")
    first = int(notes.onset[0])
    tempo = _at(piece.tempos, first)
    key = _at(piece.keys, first).key if piece.keys else None
    name = piece.tracks[track].name
    return Voice(notes, track, name, piece.ticks_per_quarter, meter, tempo.microseconds_per_quarter, key, part.bar_line)


def _at(events: tuple[_Event, ...], tick: int) -> _Event:
    """The last of `events` at or before `tick`, or the first."""
    found = events[0]
    for event in events[1:]:
        if event.tick > tick:
            break
        found = event
    return found
