"""Representations: ways to write scores as event rows. A new one needs a file and an entry in the table here.

A representation has the fields of events/fields.py in its rows, and is exact both ways: `decode(encode(score))` is the
score. A vocabulary names the representation that it was fitted to.
"""

from __future__ import annotations

from typing import Protocol

from ..arrays import IntArray
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import DEFAULT_TEMPO
from ..score.score import MELODY, Part, Score
from . import rows
from .until_next import UntilNext


class Representation(Protocol):
    """A way to write scores as event rows."""

    @property
    def name(self) -> str:
        """The name of the representation in vocabularies."""

    def encode(self, score: Score) -> IntArray:
        """Return event rows, shape (num_notes, 4), with a fifth column where the score has several parts."""

    def decode(
        self,
        rows: IntArray,
        meter: Meter,
        key: Key,
        microseconds_per_quarter: int = DEFAULT_TEMPO,
        name: str = "",
        parts: tuple[Part, ...] = (MELODY,),
    ) -> Score:
        """Return the score of event rows."""

    def transposition(self, key: Key) -> int:
        """Return the semitones from a value of the field pitch to the pitch that sounds in this key."""


class FromTonic:
    """Pitches are transposed to a tonic of C, so that a piece has the same rows in every key."""

    name = "from-tonic"
    encode = staticmethod(rows.encode)
    decode = staticmethod(rows.decode)
    transposition = staticmethod(tonic_offset)


DEFAULT_REPRESENTATION = FromTonic.name
PART_REPRESENTATION = UntilNext.name
REPRESENTATIONS: dict[str, Representation] = {known.name: known for known in (FromTonic(), UntilNext())}
