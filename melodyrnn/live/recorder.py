"""Records what a player plays, as a melody on the grid.

Conventions: beats are quarters from a bar line of the transport; a grid step is a twelfth of a quarter.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from ..music.keys import Key
from ..music.meter import Meter
from ..music.modal import guess_modal_key
from ..music.units import STEPS_PER_QUARTER
from ..score.rhythm import snap_durations, snap_onsets
from ..score.score import Score

EARLY = 0.25  # quarters: a note this close before the bar line belongs to the downbeat
_NOTE_OFF, _NOTE_ON = 0x80, 0x90


@dataclass(slots=True)
class _Note:
    onset: float
    pitch: int
    velocity: int
    end: float | None = None  # None while the note sounds


class NoteRecorder:
    """Records note-ons and note-offs. All methods may be called from any thread.

    Attributes:
        count: number of note-ons so far, including forgotten ones.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: list[_Note] = []
        self.count = 0

    def record(self, beat: float, message: bytes) -> None:
        """Record a note-on or note-off at a beat; other messages are ignored."""
        kind, pitch = message[0] & 0xF0, message[1] if len(message) > 1 else 0
        with self._lock:
            if kind == _NOTE_ON and message[2] > 0:
                self._notes.append(_Note(beat, pitch, message[2]))
                self.count += 1
            elif kind in (_NOTE_OFF, _NOTE_ON):
                for note in self._notes:
                    if note.pitch == pitch and note.end is None:
                        note.end = beat

    def forget(self, before: float) -> None:
        """Drop the notes that begin before a beat."""
        with self._lock:
            self._notes = [note for note in self._notes if note.onset >= before]

    def melody(
        self, start: float, stop: float, meter: Meter, microseconds_per_quarter: int, key: Key | None = None
    ) -> Score | None:
        """Return the notes that begin between `start` (or just before) and `stop` as a melody; None without notes.

        Of simultaneous notes the highest is kept. Each note ends at or before the next onset.

        Args:
            start, stop: beats.
            key: the previous key, as evidence for the estimate; None where there is none.
        """
        with self._lock:
            notes = [n for n in self._notes if start - EARLY <= n.onset < stop]
        last = round((stop - start) * STEPS_PER_QUARTER)
        onset = np.maximum(0, snap_onsets(np.array([n.onset - start for n in notes]) * STEPS_PER_QUARTER))
        highest: dict[int, _Note] = {}
        for step, note in zip(onset.tolist(), notes, strict=True):
            if step < last and (step not in highest or note.pitch > highest[step].pitch):
                highest[step] = note
        if not highest:
            return None
        starts = np.array(sorted(highest))
        kept = [highest[step] for step in starts.tolist()]
        ends = np.array([(stop if n.end is None else min(stop, n.end)) - start for n in kept]) * STEPS_PER_QUARTER
        duration = snap_durations(starts, ends, last)
        pitch = np.array([n.pitch for n in kept])
        velocity = np.array([n.velocity for n in kept])
        own = guess_modal_key(pitch, duration, key, is_whole=False)
        return Score.line(starts, duration, pitch, velocity, meter, own, microseconds_per_quarter, "heard")
