"""How many notes a bar still gets: those of the layout without those so far, so that lengths fill what is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import AnyInts, IntArray
from .bar_notes import MOST_NOTES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline
from .per_bar import at_bars


class NotesLeftCondition(OutlineCondition):
    """notes_left: notes of the bar that are not there yet, at most 31, + 1."""

    name = "notes_left"
    features = (Feature("notes_left", lambda sizes: MOST_NOTES + 2, 12, is_read_by_heads=True),)
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        of_bar = at_bars(outlines, lambda layout: [min(count, MOST_NOTES) + 1 for count in layout.notes])
        bar = np.array([outline.bar for outline in outlines], dtype=np.int64)

        def left(onset: IntArray) -> AnyInts:
            told = of_bar(onset).astype(np.int64)
            start = onset // bar * bar
            return np.where(told > 0, np.maximum(told - notes.num_notes_in(start, start + bar), 1), 0)

        return {"notes_left": left}
