"""A hymn in four voices with a pick-up."""

from __future__ import annotations

import numpy as np

from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track

QUARTER = 480
# One phrase of two bars, as (eighths, degree) from the pick-up on; its last note leaves room for the next pick-up.
PHRASES = {
    "4/4": [(2, 4), (2, 7), (2, 7), (2, 9), (2, 7), (6, 4)],
    "3/4": [(2, 4), (4, 7), (2, 9), (4, 7)],
    "2/4": [(1, 4), (2, 7), (1, 9), (1, 7), (3, 4)],
    "6/8": [(1, 4), (2, 7), (1, 9), (2, 7), (1, 5), (5, 4)],
}
ROOTS = [0, 5, 7, 0, 9, 2, 7, 0]


def hymn(meter: str = "4/4", late: int = 0, velocity: int = 80) -> Piece:
    """Eight phrases in four voices, the pick-up at tick `late`; the harmony changes with the bar."""
    bar = Meter.parse(meter).bar(2)
    onset, duration, degree = 0, [], []
    onsets = []
    for length, step in PHRASES[meter] * 8:
        onsets.append(onset)
        duration.append(length)
        degree.append(step)
        onset += length
    pickup = PHRASES[meter][0][0]
    root = np.array([ROOTS[((at - pickup) // bar) % len(ROOTS)] for at in onsets])
    voices = [60 + root + np.array(degree), 60 + root + 4, 55 + root, 48 + root]
    tick = late + np.array(onsets) * QUARTER // 2
    loud = np.full(len(tick), velocity)
    tracks = [Track(Notes.of(tick, np.array(duration) * QUARTER // 2, one, loud), name)
              for one, name in zip(voices, ("Soprano", "Alto", "Tenor", "Bass"), strict=True)]  # fmt: skip
    return Piece(
        QUARTER, tuple(tracks), meters=(TimeSignature(0, Meter.parse(meter)),), end=int(tick[-1]) + 4 * QUARTER
    )
