"""A piece of music in the terms of a MIDI file: tracks of notes, tempos, meters and keys, all in ticks.

Conventions: onset, duration and end are ticks (int) from the start of the piece; pitch is a MIDI number 0..127
(60 = middle C); velocity 1..127; tempo is microseconds per quarter note; channel 0..15 (9 = drums); program
0..127. All values are frozen, arrays included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ..arrays import IntArray
from .keys import Key
from .meter import COMMON_TIME, Meter
from .units import DEFAULT_TEMPO, DRUM_CHANNEL

Column = Sequence[int] | npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """Notes as four int64 arrays of shape (num_notes,), in order of onset, then pitch."""

    onset: IntArray
    duration: IntArray
    pitch: IntArray
    velocity: IntArray

    @classmethod
    def of(cls, onset: Column, duration: Column, pitch: Column, velocity: Column) -> Notes:
        """Return notes from four columns of the same length, in any order; the columns are copied."""
        columns = [np.array(a, dtype=np.int64, ndmin=1) for a in (onset, duration, pitch, velocity)]
        first, high = columns[0], columns[2]
        later = first[1:] - first[:-1]
        # Most tracks are sorted already, and checking is cheaper than sorting.
        is_line = not len(later) or np.minimum.reduce(later) > 0
        if not is_line and not ((later > 0) | ((later == 0) & (high[1:] >= high[:-1]))).all():
            order = np.lexsort((high, first))
            columns = [a[order] for a in columns]
        return cls.ordered(*columns)

    @classmethod
    def ordered(cls, onset: IntArray, duration: IntArray, pitch: IntArray, velocity: IntArray) -> Notes:
        """Return notes from int64 arrays that are already in order; they are not copied and become read-only."""
        for a in (onset, duration, pitch, velocity):
            a.setflags(write=False)
        return cls(onset, duration, pitch, velocity)

    def __len__(self) -> int:
        return len(self.onset)

    def __repr__(self) -> str:
        if not len(self):
            return "Notes(none)"
        ends = f"ticks {self.onset[0]} to {self.end.max()}"
        return f"Notes({len(self)}, {ends}, pitches {self.pitch.min()} to {self.pitch.max()})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Notes) and all(
            np.array_equal(getattr(self, n), getattr(other, n)) for n in self.__slots__
        )

    @property
    def end(self) -> IntArray:
        """The end of every note in ticks, shape (num_notes,)."""
        return self.onset + self.duration

    def __getitem__(self, index: slice | npt.NDArray[np.generic]) -> Notes:
        """Return the notes at a slice, a mask or an array of indices, in order of onset."""
        return Notes.of(self.onset[index], self.duration[index], self.pitch[index], self.velocity[index])


@dataclass(frozen=True, slots=True)
class Tempo:
    """A tempo from `tick` on."""

    tick: int
    microseconds_per_quarter: int

    @property
    def quarters_per_minute(self) -> float:
        return 60e6 / self.microseconds_per_quarter


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """A meter from `tick` on."""

    tick: int
    meter: Meter

    def __str__(self) -> str:
        return str(self.meter)


@dataclass(frozen=True, slots=True)
class KeySignature:
    """A key from `tick` on."""

    tick: int
    key: Key


@dataclass(frozen=True, slots=True)
class Marker:
    """A text at a tick, such as a chord symbol or the name of a section.

    In files it is a marker, which music programs show above the bars; a text event where `is_text`.
    """

    tick: int
    text: str
    is_text: bool = False


_Change = TypeVar("_Change", Tempo, TimeSignature, KeySignature)


def last_at(changes: Sequence[_Change], tick: int) -> _Change:
    """Return the last of some changes, in order of tick, at or before `tick`; the first where all are later."""
    found = changes[0]
    for change in changes[1:]:
        if change.tick > tick:
            break
        found = change
    return found


@dataclass(frozen=True, slots=True)
class Track:
    """Notes with one name, General MIDI program and channel."""

    notes: Notes
    name: str = ""
    program: int = 0
    channel: int = 0

    def __repr__(self) -> str:
        return f"Track({self.name!r}, {len(self.notes)} notes, program {self.program}, channel {self.channel})"

    @property
    def is_drums(self) -> bool:
        """Whether the channel is that of the drums."""
        return self.channel == DRUM_CHANNEL


@dataclass(frozen=True, slots=True)
class Piece:
    """Tracks with their tempos, meters and keys.

    Attributes:
        ticks_per_quarter: resolution of the ticks.
        tempos, meters, keys: in order of tick.
        end: tick of the end of the last track.
        texts: text events at the start of the file.
        repairs: descriptions of the damage that a reader repaired.
        markers: texts at ticks, in order of tick; those of `texts` are not among them.
        file: the MIDI file that it was read from, where writing it is to give that file; None for any other piece.
    """

    ticks_per_quarter: int
    tracks: tuple[Track, ...]
    tempos: tuple[Tempo, ...] = (Tempo(0, DEFAULT_TEMPO),)
    meters: tuple[TimeSignature, ...] = (TimeSignature(0, COMMON_TIME),)
    keys: tuple[KeySignature, ...] = ()
    end: int = 0
    texts: tuple[str, ...] = field(default=())
    repairs: tuple[str, ...] = field(default=())
    markers: tuple[Marker, ...] = field(default=())
    file: SourceFile | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        size = f"{len(self.tracks)} tracks, {self.num_notes} notes"
        return f"{type(self).__name__}({size}, {self.end} ticks of {self.ticks_per_quarter} per quarter note)"

    @property
    def num_notes(self) -> int:
        """Number of notes of all tracks."""
        return sum(len(t.notes) for t in self.tracks)

    @property
    def bar_ticks(self) -> int:
        """Length of a bar of the first meter, in ticks."""
        return self.meters[0].meter.bar(self.ticks_per_quarter)

    @property
    def data(self) -> bytes | None:
        """The bytes of the file that it was read from; None where there is none, or the piece was changed since."""
        if self.file is None:
            return None
        own = (field.name for field in fields(Piece) if field.name != "file")
        is_unchanged = all(getattr(self, name) == getattr(self.file.piece, name) for name in own)
        return self.file.data if is_unchanged else None

    def with_file(self, data: bytes) -> Piece:
        """Return the piece as read from the bytes of a MIDI file, which are written as they are."""
        return replace(self, file=SourceFile(data, self))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of a MIDI file, and the piece that they hold."""

    data: bytes
    piece: Piece

    def __repr__(self) -> str:
        return f"SourceFile({len(self.data)} bytes)"
