"""The outlines of new melodies: what is fixed about each before its first note."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..conditions.bar_repeats import NEW
from ..conditions.layout import Layout
from ..conditions.outline import Outline
from ..events.vocabulary import Vocabulary
from .open_conditions import with_drawn_conditions
from .plan import Plan


def outlines_of_plan(
    vocabulary: Vocabulary, plan: Plan, numbers: Sequence[int], layouts: Sequence[Layout] | None
) -> list[Outline]:
    """Return the outline of each melody: that of the plan, with a drawn value for each condition that is open.

    The form of a melody with a layout is that of the layout.
    """
    if layouts is None:
        values = with_drawn_conditions(vocabulary, plan.conditions, plan.num_bars, plan.seed, numbers)
        pickup = plan.primer.pickup_bars if plan.primer is not None else 0
        return [Outline(plan.meter, plan.key.mode, plan.num_bars, pickup, own, plan.key.tonic) for own in values]
    known = {**plan.conditions, "form": None}
    values = with_drawn_conditions(vocabulary, known, plan.num_bars, plan.seed, numbers)
    return [_laid_out(plan, own, layout) for own, layout in zip(values, layouts, strict=True)]


def _laid_out(plan: Plan, values: dict[str, object], layout: Layout) -> Outline:
    """Return the outline of a melody with a layout."""
    pickup = int(layout.pickup > 0)
    values["form"] = np.array([NEW] * pickup + [int(label) for label in layout.form], dtype=np.uint8)
    num_bars = plan.num_bars + pickup
    return Outline(plan.meter, plan.key.mode, num_bars, pickup, values, plan.key.tonic, layout)
