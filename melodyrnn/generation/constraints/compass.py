"""The compass of a register that is asked for, or in a key without tunes: each melody keeps that of its layout.

The network is told the compass, and follows it little far from where the corpus lies.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Bools
from ...conditions.layout import Layout
from .base import Preference, State


class Compass(Preference):
    """The pitches of each melody are within the compass of its layout, where the other wishes leave such a pitch."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        compass = np.array([layout.compass for layout in layouts], dtype=np.int64)
        self._low, self._high = compass[:, :1], compass[:, 2:]

    def preferred(self, field: str, state: State) -> Bools | None:
        if field != "pitch":
            return None
        return (state.pitch >= self._low) & (state.pitch <= self._high)
