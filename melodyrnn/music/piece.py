"""A piece of music as MIDI holds it: tracks of notes, tempi, meters and keys, all in ticks.

Conventions: onset, duration and end are ticks (int) from the start of the piece; pitch is a MIDI number 0..127
(60 = middle C); velocity 1..127; tempo is microseconds per quarter note; channel 0..15 (9 = drums); program
0..127. Everything here is frozen, arrays included: functions return new values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..arrays import IntArray
from .keys import Key
from .meter import Meter
from .units import DEFAULT_TEMPO, DRUM_CHANNEL

Column = Sequence[int] | npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """Notes as four int64 arrays of shape (num_notes,), ordered by onset, then pitch."""

    onset: IntArray
    duration: IntArray
    pitch: IntArray
    velocity: IntArray

    @classmethod
    def of(cls, onset: Column, duration: Column, pitch: Column, velocity: Column) -> Notes:
        """Build from any sequences of one length; sorts, copies and freezes."""
        columns = [np.array(a, dtype=np.int64, ndmin=1) for a in (onset, duration, pitch, velocity)]
        first, high = columns[0], columns[2]
        later = first[1:] - first[:-1]
        # Sorting costs more than asking; most tracks are one note after another.
        is_line = not len(later) or np.minimum.reduce(later) > 0
        if not is_line and not ((later > 0) | ((later == 0) & (high[1:] >= high[:-1]))).all():
            order = np.lexsort((high, first))
            columns = [a[order] for a in columns]
        return cls.ordered(*columns)

    @classmethod
    def ordered(cls, onset: IntArray, duration: IntArray, pitch: IntArray, velocity: IntArray) -> Notes:
        """Build from int64 arrays that are in order already and nobody else's: freezes them, copies nothing."""
        for a in (onset, duration, pitch, velocity):
            a.setflags(write=False)
        return cls(onset, duration, pitch, velocity)

    def __len__(self) -> int:
        return len(self.onset)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Notes) and all(
            np.array_equal(getattr(self, n), getattr(other, n)) for n in self.__slots__
        )

    @property
    def end(self) -> IntArray:
        """End ticks, shape (num_notes,)."""
        return self.onset + self.duration

    def __getitem__(self, index: slice | npt.NDArray[np.generic]) -> Notes:
        """The notes that a slice, a mask or an array of indices names."""
        return Notes.of(self.onset[index], self.duration[index], self.pitch[index], self.velocity[index])


@dataclass(frozen=True, slots=True)
class Tempo:
    tick: int
    microseconds_per_quarter: int


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """A meter from `tick` on."""

    tick: int
    meter: Meter

    def __str__(self) -> str:
        return str(self.meter)


@dataclass(frozen=True, slots=True)
class KeySignature:
    tick: int
    key: Key


@dataclass(frozen=True, slots=True)
class Track:
    notes: Notes
    name: str = ""
    program: int = 0
    channel: int = 0

    @property
    def is_drums(self) -> bool:
        return self.channel == DRUM_CHANNEL


@dataclass(frozen=True, slots=True)
class Piece:
    """Tracks and what governs them. `end` is the tick of the end of track.

    `texts` open the file; `repairs` say, in words, what a reader had to put right in it.
    """

    ticks_per_quarter: int
    tracks: tuple[Track, ...]
    tempos: tuple[Tempo, ...] = (Tempo(0, DEFAULT_TEMPO),)
    meters: tuple[TimeSignature, ...] = (TimeSignature(0, Meter(4, 4)),)
    keys: tuple[KeySignature, ...] = ()
    end: int = 0
    texts: tuple[str, ...] = field(default=())
    repairs: tuple[str, ...] = field(default=())

    @property
    def num_notes(self) -> int:
        return sum(len(t.notes) for t in self.tracks)

    @property
    def bar_ticks(self) -> int:
        """Length of a bar of the first meter, in ticks."""
        return self.meters[0].meter.bar(self.ticks_per_quarter)
