"""Keys in modes beside major and minor: the degree of the mode's own comes where the model would draw another.

The scale of a mode leaves out a degree of its basis, major or minor, in whose place it has one of its own, a semitone
away: the probability of each pitch of the one is added to that of the other. A model that knows a mode well draws the
degree that is left out hardly ever; one that was trained on few tunes in it still does.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from ..arrays import Float32s, IntArray
from ..events.vocabulary import Vocabulary
from ..music.modes import BASIC_MODES, OWN_DEGREES
from .wishes import Wishes


class Exchange(NamedTuple):
    """Indices of pitches in a vocabulary, each (n,): those left out, and those that take their probability."""

    replaced: IntArray
    own: IntArray

    @classmethod
    def of(cls, vocabulary: Vocabulary, wishes: Wishes) -> Self | None:
        """Return what is exchanged; None in major and minor, and where the scale is not that of the mode."""
        mode, scale = wishes.key.mode, wishes.scale
        if mode in BASIC_MODES or scale is None:
            return None
        own, replaced = OWN_DEGREES[mode]
        if own not in scale or replaced in scale:
            return None
        left_out = np.flatnonzero(vocabulary.sorted_values["pitch"] % 12 == replaced)  # values have a tonic of C
        other = vocabulary.index("pitch", vocabulary.sorted_values["pitch"][left_out] + own - replaced)
        return cls(left_out[other >= 0], other[other >= 0])

    def exchanged(self, probabilities: Float32s) -> Float32s:
        """Return probabilities of pitches (B, V) after the exchange."""
        p = probabilities.copy()
        p[:, self.own] += p[:, self.replaced]
        p[:, self.replaced] = 0
        return p
