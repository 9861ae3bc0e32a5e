"""The strong beats of a bar, on which a full close may fall."""

from __future__ import annotations

from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER


def strong_places(meter: Meter) -> tuple[int, ...]:
    """Return the steps from the bar line to the beats on which a full close may fall: the first, and half a bar.

    Half a bar is one in meters of an even number of beats, at least four or compound ones.
    """
    has_half = meter.beats % 2 == 0 and (meter.beats >= 4 or meter.is_compound)
    bar = meter.bar(STEPS_PER_QUARTER)
    return (0, bar // 2) if has_half else (0,)
