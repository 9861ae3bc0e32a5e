"""Cuts a piece where the meter changes, and a monophonic line of it into voices of one meter each.

Times are ticks. A meter that does not fit the grid is refused, with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..music.bars import grouped_beats
from ..music.meter import Meter
from ..music.piece import Notes, Piece, TimeSignature, last_at
from ..music.units import STEPS_PER_QUARTER
from ..score.quantize import Voice
from .extractor import Refusal

_MAX_BAR_STEPS = 250


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a piece whose bars have one length, from tick `start` to `stop`; `bar_line` is a tick."""

    start: int
    stop: int
    bar_line: int
    meter: Meter


def sections(piece: Piece) -> list[Section]:
    """Return the sections of a piece, cut wherever the length of the bar changes, in order.

    A meter of one beat (1/4, 1/8) that lasts for four beats or more is read as one of four beats: beat trackers write
    it where they do not know the meter. A change that keeps the length of the bar (4/4 to 2/2, 3/4 to 6/8) does not
    cut. A section shorter than one bar of the next meter is the pick-up of that meter, as notation programs write it; a
    last section shorter than one bar of its own meter belongs to the section before it. Therefore a single odd bar cuts
    a piece into two sections, not three.
    """
    end = max(1, piece.end)
    changes = _changes(piece, end)
    found: list[Section] = []
    starts = [change.tick for change in changes] + [end]
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


def _changes(piece: Piece, end: int) -> list[TimeSignature]:
    """Return the time signatures before `end` that change the length of the bar; of several at one tick the last."""
    changes: list[TimeSignature] = []
    for signature in grouped_beats(piece, end):
        if signature.tick < end or not changes:
            if changes and changes[-1].tick == signature.tick:
                changes.pop()
            if not changes or changes[-1].meter.quarters != signature.meter.quarters:
                changes.append(signature)
    return changes


def voices_of(piece: Piece, line: Notes, track: int, name: str = "") -> list[Voice | Refusal]:
    """Return a monophonic line of a track as voices of one meter each, in order; a bad meter gives a `Refusal`.

    Args:
        track: number of the track in `piece`.
        name: the name of the voices.
    """
    found = sections(piece)
    if len(found) == 1:
        return [voice_in(piece, line, track, name, found[0])]
    voices = []
    for section in found:
        inside = (line.onset >= section.start) & (line.onset < section.stop)
        if inside.any():
            notes = line[inside]
            duration = np.minimum(notes.duration, section.stop - notes.onset)
            notes = Notes.of(notes.onset, duration, notes.pitch, notes.velocity)
            voices.append(voice_in(piece, notes, track, name, section))
    return voices


def voice_in(piece: Piece, notes: Notes, track: int, name: str, section: Section) -> Voice | Refusal:
    """Return the notes of a section, at least one, with its meter and bar line and the tempo and key of the first.

    A meter whose bar does not fit the grid gives a `Refusal`.
    """
    meter = section.meter
    try:
        num_steps = meter.bar(STEPS_PER_QUARTER)
    except ValueError:
        return Refusal(f"the bar of {meter} does not fit the grid")
    if num_steps > _MAX_BAR_STEPS:
        return Refusal(f"the bar of {meter} is too long")
    first = int(notes.onset[0])
    tempo = last_at(piece.tempos, first).microseconds_per_quarter
    key = last_at(piece.keys, first).key if piece.keys else None
    return Voice(notes, track, name, piece.ticks_per_quarter, meter, tempo, key, section.bar_line)
