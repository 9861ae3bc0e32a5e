"""A melody as the classifier reads it: its first full bars, without pick-up, carried to a tonic of C.

Conventions: onset and duration in grid steps (12 a quarter note), onsets from the first full bar line; pitch is MIDI
numbers of which 60 is a tonic; arrays have the shape (num_notes,) unless another is given. What lies outside these
bars, the pick-up and the end of the complete piece, is in `edges`.

The key is estimated from the notes of these bars for both sets alike, because a key that was asked for and one that was
estimated would tell the sets apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...arrays import AnyInts, Bools, Float64s, IntArray
from ...music.keys import guess_key, tonic_offset
from ...music.meter import Meter
from ...music.units import NUM_PITCH_CLASSES, STEPS_PER_QUARTER
from ...score.score import Score
from ..cut import is_shorter
from ..part_features import leading_line

MIN_NOTES = 8
_PITCHES = 128


@dataclass(frozen=True, slots=True)
class Edges:
    """The pick-up and the last note of a complete piece.

    Attributes:
        pickup: length of the pick-up in quarters; 0 without one.
        place: place of the last note in its bar, 0..1.
        length: length of the last note in quarters.
        fills: whether the last note ends on a bar line.
        tonic: whether the last note is the tonic.
        approach: interval into the last note, semitones.
    """

    pickup: float
    place: float
    length: float
    fills: bool
    tonic: bool
    approach: int


@dataclass(frozen=True, eq=False)
class Tune:
    """The first `num_bars` full bars of a melody; see the conventions of this module."""

    onset: IntArray
    duration: IntArray
    pitch: IntArray
    meter: Meter
    num_bars: int
    minor: bool
    edges: Edges

    @classmethod
    def of(cls, score: Score, num_bars: int) -> Tune | None:
        """Return the first full bars of the leading line of a score.

        None where that line has fewer bars or notes than are needed, ends before the last of these bars, or has no
        pitches.
        """
        line = leading_line(score)
        bar = line.bar
        onset = line.onset - line.pickup_bars * bar
        inside = (onset >= 0) & (onset < num_bars * bar)
        if line.parts[0].kind != "melodic" or is_shorter(line, num_bars) or onset[-1] < (num_bars - 1) * bar:
            return None
        if np.count_nonzero(inside) < MIN_NOTES:
            return None
        duration = np.minimum(line.duration, np.append(np.diff(onset), line.duration[-1]))
        key = guess_key(line.pitch[inside], duration[inside])
        pitch = line.pitch - tonic_offset(key)
        return cls(
            onset[inside],
            np.minimum(duration, num_bars * bar - onset)[inside],
            pitch[inside],
            line.meter,
            num_bars,
            key.mode == "minor",
            _edges(onset, duration, pitch, bar),
        )

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return self.meter.bar(STEPS_PER_QUARTER)

    @property
    def length(self) -> int:
        """Steps in all bars."""
        return self.num_bars * self.bar

    @property
    def beat(self) -> int:
        """Steps in a beat; a bar where beats lie off the grid."""
        steps, rest = divmod(self.bar, self.meter.beats)
        return self.bar if rest else steps

    @cached_property
    def place(self) -> IntArray:
        """Steps from the bar line to each onset."""
        return self.onset % self.bar

    @cached_property
    def interval(self) -> IntArray:
        """Semitones from each note to the next, shape (num_notes - 1,)."""
        return np.diff(self.pitch)

    @cached_property
    def degree(self) -> IntArray:
        """Semitones of each note above the tonic, 0..11."""
        return self.pitch % NUM_PITCH_CLASSES

    @cached_property
    def rest(self) -> IntArray:
        """Steps of silence after each note, up to the next one or the end of the last bar."""
        return np.diff(np.append(self.onset, self.length)) - self.duration

    @cached_property
    def bars(self) -> tuple[IntArray, ...]:
        """The numbers of the notes that begin in each bar."""
        first = np.searchsorted(self.onset, np.arange(1, self.num_bars) * self.bar)
        return tuple(np.split(np.arange(len(self.onset)), first))

    @cached_property
    def counts(self) -> IntArray:
        """Notes that begin in each bar, shape (num_bars,)."""
        return np.bincount(self.onset // self.bar, minlength=self.num_bars)

    @cached_property
    def rhythms(self) -> tuple[tuple[int, ...], ...]:
        """The onsets of each bar, steps from its line."""
        return tuple(tuple(self.place[notes].tolist()) for notes in self.bars)

    @cached_property
    def likeness(self) -> Float64s:
        """Jaccard index of the (place, pitch) pairs of every two bars, shape (num_bars, num_bars)."""
        return self._jaccard(self.place * _PITCHES + self.pitch % _PITCHES)

    @cached_property
    def rhythm_likeness(self) -> Float64s:
        """Jaccard index of the onsets of every two bars, shape (num_bars, num_bars)."""
        return self._jaccard(self.place)

    def _jaccard(self, events: IntArray) -> Float64s:
        """Return the Jaccard index of the events of every two bars; 1 for two empty ones."""
        kinds, kind = np.unique(events, return_inverse=True)
        member = np.zeros((self.num_bars, len(kinds)))
        member[self.onset // self.bar, kind] = 1
        both = member @ member.T
        size = member.sum(axis=1)
        either = size[:, None] + size[None, :] - both
        return np.where(either > 0, both / np.maximum(1, either), 1.0)


def _edges(onset: IntArray, duration: IntArray, pitch: IntArray, bar: int) -> Edges:
    """Return the edges of a complete melody, whose onsets before the first full bar line are negative."""
    last = int(onset[-1])
    return Edges(
        max(0, -int(onset[0])) / STEPS_PER_QUARTER,
        last % bar / bar,
        int(duration[-1]) / STEPS_PER_QUARTER,
        (last + int(duration[-1])) % bar == 0,
        int(pitch[-1]) % NUM_PITCH_CLASSES == 0,
        int(pitch[-1] - pitch[-2]),
    )


def share(flags: Sequence[bool] | Bools) -> float:
    """Return the share of true values; NaN where there is no value."""
    return float(np.mean(flags)) if len(flags) else np.nan


def mean(values: Sequence[float] | AnyInts) -> float:
    """Return the mean of values; NaN where there is none."""
    return float(np.mean(values)) if len(values) else np.nan


def entropy(values: Sequence[Hashable]) -> float:
    """Return the Shannon entropy of values in bits; 0 where there is none."""
    counts = np.array(list(Counter(values).values()), dtype=np.float64)
    shares = counts / max(1, len(values))
    return float(-(shares * np.log2(shares)).sum())


def longest_run(flags: Bools) -> int:
    """Return the largest number of true values in a row."""
    gaps = np.flatnonzero(~np.concatenate([[False], flags, [False]]))
    return int(np.diff(gaps).max()) - 1
