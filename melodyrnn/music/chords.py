"""Chord symbols as numbers, the pitches of parts of the kind "chords".

The code of "no chord" is 0. Any other code is 12 + (kind * 12 + bass) * 12 + root, with the root as a pitch class, the
bass in semitones above the root (0 in root position) and the kind as its place in the table of kinds. New kinds are
appended to the table, so that codes in files stay valid.
"""

from __future__ import annotations

import numpy as np

from ..arrays import IntArray
from .units import NUM_PITCH_CLASSES

NO_CHORD = 0


def transpose_codes(codes: IntArray, semitones: int | IntArray) -> IntArray:
    """Return codes of chord symbols, any shape, with their roots `semitones` higher."""
    root = (codes % NUM_PITCH_CLASSES + semitones) % NUM_PITCH_CLASSES
    return np.where(codes < NUM_PITCH_CLASSES, codes, codes // NUM_PITCH_CLASSES * NUM_PITCH_CLASSES + root)
