"""How many notes begin in each bar, and where the last of them does."""

from __future__ import annotations

from collections.abc import Sequence

from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline
from .per_bar import at_bars

MOST_NOTES = 31  # notes in a bar that are told apart


class BarNotesCondition(OutlineCondition):
    """bar_notes: notes that begin in the bar, at most 31, + 1; last_place: steps to the last of them, + 1."""

    name = "bar_notes"
    features = (
        Feature("bar_notes", lambda sizes: MOST_NOTES + 2, 12, is_read_by_heads=True, is_seen_ahead=True),
        Feature("last_place", lambda sizes: sizes.max_bar + 1, 12, is_read_by_heads=True),
    )
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        last = known.max_bar - 1
        return {
            "bar_notes": at_bars(outlines, lambda layout: [min(notes, MOST_NOTES) + 1 for notes in layout.notes]),
            "last_place": at_bars(outlines, lambda layout: [min(place, last) + 1 for place in layout.last]),
        }
