"""Passages that melodies have in common with a corpus, and statistics of them over a set of melodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np


@dataclass(frozen=True, slots=True)
class Passage:
    """The longest passage that a melody has in common with a tune of the index.

    Attributes:
        notes: number of notes; 0 where there is no common pair.
        bars: time from the first onset to the end of the last note, in bars of the melody.
        first: index of its first note in the melody.
        tune: name of the tune; "" where there is no common pair.
    """

    notes: int
    bars: float
    first: int
    tune: str


class CopyFigures(TypedDict):
    """A `Copies` as JSON."""

    median_notes: float
    p90_notes: float
    median_bars: float
    p90_bars: float


@dataclass(frozen=True, slots=True)
class Copies:
    """Median and 90th percentile, over a set of melodies, of the longest passage in notes and in bars."""

    median_notes: float
    p90_notes: float
    median_bars: float
    p90_bars: float

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> Copies:
        """Return the figures of the longest passages of some melodies, at least one."""
        notes, bars = [p.notes for p in passages], [p.bars for p in passages]
        return cls(*(float(np.percentile(of, q)) for of in (notes, bars) for q in (50, 90)))

    def to_json(self) -> CopyFigures:
        """Return the figures as JSON."""
        return {
            "median_notes": self.median_notes,
            "p90_notes": self.p90_notes,
            "median_bars": self.median_bars,
            "p90_bars": self.p90_bars,
        }
