"""What is wished of the layouts of new melodies, besides the wishes for their notes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..conditions.sections import Sections
from ..errors import SettingError
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER


@dataclass(frozen=True, slots=True)
class LayoutWishes:
    """Wishes for layouts; None leaves them as they are drawn.

    Attributes:
        pickup: steps from the first note to the first bar line; 0 for no pick-up.
        register: the median pitch.
        form: the sections.
    """

    pickup: int | None = None
    register: int | None = None
    form: Sections | None = None


def pickup_steps(beats: float, meter: Meter) -> int:
    """Return the steps of a pick-up of some beats of the meter's denominator.

    Raises SettingError unless they are whole steps and less than a bar.
    """
    steps = Fraction(beats).limit_denominator(1000) * 4 * STEPS_PER_QUARTER / meter.denominator
    if not 0 <= steps < meter.bar(STEPS_PER_QUARTER) or steps.denominator != 1:
        raise SettingError(
            f"pickup must be under a bar of {meter}, in beats of a {meter.denominator}th, in whole steps of "
            f"{Fraction(meter.denominator, 4 * STEPS_PER_QUARTER)}. Received: {beats:g}"
        )
    return int(steps)
