"""Conditions: properties of the music that the network reads besides the notes; each condition has a file.

A condition has features. A feature is a small integer at every step of a score: 0 means unknown, values count from
1. It fills these columns of a context (events/inputs.py), each of shape (num_events,):

    <feature>          at the onset of the previous note
    next_<feature>     one bar later, for features with `is_seen_ahead`
    onset_<feature>    at the onset of the note being predicted, for features with `is_read_by_heads`

The recurrent layers read every column that is known before the onset. The heads read the features with
`is_read_by_heads` once more, through embedding tables of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..arrays import AnyInts, IntArray
from ..music.meter import Meter
from ..music.modes import BASIC_MODES
from ..score.score import Score
from .outline import Outline

# From onsets in steps, shape (batch,), to a feature at them, shape (batch,).
FeatureAt = Callable[[IntArray], AnyInts]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers that embedding tables depend on: of the meters and modes that are known, and the longest bar."""

    num_meters: int
    max_bar: int  # in steps
    num_modes: int = len(BASIC_MODES)


class KnownMusic(Protocol):
    """What conditions may ask about the corpus that a network was trained on; a `Vocabulary` answers."""

    @property
    def max_bar(self) -> int:
        """Steps in the longest bar."""

    @property
    def forms(self) -> Mapping[str, int]:
        """Forms of the training pieces and how many pieces have each (conditions/form.py)."""

    def meter_index(self, meter: Meter) -> int:
        """Return the number of a meter, from 1; 0 for a meter that is not in the corpus."""

    def mode_index(self, mode: str) -> int:
        """Return the number of a mode, from 1; that of its basis for a mode that the network does not know."""


class NotesSoFar(Protocol):
    """What conditions may ask about the notes so far of a batch of scores; an `events.history.History` answers."""

    @property
    def length(self) -> int:
        """Notes that each score has."""

    @property
    def last_pitch(self) -> IntArray:
        """The pitch of the last note, with a tonic of C, (batch,); there must be a note."""

    def num_notes_in(self, start: IntArray, stop: IntArray) -> IntArray:
        """Return how many notes begin within steps, (batch,)."""

    def first_pitch_in(self, start: IntArray, stop: IntArray) -> IntArray:
        """Return the pitch of the first note that begins within steps, (batch,); -1 where there is none."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a condition.

    Attributes:
        name: of its column and of its embedding table.
        num_rows: rows of the table, one for each value and one for 0.
        width: columns of the table.
        is_read_by_heads: whether the heads read it, at the onset of the note being predicted.
        is_seen_ahead: whether it is also read one bar ahead.
        starts_unknown: whether it is 0 before the first note.
    """

    name: str
    num_rows: Callable[[Sizes], int]
    width: int
    is_read_by_heads: bool = False
    is_seen_ahead: bool = False
    starts_unknown: bool = False


class Condition(Protocol):
    """One condition; conditions/table.py lists all of them."""

    @property
    def name(self) -> str:
        """The name of the condition in vocabularies and outlines."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features in the order of their columns."""

    @property
    def hidden_share(self) -> float | None:
        """The share of training sequences in which its columns are set to 0; None where it is never hidden."""

    @property
    def is_of_layout(self) -> bool:
        """Whether it follows from the layout of a piece, with which it is unknown."""

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        """Return for each feature the function that computes it for a batch of scores with these outlines.

        Args:
            notes: the notes so far, which grow; the functions read them when they are called.
        """

    def of_scores(self, scores: Sequence[Score]) -> list[object] | None:
        """Return the value of each finished score for `Outline.values`; None where the outline has no value for it."""

    def draw(self, num_bars: int, known: KnownMusic, rngs: Iterable[np.random.Generator]) -> list[object] | None:
        """Return a value for each new score, one per generator; None where the outline has no value for it."""


class OutlineCondition:
    """Base of conditions that follow from other attributes of an outline and are never computed, drawn or hidden."""

    hidden_share: float | None = None
    is_of_layout: bool = False

    def of_scores(self, scores: Sequence[Score]) -> list[object] | None:
        return None

    def draw(self, num_bars: int, known: KnownMusic, rngs: Iterable[np.random.Generator]) -> list[object] | None:
        return None
