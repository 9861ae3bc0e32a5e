"""What a corpus knows of each piece beside its notes: all that a worker has to tell, so it imports little."""

from __future__ import annotations

from typing import NamedTuple

from ..score.score import Score


class Facts(NamedTuple):
    """What is kept of a piece beside its rows; `tempo` in microseconds per quarter. In JSON it is a list."""

    name: str
    numerator: int
    denominator: int
    key: str
    tempo: int
    notes: int
    bars: int

    @classmethod
    def of(cls, melody: Score, bars: int) -> Facts:
        """The facts of a melody of so many bars."""
        tempo = melody.microseconds_per_quarter
        return cls(melody.name, *melody.meter, str(melody.key), tempo, len(melody), bars)
