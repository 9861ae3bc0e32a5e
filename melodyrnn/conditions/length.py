"""The length of the piece: the number of the current bar, and how many bars are left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline

PHRASE_BARS = 32
MAX_BARS_LEFT = 62


class LengthCondition(OutlineCondition):
    """bar: number of the bar from the first full one, modulo 32, + 1; bars_left: bars after it, at most 62, + 1."""

    name = "length"
    features = (
        Feature("bar", lambda sizes: PHRASE_BARS + 1, 16, is_read_by_heads=True, starts_unknown=True),
        Feature("bars_left", lambda sizes: MAX_BARS_LEFT + 2, 16, is_read_by_heads=True),
    )

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        bar = np.array([outline.bar for outline in outlines], dtype=np.int64)
        pickup = np.array([outline.pickup_bars for outline in outlines], dtype=np.int64)
        last_bar = np.array([outline.num_bars for outline in outlines], dtype=np.int64) - 1
        return {
            "bar": lambda onset: (onset // bar - pickup) % PHRASE_BARS + 1,
            "bars_left": lambda onset: np.minimum(np.maximum(last_bar - onset // bar, 0), MAX_BARS_LEFT) + 1,
        }
