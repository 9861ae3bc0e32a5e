"""Typed notes onto the grid: a primer or a sample tune as a `Score`.

Conventions: those of `melody` (12 steps to the quarter note) and of `notation` (durations in quarter notes). Nothing
is rounded: a length that does not fall on the grid is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import NotationError
from ..music.keys import Key, guess_key
from ..music.meter import Meter
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
    """Put typed notes on the grid, one after another, all at velocity 90.

    Args:
        key: guessed from the notes where None.
        first_onset_steps: the step at which the first note or rest begins; a pick-up of p steps begins at bar - p.

    Raises:
        NotationError: for a length that is no whole number of steps, and where there are only rests.
    """
    length = np.array([_steps(note, number) for number, note in enumerate(notes, 1)], dtype=np.int64)
    sounds = np.array([note.pitch is not None for note in notes], dtype=bool)
    if not sounds.any():
        raise NotationError(f"typed notes must hold a note that is not a rest. Received: {format_notes(notes)!r}")
    onset = first_onset_steps + np.cumsum(length) - length
    pitch = np.array([note.pitch for note in notes if note.pitch is not None], dtype=np.int64)
    duration = length[sounds]
    return Score.line(
        onset[sounds],
        duration,
        pitch,
        np.full_like(pitch, VELOCITY),
        meter,
        guess_key(pitch, duration) if key is None else key,
        microseconds_per_quarter,
        name,
    )


def _steps(note: TypedNote, number: int) -> int:
    steps = note.duration * STEPS_PER_QUARTER
    if steps.denominator != 1 or steps <= 0:
        raise NotationError(
            f"a length must be one or more whole steps, {STEPS_PER_QUARTER} to the quarter note. "
            f"Received: {format_notes([note])!r}, note {number}: {steps} steps"
        )
    return int(steps)
