"""How the piece ends: how long the last note lasts and how it is reached."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import AnyInts, IntArray
from ..music.units import NUM_PITCH_CLASSES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import MAX_APPROACH, UNKNOWN, Layout
from .notes_left import notes_to_close
from .outline import Outline
from .per_bar import at_bars, throughout

_BARS = 4  # in which it is told
_LONGEST = 96  # steps that are told apart
_INTERVALS = 2 * MAX_APPROACH + 1


class FinalCondition(OutlineCondition):
    """final: 1 before the last four bars, then the length of the last note in steps, at most 96, + 1.

    approach: 1 before the last four bars, then the interval into the last note, within ±12, + 14.
    arrival: 1 for most notes, the interval + 14 for the last note, for the note before it its pitch class + 27.
    """

    name = "final"
    features = (
        Feature("final", lambda sizes: _LONGEST + 2, 12, is_read_by_heads=True),
        Feature("approach", lambda sizes: _INTERVALS + 2, 12, is_read_by_heads=True),
        Feature("arrival", lambda sizes: _INTERVALS + NUM_PITCH_CLASSES + 2, 12, is_read_by_heads=True),
    )
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        interval = throughout(outlines, lambda layout: layout.approach + MAX_APPROACH + 2)
        before_last = throughout(outlines, _class_before_last)
        left = notes_to_close(outlines, notes, lambda layout: [layout.num_bars - 1] * layout.num_bars)

        def arrival(onset: IntArray) -> AnyInts:
            told, to_last = interval(onset).astype(np.int64), left(onset)
            own = np.where(to_last == 1, told, np.where(to_last == 2, before_last(onset), 1))
            return np.where(told > 0, own, 0)

        return {
            "final": at_bars(outlines, lambda layout: _in_last_bars(layout, max(1, min(layout.final, _LONGEST)) + 1)),
            "approach": at_bars(outlines, lambda layout: _in_last_bars(layout, layout.approach + MAX_APPROACH + 2)),
            "arrival": arrival,
        }


def _class_before_last(layout: Layout) -> int:
    """Return what `arrival` tells of the note before the last one."""
    degree = layout.cadences[-1]
    return 1 if degree == UNKNOWN else (degree - layout.approach) % NUM_PITCH_CLASSES + _INTERVALS + 2


def _in_last_bars(layout: Layout, value: int) -> list[int]:
    told = min(_BARS, layout.num_bars)
    return [1] * (layout.num_bars - told) + [value] * told
