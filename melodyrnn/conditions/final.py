"""How the piece ends: how long the last note lasts and how it is reached, told in the last four bars."""

from __future__ import annotations

from collections.abc import Sequence

from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import MAX_APPROACH, Layout
from .outline import Outline
from .per_bar import at_bars

_BARS = 4  # in which it is told
_LONGEST = 96  # steps that are told apart


class FinalCondition(OutlineCondition):
    """final: 1 before the last four bars, then the length of the last note in steps, at most 96, + 1.

    approach: 1 before the last four bars, then the interval into the last note, within ±12, + 14.
    """

    name = "final"
    features = (
        Feature("final", lambda sizes: _LONGEST + 2, 12, is_read_by_heads=True),
        Feature("approach", lambda sizes: 2 * MAX_APPROACH + 3, 12, is_read_by_heads=True),
    )
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        return {
            "final": at_bars(outlines, lambda layout: _in_last_bars(layout, max(1, min(layout.final, _LONGEST)) + 1)),
            "approach": at_bars(outlines, lambda layout: _in_last_bars(layout, layout.approach + MAX_APPROACH + 2)),
        }


def _in_last_bars(layout: Layout, value: int) -> list[int]:
    told = min(_BARS, layout.num_bars)
    return [1] * (layout.num_bars - told) + [value] * told
