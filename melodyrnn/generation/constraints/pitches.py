"""The allowed pitches and the allowed first pitches: range, scale, and the tonic triad of a requested key.

Shapes: arrays over pitches have shape (128,).
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools
from ...music.modes import MODE
from ...music.units import NUM_PITCHES
from ..wishes import Wishes
from .base import Constraint, State

_PITCHES = np.arange(NUM_PITCHES)


def sounding_pitches(wishes: Wishes) -> Bools:
    """Return the pitches of the range and the scale."""
    allowed = (wishes.lowest <= _PITCHES) & (wishes.highest >= _PITCHES)
    if wishes.scale is not None:
        allowed &= np.isin((_PITCHES - wishes.key.tonic) % 12, wishes.scale)
    return allowed


def opening_pitches(wishes: Wishes) -> Bools:
    """Return the pitches that a melody may begin on."""
    allowed = sounding_pitches(wishes)
    if not wishes.keep_key:
        return allowed
    third = MODE[wishes.key.mode].third
    return allowed & np.isin((_PITCHES - wishes.key.tonic) % 12, (0, third, 7))


class Pitches(Constraint):
    """Pitches are in the range and the scale; the first pitch of a piece is one of `opening_pitches`."""

    def __init__(self, wishes: Wishes) -> None:
        self._sounding, self._openings = sounding_pitches(wishes), opening_pitches(wishes)

    def allowed(self, field: str, state: State) -> Bools | None:
        if field != "pitch":
            return None
        return (self._openings if state.first else self._sounding)[state.pitch]
