"""The positions within a quarter note and within three: the same in every meter and wherever the bar lines are."""

from __future__ import annotations

from collections.abc import Sequence

from ..music.units import STEPS_PER_QUARTER
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline

_TRIPLE = 3 * STEPS_PER_QUARTER


class BeatCondition(OutlineCondition):
    """beat, triple: steps since the last quarter note, and since the last third one, from step 0, + 1."""

    name = "beat"
    features = (
        Feature("beat", lambda sizes: STEPS_PER_QUARTER + 1, 8, is_read_by_heads=True, starts_unknown=True),
        Feature("triple", lambda sizes: _TRIPLE + 1, 12, is_read_by_heads=True, starts_unknown=True),
    )

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        return {"beat": lambda onset: onset % STEPS_PER_QUARTER + 1, "triple": lambda onset: onset % _TRIPLE + 1}
