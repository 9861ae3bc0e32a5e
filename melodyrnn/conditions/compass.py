"""The compass of the melody: how low, how high, and around which pitch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..music.keys import tonic_offset
from ..music.units import NUM_PITCHES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import Layout
from .outline import Outline
from .per_bar import throughout

_NAMES = ("compass_low", "compass_middle", "compass_high")


class CompassCondition(OutlineCondition):
    """compass_low, compass_middle, compass_high: the lowest, median and highest pitch, with a tonic of C, + 1."""

    name = "compass"
    features = tuple(Feature(name, lambda sizes: NUM_PITCHES + 1, 12) for name in _NAMES)
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        return {name: throughout(outlines, _pitch(place)) for place, name in enumerate(_NAMES)}


def _pitch(place: int) -> Callable[[Layout], int]:
    return lambda layout: max(0, min(NUM_PITCHES - 1, layout.compass[place] - tonic_offset(layout.key))) + 1
