"""Where a return leads: the pitch with which the coming bar begins, if it returns, so that the notes before join it.

It is read from the notes so far: the first note of the bar that the coming one returns to.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import AnyInts, IntArray
from ..music.units import NUM_PITCHES
from .bar_repeats import BARS_BACK
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline
from .per_bar import at_bars
from .returns import EXACT, OTHER_ENDING, VARIED

_BACK = np.array([0, 0, *BARS_BACK])  # by source
_TELLS = np.isin(np.arange(256), (EXACT, VARIED, OTHER_ENDING))  # by kind of return
_NEITHER = NUM_PITCHES + 1  # the coming bar is new, or the bar that it returns to has no note
_FAR = 24  # semitones that are told apart


class JoinCondition(OutlineCondition):
    """join: the first pitch of the coming bar, with a tonic of C, + 1; 129 where it is not known from a return.

    to_join: that pitch above the last one, within ±24, + 25; 50 where it is not known from a return.
    """

    name = "join"
    features = (
        Feature("join", lambda sizes: NUM_PITCHES + 2, 16, is_read_by_heads=True),
        Feature("to_join", lambda sizes: 2 * _FAR + 3, 16, is_read_by_heads=True, starts_unknown=True),
    )
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        kind = at_bars(outlines, lambda layout: layout.returns)
        source = at_bars(outlines, lambda layout: layout.sources)
        bar = np.array([outline.bar for outline in outlines], dtype=np.int64)

        def first_pitch(onset: IntArray) -> AnyInts:
            coming = onset + bar
            kinds = kind(coming)
            if not notes.length:
                return np.where(kinds > 0, _NEITHER, 0)
            start = (coming // bar - _BACK[source(coming)]) * bar
            pitch = notes.first_pitch_in(start, start + bar)
            tells = _TELLS[kinds] & (pitch >= 0)
            return np.where(tells, np.clip(pitch, 0, NUM_PITCHES - 1) + 1, np.where(kinds > 0, _NEITHER, 0))

        def to_join(onset: IntArray) -> AnyInts:
            told = first_pitch(onset).astype(np.int64)
            if not notes.length:
                return np.zeros_like(told)
            above = np.clip(told - 1 - notes.last_pitch, -_FAR, _FAR) + _FAR + 1
            return np.where(told == _NEITHER, 2 * _FAR + 2, np.where(told > 0, above, 0))

        return {"join": first_pitch, "to_join": to_join}
