"""The degree on which each phrase closes, and which note closes it. A phrase has four bars, the last what is left.

The degree is told from the first bar of the phrase on. The closing note is known from the number of notes that the bar
still gets: with it the network is told the degree once more, and with the note before it, which leads there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import AnyInts, IntArray
from ..music.units import NUM_PITCH_CLASSES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import Layout
from .notes_left import notes_to_close
from .outline import Outline
from .per_bar import at_bars

_PHRASE = 4  # bars
_ELSEWHERE = 1  # a note that neither closes a phrase nor leads to one that does


class CadenceCondition(OutlineCondition):
    """cadence: pitch class from the tonic of the last note of the phrase, + 1.

    closing: 1 for most notes; the pitch class + 2 for the note that closes the phrase, + 14 for the note before it.
    """

    name = "cadence"
    features = (
        Feature("cadence", lambda sizes: NUM_PITCH_CLASSES + 1, 8, is_read_by_heads=True),
        Feature("closing", lambda sizes: 2 * NUM_PITCH_CLASSES + 2, 12, is_read_by_heads=True),
    )
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        degree = at_bars(outlines, lambda layout: [layout.cadences[close] + 1 for close in closing_bars(layout)])
        left = notes_to_close(outlines, notes, closing_bars)

        def closing(onset: IntArray) -> AnyInts:
            told, to_close = degree(onset).astype(np.int64), left(onset)
            tells = (told > 0) & (to_close > 0) & (to_close <= 2)
            return np.where(tells, told + 1 + (to_close - 1) * NUM_PITCH_CLASSES, np.where(told > 0, _ELSEWHERE, 0))

        return {"cadence": degree, "closing": closing}


def closing_bars(layout: Layout) -> list[int]:
    """Return for each bar the one in which its phrase closes."""
    last = layout.num_bars - 1
    return [min(bar // _PHRASE * _PHRASE + _PHRASE - 1, last) for bar in range(layout.num_bars)]
