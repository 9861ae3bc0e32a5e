"""Draws what is given in a training sequence of several parts: whole parts, the bars around those to fill, or both.

A network that has learned from such sequences can accompany a part, fill bars and continue a beginning. The loss of a
given event is that of its shift and its part alone: the network has to say that nothing new comes before it.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bools
from ..events.parts.ahead import Events

_WAYS = ("parts", "parts", "bars", "both")  # each equally likely
_MAX_BARS = 8  # to fill


def draw_given(events: Events, bar: int, rng: np.random.Generator) -> Bools:
    """Return which events of a score are given, (num_events,).

    Those of some of its parts, but not of all where there are several, or those outside some bars: none where it has
    no other bar. Or both, which may be all events.

    Args:
        bar: steps in a bar.
    """
    way = _WAYS[rng.integers(len(_WAYS))]
    given = np.zeros(len(events.onset), dtype=bool)
    if way != "bars":
        parts = np.unique(events.part)
        chosen = rng.permutation(parts)[: rng.integers(1, max(2, len(parts)))]
        given |= np.isin(events.part, chosen)
    if way != "parts":
        num_bars = int(events.onset[-1]) // bar + 1
        length = int(rng.integers(1, min(_MAX_BARS, num_bars) + 1))
        first = int(rng.integers(0, num_bars - length + 1))
        number = events.onset // bar
        given |= (number < first) | (number >= first + length)
    return given
