"""How many notes a bar still gets: those of the layout without those so far, so that lengths fill what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..arrays import AnyInts, IntArray
from .bar_notes import MOST_NOTES
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import UNKNOWN, Layout
from .outline import Outline
from .per_bar import at_bars

_MANY = 255  # notes up to a close, where it is far or not known


class NotesLeftCondition(OutlineCondition):
    """notes_left: notes of the bar that are not there yet, at most 31, + 1."""

    name = "notes_left"
    features = (Feature("notes_left", lambda sizes: MOST_NOTES + 2, 12, is_read_by_heads=True),)
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        return {"notes_left": notes_left(outlines, notes)}


def notes_left(outlines: Sequence[Outline], notes: NotesSoFar) -> FeatureAt:
    """Return the feature of the condition."""
    of_bar = at_bars(outlines, lambda layout: [min(count, MOST_NOTES) + 1 for count in layout.notes])
    bar = np.array([outline.bar for outline in outlines], dtype=np.int64)

    def left(onset: IntArray) -> AnyInts:
        told = of_bar(onset).astype(np.int64)
        start = onset // bar * bar
        return np.where(told > 0, np.maximum(told - notes.num_notes_in(start, start + bar), 1), 0)

    return left


def notes_to_close(
    outlines: Sequence[Outline], notes: NotesSoFar, closing_bars: Callable[[Layout], Sequence[int]]
) -> Callable[[IntArray], IntArray]:
    """Return how many notes there are at an onset up to the one that closes, itself included; 0 where none is left.

    A close is the last note that begins up to the end of the bar that `closing_bars` names for each bar.
    """
    after = at_bars(outlines, lambda layout: _after_each_bar(layout, closing_bars(layout)))
    in_bar = notes_left(outlines, notes)

    def left(onset: IntArray) -> IntArray:
        own = in_bar(onset).astype(np.int64)
        return np.where(own > 0, np.minimum(own - 1 + after(onset), _MANY), _MANY)

    return left


def _after_each_bar(layout: Layout, closing_bars: Sequence[int]) -> list[int]:
    """Return the notes from the end of each bar up to its close."""
    counts = [_MANY if count == UNKNOWN else count for count in layout.notes]
    return [min(sum(counts[bar + 1 : close + 1]), _MANY) for bar, close in enumerate(closing_bars)]
