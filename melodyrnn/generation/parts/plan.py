"""The plan of a generation of several parts: what is given, what is drawn, and the wishes for each part.

Parts are counted by their index in the vocabulary of the model. Steps count from the first bar line of the piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...arrays import IntArray
from ...events.vocabulary import Vocabulary
from ...music.keys import Key
from ...music.meter import Meter
from ...music.units import STEPS_PER_QUARTER
from ...score.score import Part, Score
from ...score.slots import slots_of
from ..part_wishes import PartWishes
from ..sampling import Sampling


@dataclass(frozen=True, slots=True)
class PartsPlan:
    """The pieces to generate, with every setting resolved.

    Attributes:
        num: number of pieces.
        num_bars: bars of the whole piece.
        meter, key, microseconds_per_quarter: of the pieces.
        seed: of the random numbers; piece i of a seed does not depend on `num`.
        sampling: how values are drawn.
        drawn: the parts that are drawn.
        wishes: the wishes for each drawn part; those of a missing one are none.
        lines: the parts of which no two notes sound together.
        given: the notes that are given, of parts that the model knows; None for none.
        start, stop: the steps between which new notes stand.
        scale: semitones above the tonic that melodic pitches may have; None for all.
        end: "tonic": the lowest drawn part ends on the tonic; None for any end.
        avoids: whether parallels, and whether crossing lines, give way to other pitches (leading.py).
        registers: the usual middle pitch of each part of the vocabulary.
        conditions: values of conditions by name, for all pieces; where one is missing, each piece draws its own.
    """

    num: int
    num_bars: int
    meter: Meter
    key: Key
    microseconds_per_quarter: int
    seed: int
    drawn: tuple[int, ...]
    sampling: Sampling = field(default_factory=Sampling)
    wishes: Mapping[int, PartWishes] = field(default_factory=dict)
    lines: tuple[int, ...] = ()
    given: Score | None = None
    start: int = 0
    stop: int = 0
    scale: tuple[int, ...] | None = None
    end: str | None = None
    avoids: tuple[bool, bool] = (False, False)
    registers: tuple[float, ...] = ()
    conditions: Mapping[str, object] = field(default_factory=dict)

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return self.meter.bar(STEPS_PER_QUARTER)

    @property
    def length(self) -> int:
        """The step of the last bar line."""
        return self.num_bars * self.bar

    def wishes_of(self, part: int) -> PartWishes:
        """Return the wishes for a part."""
        return self.wishes.get(part, PartWishes())


def index_of_slots(vocabulary: Vocabulary, parts: tuple[Part, ...]) -> IntArray:
    """Return the index in a vocabulary of each part of a score; -1 for a part whose slot it does not have."""
    return vocabulary.index("part", np.array(slots_of(parts)))
