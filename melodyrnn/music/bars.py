"""The bars of a piece, numbered from 1, with every change of meter: numbers of ticks and ticks of numbers.

A change of meter begins a new bar. A meter without a bar of whole ticks counts as 4/4. The last meter has no end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .meter import COMMON_TIME, Meter
from .piece import Piece, TimeSignature, last_at


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of a piece.

    Attributes:
        starts: the first tick of each meter.
        lengths: the ticks in a bar of each meter.
        numbers: the number of the first bar of each meter.
    """

    starts: tuple[int, ...]
    lengths: tuple[int, ...]
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, meters: Sequence[TimeSignature], ticks_per_quarter: int) -> Bars:
        """Return the bars of meters in order of tick, the first of them at tick 0."""
        meter_at = {change.tick: change.meter for change in meters}  # the last of several at one tick
        starts, lengths, numbers = list(meter_at), [], [1]
        for meter in meter_at.values():
            try:
                lengths.append(meter.bar(ticks_per_quarter))
            except ValueError:
                lengths.append(COMMON_TIME.bar(ticks_per_quarter))
        for n in range(1, len(starts)):
            numbers.append(numbers[-1] - (starts[n - 1] - starts[n]) // lengths[n - 1])
        return cls(tuple(starts), tuple(lengths), tuple(numbers))

    def number_at(self, tick: int) -> int:
        """Return the number of the bar that holds a tick, 0 or more."""
        n = bisect_right(self.starts, tick) - 1
        return self.numbers[n] + (tick - self.starts[n]) // self.lengths[n]

    def tick_of(self, number: int) -> int:
        """Return the first tick of a bar, whose number is 1 or more."""
        n = bisect_right(self.numbers, number) - 1
        return self.starts[n] + (number - self.numbers[n]) * self.lengths[n]


def num_bars(piece: Piece) -> int:
    """Return the number of bars up to the end of a piece; notes held a little over the last bar line add none.

    What is over the bar line is shorter than a beat, and no note begins there.
    """
    bars = Bars.of(piece.meters, piece.ticks_per_quarter)
    number = bars.number_at(piece.end)
    line = bars.tick_of(number)
    beat = last_at(piece.meters, piece.end).meter.beat.quarters * piece.ticks_per_quarter
    is_overhang = piece.end - line < beat and last_onset(piece) < line
    return max(1, number - 1 if piece.end == line or is_overhang else number)


def last_onset(piece: Piece) -> int:
    """Return the tick at which the last note of a piece begins; 0 without notes."""
    return max((int(track.notes.onset[-1]) for track in piece.tracks if len(track.notes)), default=0)


def with_grouped_beats(piece: Piece) -> Piece:
    """Return the piece with the meters in which its bars are counted, see `grouped_beats`."""
    return replace(piece, meters=tuple(grouped_beats(piece, piece.end)))


def grouped_beats(piece: Piece, end: int) -> Iterator[TimeSignature]:
    """Yield the time signatures of a piece that ends at a tick; a meter of one beat that lasts for four gets four.

    Beat trackers write 1/4 where they do not know the meter.
    """
    stops = [change.tick for change in piece.meters[1:]] + [end]
    for change, stop in zip(piece.meters, stops, strict=True):
        numerator, denominator = change.meter
        four = Meter(4, denominator)
        is_one_beat = numerator == 1 and denominator in (4, 8, 16)
        lasts = stop - change.tick >= four.quarters * piece.ticks_per_quarter
        yield TimeSignature(change.tick, four) if is_one_beat and lasts else change
