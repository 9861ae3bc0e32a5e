"""What is fixed about a score before its first note: meter, mode, length, and the values of further conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from .layout import Layout


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a score.

    Attributes:
        meter, mode: of the whole score; the mode is that of its key.
        num_bars: number of bars, the bar of a pick-up included.
        pickup_bars: 1 where bar 0 holds only a pick-up, else 0.
        values: values of further conditions by name; the value of a missing condition is unknown.
        tonic: pitch class of the tonic, 0..11.
        layout: the layout of a melody; None where it is unknown.
    """

    meter: Meter
    mode: str
    num_bars: int
    pickup_bars: int = 0
    values: Mapping[str, object] = field(default_factory=dict)
    tonic: int = 0
    layout: Layout | None = None

    @classmethod
    def of(cls, score: Score, values: Mapping[str, object] | None = None, layout: Layout | None = None) -> Outline:
        """Return the outline of a finished score."""
        return cls(
            score.meter, score.key.mode, score.num_bars, score.pickup_bars, values or {}, score.key.tonic, layout
        )

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return self.meter.bar(STEPS_PER_QUARTER)

    @property
    def full_bars(self) -> int:
        """Number of bars without that of the pick-up; at least 1."""
        return max(1, self.num_bars - self.pickup_bars)
