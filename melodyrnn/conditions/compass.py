"""The compass of the melody: how low, how high and around which pitch it lies, and where in it the last note is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..arrays import AnyInts, IntArray
from ..music.keys import tonic_offset
from ..music.units import NUM_PITCHES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import Layout
from .outline import Outline
from .per_bar import throughout

_FIXED = ("compass_low", "compass_middle", "compass_high")
_RELATIVE = ("above_low", "above_middle", "above_high")
_FAR = 24  # semitones that are told apart
_ROWS = 2 * _FAR + 2


class CompassCondition(OutlineCondition):
    """compass_low, compass_middle, compass_high: the lowest, median and highest pitch, with a tonic of C, + 1.

    above_low, above_middle, above_high: the last pitch above each of them, within ±24, + 25; 0 before the first note.
    """

    name = "compass"
    features = (
        *(Feature(name, lambda sizes: NUM_PITCHES + 1, 12, is_read_by_heads=True) for name in _FIXED),
        *(Feature(name, lambda sizes: _ROWS, 12, is_read_by_heads=True, starts_unknown=True) for name in _RELATIVE),
    )
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        fixed = [throughout(outlines, _pitch(place)) for place in range(len(_FIXED))]
        relative = [_above(pitch, notes) for pitch in fixed]
        return dict(zip((*_FIXED, *_RELATIVE), (*fixed, *relative), strict=True))


def _pitch(place: int) -> Callable[[Layout], int]:
    return lambda layout: max(0, min(NUM_PITCHES - 1, layout.compass[place] - tonic_offset(layout.key))) + 1


def _above(pitch: FeatureAt, notes: NotesSoFar) -> FeatureAt:
    """Return the feature that tells how far the last pitch lies above one."""

    def above(onset: IntArray) -> AnyInts:
        told = pitch(onset).astype(np.int64)
        if not notes.length:
            return np.zeros_like(told)
        return np.where(told > 0, np.clip(notes.last_pitch + 1 - told, -_FAR, _FAR) + _FAR + 1, 0)

    return above
