"""A piece of music as MIDI holds it: tracks of notes, tempi, meters and keys, all in ticks.

Conventions: onset, duration and end are ticks (int) from the start of the piece; pitch is a MIDI number 0..127
(60 = middle C); velocity 1..127; tempo is microseconds per quarter note; channel 0..15 (9 = drums); program
0..127. Everything here is frozen, arrays included: functions return new values.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .keys import Key

if TYPE_CHECKING:
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]

DRUM_CHANNEL = 9
DEFAULT_TEMPO = 500_000  # µs per quarter where a file names none (Standard MIDI Files 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """Notes as four int64 arrays of shape (num_notes,), ordered by onset, then pitch."""

    onset: IntArray
    duration: IntArray
    pitch: IntArray
    velocity: IntArray

    @classmethod
    def of(cls, onset: Any, duration: Any, pitch: Any, velocity: Any) -> Notes:
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

    def __getitem__(self, index: Any) -> Notes:
        return Notes.of(self.onset[index], self.duration[index], self.pitch[index], self.velocity[index])


@dataclass(frozen=True, slots=True)
class Tempo:
    tick: int
    microseconds_per_quarter: int


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature from `tick` on: `numerator` beats of one `denominator`-th note."""

    tick: int
    numerator: int
    denominator: int

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


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
    meters: tuple[Meter, ...] = (Meter(0, 4, 4),)
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
        return bar_length(self.meters[0].numerator, self.meters[0].denominator, self.ticks_per_quarter)

    def write(self, path: str | os.PathLike[str], force: bool = False) -> None:
        """Write a type 1 MIDI file, atomically. Raises OutputError where `path` exists, unless `force`."""
        from .write import write_piece

        write_piece(self, path, force=force)

    def to_pretty_midi(self) -> Any:
        """The piece as a `pretty_midi.PrettyMIDI`."""
        from .write import to_pretty_midi

        return to_pretty_midi(self)

    def _repr_html_(self) -> str:
        """The piano roll, as notebooks show it."""
        from .roll import to_html

        return to_html(self)


def bar_length(numerator: int, denominator: int, units_per_quarter: int) -> int:
    """Length of a bar in ticks or grid steps; raises ValueError where it is no whole number of them."""
    length, rest = divmod(4 * numerator * units_per_quarter, denominator) if denominator > 0 else (0, 1)
    if rest or length <= 0:
        raise ValueError(
            f"a bar of {numerator}/{denominator} is no whole number of units, {units_per_quarter} a quarter"
        )
    return length
