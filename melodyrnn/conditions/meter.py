"""The meter, and the position in its bar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import SettingError
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .outline import Outline

_DENOMINATORS = (1, 2, 4, 8, 16)
_MAX_NUMERATOR = 64


class MeterCondition(OutlineCondition):
    """position: steps since the bar line, + 1; meter: its number in the vocabulary, 0 for a meter that is not in it."""

    name = "meter"
    features = (
        Feature("position", lambda sizes: sizes.max_bar + 1, 32, is_read_by_heads=True, starts_unknown=True),
        Feature("meter", lambda sizes: sizes.num_meters + 1, 8),
    )

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        bar = np.array([outline.bar for outline in outlines], dtype=np.int64)
        meter = np.array([known.meter_index(outline.meter) for outline in outlines], dtype=np.uint8)
        last = known.max_bar - 1
        return {"position": lambda onset: np.minimum(onset % bar, last) + 1, "meter": lambda onset: meter}


def check_meter(meter: Meter, max_bar: int, meters: Sequence[Meter]) -> None:
    """Check that a model can generate in a requested meter.

    Args:
        max_bar: steps in the longest bar that the model has seen.
        meters: the meters that the model has seen, for the message.

    Raises:
        SettingError: for a meter without a bar, or with a longer bar than `max_bar`.
    """
    if meter.denominator not in _DENOMINATORS or not 1 <= meter.numerator <= _MAX_NUMERATOR:
        raise SettingError(f"meter must be like 4/4: 1..64 beats of a 1st, 2nd, 4th, 8th or 16th. Received: {meter}")
    if meter.bar(STEPS_PER_QUARTER) > max_bar:
        seen = ", ".join(map(str, meters))
        raise SettingError(
            f"meter must have a bar no longer than those this model has seen ({seen}). Received: {meter}"
        )
