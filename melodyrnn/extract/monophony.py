"""Reduces polyphonic notes to monophonic lines: one note for each onset, which ends at or before the next onset.

A file may have fifty tracks of a few notes each, so the lines of all its tracks are found together, in arrays over all
notes, one track after another. Times are ticks.

    onset, duration, pitch, velocity, ...  (num_notes,)  notes of all lines, line after line
    first, size, lost_share, ...           (num_lines,)  one number a line
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Bools, Float64s, IntArray
from ..music.piece import Notes

_NO_LIMIT = np.iinfo(np.int64).max
_NOTES_AT_ONCE = 4096  # of which `skyline` holds an array (num_notes, num_pitches)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Monophonic lines, one after another; each has at least one note.

    Attributes:
        onset, duration, pitch, velocity: of all notes, shape (num_notes,), read-only.
        first: index of the first note of each line, shape (num_lines,).
        size: number of notes of each line, shape (num_lines,).
        lost_share: share of a track's notes that its line left out or cut by more than half, shape (num_lines,).
    """

    onset: IntArray
    duration: IntArray
    pitch: IntArray
    velocity: IntArray
    first: IntArray
    size: IntArray
    lost_share: Float64s

    def __iter__(self) -> Iterator[Notes]:
        """Yield the notes of each line."""
        for first, size in zip(self.first.tolist(), self.size.tolist(), strict=True):
            line = slice(first, first + size)
            yield Notes(self.onset[line], self.duration[line], self.pitch[line], self.velocity[line])


def monophonic_lines(tracks: Sequence[Notes]) -> Lines:
    """Return the highest note of each onset of each track; a note that lasts beyond the next onset ends there.

    Only notes of the same tick have the same onset.

    Args:
        tracks: one or more, of at least one note each.
    """
    onset, duration, pitch, velocity = _concatenated(tracks)
    num_notes = np.array([len(notes) for notes in tracks])
    size, last = num_notes, np.add.accumulate(num_notes) - 1  # of each track, then of each line
    is_highest = np.empty(len(onset), dtype=bool)
    is_highest[:-1] = onset[1:] != onset[:-1]  # the last of equal onsets is the highest
    is_highest[last] = True
    if np.count_nonzero(is_highest) < len(onset):
        onset, duration, pitch, velocity = (c[is_highest] for c in (onset, duration, pitch, velocity))
        last = np.add.accumulate(is_highest, dtype=np.int64)[last] - 1
        size = np.diff(last, prepend=-1)
    first = last - size + 1
    room = np.empty_like(onset)
    room[:-1] = onset[1:] - onset[:-1]
    room[last] = _NO_LIMIT
    num_intact = size
    if np.count_nonzero(duration > room):
        is_cut = duration // 2 > room  # by more than half; a product could overflow
        num_intact = size - np.add.reduceat(is_cut, first, dtype=np.int64)
        duration = np.minimum(duration, room)
    for column in (onset, duration, pitch, velocity):
        column.setflags(write=False)
    return Lines(onset, duration, pitch, velocity, first, size, 1 - num_intact / num_notes)


def _concatenated(tracks: Sequence[Notes]) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return the columns of all notes of all tracks, each of shape (num_notes,)."""
    if len(tracks) == 1:
        return tracks[0].onset, tracks[0].duration, tracks[0].pitch, tracks[0].velocity
    return (
        np.concatenate([notes.onset for notes in tracks]),
        np.concatenate([notes.duration for notes in tracks]),
        np.concatenate([notes.pitch for notes in tracks]),
        np.concatenate([notes.velocity for notes in tracks]),
    )


def monophonic(notes: Notes) -> tuple[Notes, float]:
    """Return the monophonic line of one track and its `lost_share`, see `Lines`."""
    if not len(notes):
        return notes, 0.0
    lines = monophonic_lines([notes])
    return next(iter(lines)), float(lines.lost_share[0])


def skyline(notes: Notes) -> Notes:
    """Return the top line of polyphonic notes: a note under a higher one for over half its length is left out."""
    return monophonic(notes[~_is_covered(notes)])[0] if len(notes) else notes


def _is_covered(notes: Notes) -> Bools:
    """Return whether an earlier and higher note lasts for more than half of each note, shape (num_notes,).

    `ends[i, p]` is the latest end, before note i of a block, of the notes at p semitones above the lowest.
    """
    height = notes.pitch - np.minimum.reduce(notes.pitch)
    held = np.full(int(np.maximum.reduce(height)) + 2, notes.onset[0])  # the highest note has nothing above it
    covered = []
    for start in range(0, len(notes), _NOTES_AT_ONCE):
        onset, duration, own = (c[start : start + _NOTES_AT_ONCE] for c in (notes.onset, notes.duration, height))
        place = np.arange(len(own))
        ends = np.empty((len(own) + 1, len(held)), dtype=np.int64)
        ends[:] = notes.onset[0]
        ends[0] = held
        ends[place + 1, own] = onset + duration
        np.maximum.accumulate(ends, axis=0, out=ends)
        held = ends[-1]
        above = np.maximum.accumulate(ends[:-1, ::-1], axis=1)[:, ::-1]
        covered.append(above[place, own + 1] - onset > duration // 2)
    return np.concatenate(covered)
