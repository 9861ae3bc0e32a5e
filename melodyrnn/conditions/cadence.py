"""The degree on which each phrase closes, told from its first bar on. A phrase has four bars, the last what is left."""

from __future__ import annotations

from collections.abc import Sequence

from ..music.units import NUM_PITCH_CLASSES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import Layout
from .outline import Outline
from .per_bar import at_bars

_PHRASE = 4  # bars


class CadenceCondition(OutlineCondition):
    """cadence: pitch class from the tonic of the last note of the phrase, + 1."""

    name = "cadence"
    features = (Feature("cadence", lambda sizes: NUM_PITCH_CLASSES + 1, 8, is_read_by_heads=True),)
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        return {"cadence": at_bars(outlines, _of_phrases)}


def _of_phrases(layout: Layout) -> list[int]:
    last = layout.num_bars - 1
    closes = (min(bar // _PHRASE * _PHRASE + _PHRASE - 1, last) for bar in range(layout.num_bars))
    return [layout.cadences[close] + 1 for close in closes]
