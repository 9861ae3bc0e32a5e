"""The tonic of the key: with pitches counted from it, it tells the network how high the voices are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..music.units import NUM_PITCH_CLASSES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline


class TonicCondition(OutlineCondition):
    """tonic: its pitch class, + 1."""

    name = "tonic"
    features = (Feature("tonic", lambda sizes: NUM_PITCH_CLASSES + 1, 8, is_read_by_heads=True),)

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        tonic = np.array([outline.tonic + 1 for outline in outlines], dtype=np.uint8)
        return {"tonic": lambda onset: tonic}
