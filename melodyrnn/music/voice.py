"""Finding the melody of a piece: which track holds one, its notes one at a time, where its bars stand.

A voice is monophonic: one note per onset (the highest), each ending where the next begins at the latest. Ticks
throughout. A voice that cannot be used is refused with a reason and the option that would have let it pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .keys import Key
from .piece import Meter, Notes, Piece, bar_length

MAX_CHORD_SHARE = 0.1  # of a track's notes that may sound together with a higher one in "a melody"
_MAX_BAR_STEPS = 250


@dataclass(frozen=True, slots=True)
class Voice:
    """A monophonic line with what governs it. `track` is its number in the file, from 0."""

    notes: Notes
    track: int
    name: str
    ticks_per_quarter: int
    meter: Meter
    microseconds_per_quarter: int
    key: Key | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not kept, and the option that would have kept it (None where none would)."""

    reason: str
    option: str | None = None


def find_melody(piece: Piece) -> Voice | Refusal:
    """The first track of the piece that is a melody; of several, the first with at least half the longest's notes."""
    tracks = [(i, t) for i, t in enumerate(piece.tracks) if len(t.notes) and not t.is_drums]
    if not tracks:
        return Refusal("no notes" if not piece.num_notes else "drums only")
    lines = [(i, t, *monophonic(t.notes)) for i, t in tracks]
    lines = [line for line in lines if line[3] <= MAX_CHORD_SHARE]
    if not lines:
        return Refusal("no monophonic track")
    meter = _only_meter(piece)
    if isinstance(meter, Refusal):
        return meter
    longest = max(len(line[2]) for line in lines)
    index, track, notes, _ = next(line for line in lines if 2 * len(line[2]) >= longest)
    key = piece.keys[0].key if piece.keys else None
    return Voice(
        notes,
        index,
        track.name,
        piece.ticks_per_quarter,
        meter,
        piece.tempos[0].microseconds_per_quarter,
        key,
    )


def monophonic(notes: Notes) -> tuple[Notes, float]:
    """The top line of `notes`, and the share of notes that it lost or had to cut by more than half.
    Only notes of one tick count as beginning together.
    """
    keep = np.r_[np.diff(notes.onset) > 0, True]  # of equal onsets the last is the highest: Notes is sorted so
    line = notes[keep]
    room = np.r_[np.diff(line.onset), np.iinfo(np.int64).max]
    cut = line.duration // 2 > room  # by more than half; no product, which would overflow
    share = 1 - (len(line) - int(cut.sum())) / max(1, len(notes))
    return Notes.of(line.onset, np.minimum(line.duration, room), line.pitch, line.velocity), share


def _only_meter(piece: Piece) -> Meter | Refusal:
    meters = [m for m in piece.meters if m.tick < max(1, piece.end)]
    first = meters[0]
    if any((m.numerator, m.denominator) != (first.numerator, first.denominator) for m in meters):
        return Refusal("the meter changes within the piece")
    try:
        steps = bar_length(first.numerator, first.denominator, 12)
    except (ValueError, ZeroDivisionError):
        return Refusal(f"the bar of {first} does not fit the grid")
    return first if steps <= _MAX_BAR_STEPS else Refusal(f"the bar of {first} is too long")


def find_pickup(onset: npt.NDArray[np.int64], velocity: npt.NDArray[np.int64], bar: int) -> int:
    """How far the first bar line stands from the first onset, in `onset`'s units; 0 where bars begin at 0.

    Programs that turn notation into MIDI (abc2midi) write a pick-up at tick 0 and let every bar line of the file
    stand late by it, but accent the downbeats. Where the loudest notes all fall on one other place in the bar,
    that place is the downbeat.
    """
    loud = velocity == velocity.max()
    loud[0] = False  # whatever opens the file is accented too
    if loud[1:].all() or loud.sum() < 4:
        return 0
    phases, counts = np.unique(onset[loud] % bar, return_counts=True)
    best = int(counts.argmax())
    return int(phases[best]) if counts[best] >= 0.9 * counts.sum() else 0
