"""The outlines of pieces of several parts: what is fixed before their first note."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...conditions.outline import Outline
from ...events.parts.past import PLAYS
from ...events.vocabulary import Vocabulary
from ..open_conditions import with_drawn_conditions
from .given import GivenEvents
from .plan import PartsPlan


def outlines_of(vocabulary: Vocabulary, plan: PartsPlan, given: GivenEvents, numbers: Sequence[int]) -> list[Outline]:
    """Return the outline of each piece: that of the plan, with a drawn value for each condition that it leaves open."""
    plays = np.zeros(len(vocabulary.parts), dtype=bool)
    plays[list(plan.drawn)] = True
    plays[given.events.part] = True
    known = {**plan.conditions, PLAYS: plays}
    values = with_drawn_conditions(vocabulary, known, plan.num_bars, plan.seed, numbers)
    return [Outline(plan.meter, plan.key.mode, plan.num_bars, 0, own, plan.key.tonic) for own in values]
