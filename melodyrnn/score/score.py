"""A score: notes on the grid in parts, with meter, key, tempo and name.

Conventions: onset and duration in grid steps, 12 to the quarter note, so that triplets are exact; columns are int64 of
shape (num_notes,), sorted by onset, then part, then pitch, and read-only; the first bar line is at step 0
and every bar has `bar` steps; a pick-up is a first onset in the second half of bar 0. A melody is a score with one
monophonic part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import accumulate, pairwise
from typing import NamedTuple, Self, TypeVar

import numpy as np
import numpy.typing as npt

from ..arrays import IntArray, frozen
from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import Column
from ..music.units import DEFAULT_TEMPO, STEPS_PER_QUARTER

COLUMNS = ("onset", "duration", "pitch", "velocity", "part")
KINDS = ("melodic", "drums", "chords")
ROLES = ("chords", "melody", "bass", "harmony", "other", "drums")

Index = slice | Sequence[int] | npt.NDArray[np.bool_] | npt.NDArray[np.integer]
_IntOrArray = TypeVar("_IntOrArray", int, IntArray)


class Part(NamedTuple):
    """A part of a score: its name, kind (one of `KINDS`), General MIDI program (0..127) and role (one of `ROLES`).

    The kind says what the column `pitch` holds: pitches, drums of General MIDI, or codes of chord symbols. The role
    says what the part does in the music.
    """

    name: str = ""
    kind: str = "melodic"
    program: int = 0
    role: str = "melody"


MELODY = Part()


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Notes as read-only columns (`part` is an index into `parts`), with meter, key, tempo and name of the score."""

    onset: IntArray
    duration: IntArray
    pitch: IntArray
    velocity: IntArray
    part: IntArray
    meter: Meter
    key: Key
    microseconds_per_quarter: int = DEFAULT_TEMPO
    name: str = ""
    parts: tuple[Part, ...] = (MELODY,)

    def __post_init__(self) -> None:
        """Copy columns that can be written, and sort notes that are not in order."""
        given = (self.onset, self.duration, self.pitch, self.velocity, self.part)
        columns = [frozen(column) for column in given]
        onset, sizes = columns[0], [len(column) for column in columns]
        if sizes.count(sizes[0]) != len(sizes):
            raise ValueError(f"columns must have one length. Received: {sizes}")
        if sizes[0] > 1 and np.minimum.reduce(onset[1:] - onset[:-1]) <= 0:
            order = np.lexsort((columns[2], columns[4], onset))
            columns = [frozen(column[order]) for column in columns]
        for name, old, column in zip(COLUMNS, given, columns, strict=True):
            if column is not old:
                object.__setattr__(self, name, column)
        if type(self.meter) is not Meter:  # a pair of numbers is accepted
            object.__setattr__(self, "meter", Meter(*self.meter))

    @classmethod
    def line(
        cls,
        onset: Column,
        duration: Column,
        pitch: Column,
        velocity: Column,
        meter: Meter,
        key: Key,
        microseconds_per_quarter: int = DEFAULT_TEMPO,
        name: str = "",
    ) -> Score:
        """Return a score of one melodic part."""
        part = np.zeros(len(onset), dtype=np.int64)
        part.setflags(write=False)  # so that it is not copied
        return cls(
            frozen(onset),
            frozen(duration),
            frozen(pitch),
            frozen(velocity),
            part,
            meter,
            key,
            microseconds_per_quarter,
            name,
        )

    def __len__(self) -> int:
        """Return the number of notes."""
        return len(self.onset)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Score):
            return NotImplemented
        rest = [field.name for field in fields(self) if field.name not in COLUMNS]
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in COLUMNS) and all(
            getattr(self, name) == getattr(other, name) for name in rest
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        size = f"{len(self)} notes in {self.num_bars} bars of {self.meter}"
        parts = "" if len(self.parts) == 1 else f", {len(self.parts)} parts"
        return f"{type(self).__name__}({self.name!r}, {size}, {self.key}{parts})"

    def __reduce__(self) -> tuple[type[Score], tuple[object, ...]]:
        """Return the constructor and its arguments for pickle, because arrays that NumPy unpickles are writable."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    def __getitem__(self, index: Index) -> Self:
        """Return a score of the notes at a slice, a mask or an array of indices; onsets are unchanged."""
        index = index if isinstance(index, slice) else np.asarray(index)
        return replace(
            self,
            onset=self.onset[index],
            duration=self.duration[index],
            pitch=self.pitch[index],
            velocity=self.velocity[index],
            part=self.part[index],
        )

    def shifted(self, steps: int) -> Self:
        """Return the score with all onsets `steps` later; earlier where `steps` is negative."""
        return replace(self, onset=self.onset + steps)

    def only(self, part: int) -> Self:
        """Return a score of one part alone."""
        chosen = self[self.part == part]
        return replace(chosen, part=np.zeros(len(chosen), dtype=np.int64), parts=(self.parts[part],))

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return self.meter.bar(STEPS_PER_QUARTER)

    @property
    def num_bars(self) -> int:
        """Bars from step 0 to the bar line at or after the last note's end."""
        end = int(np.maximum.reduce(self.onset + self.duration)) if len(self.onset) else 0
        return max(1, -(-end // self.bar))

    @property
    def pickup_bars(self) -> int:
        """1 where bar 0 holds only a pick-up, else 0."""
        return int(len(self.onset) > 0 and opens_with_pickup(int(self.onset[0]), self.bar))


def concat(first: Score, *others: Score) -> Score:
    """Return a score of the notes of several scores with unchanged onsets; all other attributes are those of the first.

    Raises ValueError where the parts differ.
    """
    for other in others:
        if other.parts != first.parts:
            raise ValueError(f"scores must have the same parts. Received: {first.parts} and {other.parts}")
    return _joined((first, *others), [0] * (1 + len(others)), first.parts)


def in_parts(first: Score, *others: Score) -> Score:
    """Return a score of the parts of several scores, one after another; all other attributes are those of the first."""
    scores = (first, *others)
    starts = [0, *accumulate(len(score.parts) for score in scores)]
    return _joined(scores, starts[:-1], tuple(part for score in scores for part in score.parts))


def _joined(scores: Sequence[Score], starts: Sequence[int], parts: tuple[Part, ...]) -> Score:
    """Return the first score with the notes of all and new parts; `starts` is added to the numbers of their parts."""
    return replace(
        scores[0],
        onset=np.concatenate([score.onset for score in scores]),
        duration=np.concatenate([score.duration for score in scores]),
        pitch=np.concatenate([score.pitch for score in scores]),
        velocity=np.concatenate([score.velocity for score in scores]),
        part=np.concatenate([score.part + start for score, start in zip(scores, starts, strict=True)]),
        parts=parts,
    )


def opens_with_pickup(onset: _IntOrArray, bar: _IntOrArray) -> _IntOrArray:
    """Return whether a first onset `onset` steps after a bar line makes its bar a pick-up; numbers or arrays."""
    return 2 * onset >= bar  # type: ignore[return-value]


def split_at_rests(score: Score, max_rest: int) -> list[Score]:
    """Return a melody cut wherever it is silent for more than `max_rest` steps; bar lines are unchanged."""
    silent = score.onset[1:] - (score.onset + score.duration)[:-1]
    if len(score) < 2 or np.maximum.reduce(silent) <= max_rest:
        return [score]
    cuts = [0, *(np.nonzero(silent > max_rest)[0] + 1).tolist(), len(score)]
    return [from_its_first_bar(score[start:stop]) for start, stop in pairwise(cuts)]


def from_its_first_bar(score: Score) -> Score:
    """Return the score, of at least one note, moved by whole bars so that its first note is in bar 0."""
    return score.shifted(-(int(score.onset[0]) // score.bar) * score.bar)
