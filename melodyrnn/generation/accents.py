"""Velocities by the position in the bar, for models whose corpus has no played ones."""

from __future__ import annotations

import numpy as np

from ..arrays import IntArray
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER


def accents(onset: IntArray, meter: Meter) -> IntArray:
    """Return velocities for a corpus without any: 100 on the downbeat, 90 on other beats, 80 elsewhere.

    `onset` is in steps. In compound meters (6/8, 9/8, 12/8) a beat is three eighths.
    """
    beat = meter.beat.bar(STEPS_PER_QUARTER)
    place = onset % meter.bar(STEPS_PER_QUARTER)
    return np.where(place == 0, 100, np.where(place % beat == 0, 90, 80))
