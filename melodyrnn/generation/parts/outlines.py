"""The outlines of pieces of several parts: what is fixed before their first note."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...conditions.outline import Outline
from ...conditions.table import ALWAYS, CONDITIONS
from ...events.parts.past import PLAYS
from ...events.vocabulary import Vocabulary
from .given import GivenEvents
from .plan import PartsPlan


def outlines_of(vocabulary: Vocabulary, plan: PartsPlan, given: GivenEvents, numbers: Sequence[int]) -> list[Outline]:
    """Return the outline of each piece: that of the plan, with a drawn value for each condition that it leaves open."""
    plays = np.zeros(len(vocabulary.parts), dtype=bool)
    plays[list(plan.drawn)] = True
    plays[given.events.part] = True
    values: list[dict[str, object]] = [{**plan.conditions, PLAYS: plays} for _ in numbers]
    for place, name in enumerate(vocabulary.conditions):
        if name in plan.conditions:
            continue
        stream = 1 + place - len(ALWAYS)
        rngs = (np.random.default_rng(np.random.SeedSequence([plan.seed, number, stream])) for number in numbers)
        drawn = CONDITIONS[name].draw(plan.num_bars, vocabulary, rngs)
        for own, value in zip(values, drawn or [], strict=False):
            own[name] = value
    return [Outline(plan.meter, plan.key.mode, plan.num_bars, 0, own, plan.key.tonic) for own in values]
