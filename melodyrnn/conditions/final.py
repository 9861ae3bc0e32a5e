"""How long the last note lasts, told in the last four bars."""

from __future__ import annotations

from collections.abc import Sequence

from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import Layout
from .outline import Outline
from .per_bar import at_bars

_BARS = 4  # in which it is told
_LONGEST = 96  # steps that are told apart


class FinalCondition(OutlineCondition):
    """final: 1 before the last four bars, then the length of the last note in steps, at most 96, + 1."""

    name = "final"
    features = (Feature("final", lambda sizes: _LONGEST + 2, 12, is_read_by_heads=True),)
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        return {"final": at_bars(outlines, _in_last_bars)}


def _in_last_bars(layout: Layout) -> list[int]:
    told = min(_BARS, layout.num_bars)
    return [1] * (layout.num_bars - told) + [max(1, min(layout.final, _LONGEST)) + 1] * told
