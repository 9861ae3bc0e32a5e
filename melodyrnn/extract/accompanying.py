"""Lines that accompany by their nature: a bass, and an ostinato, which repeats a few figures all the time.

They are taken for the melody of a file only where it has no other line.
"""

from __future__ import annotations

import numpy as np

from ..music.piece import Notes

_LOWEST_MEAN = 48  # mean pitch; of 900 labelled melodies the lowest has 51
# An ostinato has at most so many distinct figures of three intervals, each of them so often on the average. The poorest
# of the labelled melodies has 14.
_MAX_FIGURES = 12
_MIN_REPEATS = 6


def accompaniment(line: Notes) -> str | None:
    """Return what a line is, "bass" or "ostinato", where it accompanies by its nature; else None."""
    if np.add.reduce(line.pitch) < _LOWEST_MEAN * len(line):
        return "bass"
    if len(line) < 4 + _MIN_REPEATS:
        return None
    interval = np.minimum(np.maximum(line.pitch[1:] - line.pitch[:-1], -127), 127) + 127
    if np.count_nonzero(np.bincount(interval[:-2])) > _MAX_FIGURES:
        return None
    figures = len(np.unique((interval[:-2] << 16) + (interval[1:-1] << 8) + interval[2:]))
    return "ostinato" if figures <= _MAX_FIGURES and figures * _MIN_REPEATS <= len(interval) - 2 else None
