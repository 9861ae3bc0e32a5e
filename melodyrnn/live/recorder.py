"""What a player plays, as a melody on the grid.

Conventions: beats are quarters from the bar line where listening began; a step is a twelfth of a quarter.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from ..music.keys import Key, guess_key
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from ..score.rhythm import snap_durations, snap_onsets
from ..score.score import Score

_EARLY = 0.25  # quarters before the bar line that still mean its downbeat


@dataclass(slots=True)
class _Note:
    onset: float
    pitch: int
    velocity: int
    end: float | None = None


class NoteRecorder:
    """Collects note-ons and note-offs as they come, on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: list[_Note] = []
        self.count = 0  # note-ons so far; grows, so that one can tell that something came

    def hear(self, beat: float, message: bytes) -> None:
        """Take a note-on or note-off at a beat; others pass."""
        kind, pitch = message[0] & 0xF0, message[1] if len(message) > 1 else 0
        with self._lock:
            if kind == 0x90 and message[2] > 0:
                self._notes.append(_Note(beat, pitch, message[2]))
                self.count += 1
            elif kind in (0x80, 0x90):
                for note in self._notes:
                    if note.pitch == pitch and note.end is None:
                        note.end = beat

    def forget(self, before: float) -> None:
        """Drop what began before a beat."""
        with self._lock:
            self._notes = [note for note in self._notes if note.onset >= before]

    def melody(
        self, start: float, stop: float, meter: Meter, microseconds_per_quarter: int, key: Key | None = None
    ) -> Score | None:
        """What began from `start` (or just before) and before `stop`, in beats; None where nothing did.

        Of notes struck together the highest counts; each lasts until the next at most. The key is guessed, `key` being
        the one before, where there was one.
        """
        with self._lock:
            notes = [n for n in self._notes if start - _EARLY <= n.onset < stop]
        last = round((stop - start) * STEPS_PER_QUARTER)
        onset = np.maximum(0, snap_onsets(np.array([n.onset - start for n in notes]) * STEPS_PER_QUARTER))
        kept = [i for i in range(len(notes)) if onset[i] < last]
        highest: dict[int, int] = {}
        for i in kept:
            at = int(onset[i])
            if at not in highest or notes[i].pitch > notes[highest[at]].pitch:
                highest[at] = i
        if not highest:
            return None
        starts = np.array(sorted(highest))
        rows = [notes[highest[at]] for at in starts.tolist()]
        ends = np.array([(stop if n.end is None else min(stop, n.end)) - start for n in rows]) * STEPS_PER_QUARTER
        duration = snap_durations(starts, ends, last)
        pitch = np.array([n.pitch for n in rows])
        velocity = np.array([n.velocity for n in rows])
        return Score.line(
            starts, duration, pitch, velocity, meter, guess_key(pitch, duration, key), microseconds_per_quarter, "heard"
        )
