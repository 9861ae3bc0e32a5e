"""How many bars are left, without the number of the current one, which a network of few long pieces learns by heart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .length import MAX_BARS_LEFT
from .outline import Outline


class LeftCondition(OutlineCondition):
    """left: bars after the current one, at most 62, + 1."""

    name = "left"
    features = (Feature("left", lambda sizes: MAX_BARS_LEFT + 2, 12, is_read_by_heads=True),)

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        bar = np.array([outline.bar for outline in outlines], dtype=np.int64)
        last_bar = np.array([outline.num_bars for outline in outlines], dtype=np.int64) - 1
        return {"left": lambda onset: np.minimum(np.maximum(last_bar - onset // bar, 0), MAX_BARS_LEFT) + 1}
