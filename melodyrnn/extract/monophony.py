"""Reduces polyphonic notes to monophonic lines: one note for each onset, which ends at or before the next onset.

Times are ticks.
"""

from __future__ import annotations

import numpy as np

from ..music.piece import Notes


def monophonic(notes: Notes) -> tuple[Notes, float]:
    """Return the highest note of each onset, and the share of notes that were left out or cut by more than half.

    Only notes of the same tick have the same onset. A note that lasts beyond the next onset ends there.
    """
    size = len(notes)
    if not size:
        return notes, 0.0
    later = notes.onset[1:] - notes.onset[:-1]
    if size < 2 or np.minimum.reduce(later) > 0:
        line, room = notes, later
    else:
        last = np.flatnonzero(np.append(later > 0, True))  # the last of equal onsets is the highest
        line = Notes.ordered(notes.onset[last], notes.duration[last], notes.pitch[last], notes.velocity[last])
        room = line.onset[1:] - line.onset[:-1]
    held = line.duration[:-1]
    num_cut = 0
    if np.count_nonzero(held > room):
        num_cut = int(np.count_nonzero(held // 2 > room))  # by more than half; a product could overflow
        duration = np.append(np.minimum(held, room), line.duration[-1])
        line = Notes.ordered(line.onset, duration, line.pitch, line.velocity)
    return line, 1 - (len(line) - num_cut) / size


def skyline(notes: Notes) -> Notes:
    """Return the top line of polyphonic notes: a note under a higher one for over half its length is left out."""
    keep: list[int] = []
    held: dict[int, int] = {}  # pitch -> its end
    columns = zip(notes.onset.tolist(), notes.end.tolist(), notes.pitch.tolist(), strict=True)
    for place, (onset, end, pitch) in enumerate(columns):
        if not any(p > pitch and 2 * (e - onset) > end - onset for p, e in held.items()):
            keep.append(place)
        held[pitch] = max(end, held.get(pitch, 0))
    return monophonic(notes[np.array(keep, dtype=np.int64)])[0]
