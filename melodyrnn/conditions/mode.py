"""The mode: major, minor, or another one that the corpus has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline


class ModeCondition(OutlineCondition):
    """mode: its number among the modes of the vocabulary, from 1."""

    name = "mode"
    features = (Feature("mode", lambda sizes: sizes.num_modes + 1, 4),)

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        mode = np.array([known.mode_index(outline.mode) for outline in outlines], dtype=np.uint8)
        return {"mode": lambda onset: mode}
