"""The mode: major or minor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..music.keys import MODES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline


class ModeCondition(OutlineCondition):
    """mode: its index in `MODES`, + 1."""

    name = "mode"
    features = (Feature("mode", lambda sizes: len(MODES) + 1, 4),)

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        mode = np.array([MODES.index(outline.mode) + 1 for outline in outlines], dtype=np.uint8)
        return {"mode": lambda onset: mode}
