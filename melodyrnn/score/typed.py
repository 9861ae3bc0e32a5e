"""Converts typed notes into a `Score`, for primers and sample tunes.

Conventions: those of score/score.py (12 steps a quarter note) and of music/notation.py (durations in quarter notes).
Nothing is rounded: a length that is not a whole number of steps is an error.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import NotationError
from ..music.keys import Key
from ..music.meter import Meter
from ..music.modal import guess_modal_key
from ..music.notation import TypedNote, format_notes
from ..music.units import DEFAULT_TEMPO, STEPS_PER_QUARTER
from .score import Score

VELOCITY = 90


def melody_of_notes(
    notes: Sequence[TypedNote],
    meter: Meter,
    key: Key | None = None,
    microseconds_per_quarter: int = DEFAULT_TEMPO,
    name: str = "",
    first_onset_steps: int = 0,
) -> Score:
    """Return the score of typed notes, one after another, all at velocity 90.

    Args:
        notes: in order.
        meter: of the score.
        key: None to guess it from the notes.
        microseconds_per_quarter: tempo of the score.
        name: of the score.
        first_onset_steps: step at which the first note or rest begins; for a pick-up of p steps, a bar minus p.

    Raises:
        NotationError: for a length that is not a whole number of steps, and where there are only rests.
    """
    length = np.array([_steps(note, number) for number, note in enumerate(notes, 1)], dtype=np.int64)
    is_note = np.array([note.pitch is not None for note in notes], dtype=bool)
    if not is_note.any():
        raise NotationError(f"typed notes must hold a note that is not a rest. Received: {format_notes(notes)!r}")
    onset = first_onset_steps + np.cumsum(length) - length
    pitch = np.array([note.pitch for note in notes if note.pitch is not None], dtype=np.int64)
    duration = length[is_note]
    return Score.line(
        onset[is_note],
        duration,
        pitch,
        np.full_like(pitch, VELOCITY),
        meter,
        guess_modal_key(pitch, duration, is_whole=False) if key is None else key,
        microseconds_per_quarter,
        name,
    )


def _steps(note: TypedNote, number: int) -> int:
    """Return the length of a note in steps; `number` is its place, from 1, for the error."""
    steps = note.duration * STEPS_PER_QUARTER
    if steps.denominator != 1 or steps <= 0:
        raise NotationError(
            f"a length must be one or more whole steps, {STEPS_PER_QUARTER} to the quarter note. "
            f"Received: {format_notes([note])!r}, note {number}: {steps} steps"
        )
    return int(steps)
