"""How each bar returns: not at all, with its rhythm alone, varied, with another ending, or exactly; and from where.

The form (conditions/form.py) says which bars are mostly alike; this says how alike. A bar is compared with the bar that
the form names or, where the form calls it new, with the likest of those `BARS_BACK` before it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..arrays import Bools, IntArray
from .bar_repeats import BARS_BACK, NEW, BarNotes, Labels
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline
from .per_bar import at_bars

UNKNOWN, NEW_BAR, EXACT, VARIED, OTHER_ENDING, SAME_RHYTHM = range(6)
_LEAST_ALIKE = 0.4  # Jaccard index from which a bar counts as varied and not as new

Kinds = npt.NDArray[np.uint8]


class ReturnsCondition(OutlineCondition):
    """returns: the kind of return of a bar; source: 1 where it has none, else 2 + the index of its distance."""

    name = "returns"
    features = (
        Feature("returns", lambda sizes: SAME_RHYTHM + 1, 8, is_read_by_heads=True, is_seen_ahead=True),
        Feature("source", lambda sizes: len(BARS_BACK) + 2, 8, is_read_by_heads=True, is_seen_ahead=True),
    )
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        return {
            "returns": at_bars(outlines, lambda layout: layout.returns),
            "source": at_bars(outlines, lambda layout: layout.sources),
        }


def returns_of(notes: BarNotes, labels: Labels, bar: IntArray) -> tuple[Kinds, Kinds]:
    """Return the kind of return and the source of each bar, uint8 (B,) each, as the condition has them.

    Args:
        labels: those of the form, (B,).
        bar: steps in each bar, (B,).
    """
    likeness = notes.likeness()
    bars = np.arange(likeness.shape[1])
    of_form = labels.astype(np.int64) - NEW - 1
    place = np.where(of_form >= 0, of_form, likeness.argmax(axis=0))
    alike = likeness[place, bars]
    early = _early(notes, bar).likeness()[place, bars] == 1
    early |= ~_has_early(notes, bar)[bars] & ~_has_early(notes, bar)[np.maximum(bars - np.array(BARS_BACK)[place], 0)]
    rhythm = notes.rhythm().likeness() == 1
    kinds = np.where(early, OTHER_ENDING, VARIED)
    kinds = np.where(alike == 1, EXACT, kinds)
    is_new = alike < _LEAST_ALIKE
    keeps_rhythm = is_new & rhythm.any(axis=0)
    kinds = np.where(is_new, np.where(keeps_rhythm, SAME_RHYTHM, NEW_BAR), kinds)
    sources = np.where(keeps_rhythm, rhythm.argmax(axis=0), place) + 2
    return kinds.astype(np.uint8), np.where(kinds == NEW_BAR, 1, sources).astype(np.uint8)


def _early(notes: BarNotes, bar: IntArray) -> BarNotes:
    """Return the notes of the first half of each bar."""
    return notes.only(2 * notes.position < bar[notes.slot])


def _has_early(notes: BarNotes, bar: IntArray) -> Bools:
    return np.bincount(_early(notes, bar).slot, minlength=len(notes.number)) > 0
