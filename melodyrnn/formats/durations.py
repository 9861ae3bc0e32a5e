"""Note values, and how a time within a bar is divided into them.

Conventions: times are units of a 48th of a quarter note from the start of a bar, in which 64ths (3) and triplets of
32nds (4) are whole numbers. `written` is the length of a value as it is written, in halves of a unit; within a triplet
it is 3/2 of the time. Positions in a bar have a level: the strongest is its start, each level below halves the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import lcm

from ..music.meter import Meter

UNITS_PER_QUARTER = 48
SMALLEST = 3  # a 64th
_BAR_LEVEL = 99
_HALF_LEVEL = 5
_TYPES = ("128th", "64th", "32nd", "16th", "eighth", "quarter", "half", "whole", "breve")
_FLAGS = {"128th": 5, "64th": 4, "32nd": 3, "16th": 2, "eighth": 1}
# the names and dots of all values by their written length
VALUES = {3 * 2**n * (2 + dots) // 2: (name, dots) for n, name in enumerate(_TYPES) for dots in (0, 1) if n or not dots}


@dataclass(frozen=True, slots=True)
class Window:
    """A time within a bar that is written as a triplet: three notes in the time of two."""

    start: int
    size: int

    @property
    def stop(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that is one note value.

    Attributes:
        start, stop: in units.
        written: the length of the value, see VALUES.
        window: the triplet that it is in; None outside.
    """

    start: int
    stop: int
    written: int
    window: Window | None = None

    @property
    def flags(self) -> int:
        """Number of flags or beams of the value."""
        return _FLAGS.get(VALUES[self.written][0], 0)


class BarDivision:
    """How the bars of a meter are divided: levels of positions, and the values that may stand where."""

    def __init__(self, meter: Meter, bar: int) -> None:
        """Divide a bar of `bar` units, which may be shorter than the meter's."""
        self.bar = bar
        self.is_compound = meter.is_compound
        self.unit = 4 * UNITS_PER_QUARTER // meter.denominator
        self.beat = 3 * self.unit if self.is_compound else max(self.unit, UNITS_PER_QUARTER)
        self._steps = tuple(self._levels())

    def level(self, at: int) -> int:
        """Return the level of a position."""
        if at in (0, self.bar):
            return _BAR_LEVEL
        return next((level for level, step in self._steps if at % step == 0), 0)

    def _levels(self) -> Iterator[tuple[int, int]]:
        """Yield the levels within a bar from the highest, each with the step of which its positions are multiples."""
        if self.is_compound:
            steps = (2 * self.beat, self.beat, self.unit, self.unit // 2)
            yield from ((len(steps) - n, step) for n, step in enumerate(steps) if step)
            return
        for level in range((self.bar // SMALLEST).bit_length(), -1, -1):
            # Halves and longer values divide only bars that they fill.
            if level < _HALF_LEVEL or self.bar % (SMALLEST * 2**level) == 0:
                yield level, SMALLEST * 2**level

    def group(self, slot: Slot) -> tuple[int, int]:
        """Return what is equal for the notes that one beam may join."""
        if slot.window is not None and slot.window.size > self.beat:
            return 1, slot.window.start
        return 0, min(slot.start // self.beat, max(0, self.bar // self.beat - 1))

    def _allows(self, start: int, stop: int, is_rest: bool) -> bool:
        """Return whether one value may fill a time outside triplets."""
        length = stop - start
        if 2 * length not in VALUES:
            return False
        has_dot = VALUES[2 * length][1] > 0
        if self.is_compound:
            if start // self.beat != (stop - 1) // self.beat:
                return (length in (2 * self.beat, 4 * self.beat) and start % length == 0) or length == self.bar
            return not (is_rest and has_dot) or length == self.beat
        base = _base_level(length * 2 // 3 if has_dot else length)
        first = self.level(start)
        if is_rest or (first >= base and not has_dot):
            return not has_dot and first >= base
        last, inside = self.level(stop), self.strongest(start, stop)[0]
        if has_dot:
            return (first >= base and inside <= max(first, base)) or (last >= base and inside <= last)
        return first == base - 1 and inside <= base

    def strongest(self, start: int, stop: int) -> tuple[int, int]:
        """Return the level and the position of the strongest position between two, the last of equal ones."""
        if start < self.bar < stop:
            return _BAR_LEVEL, self.bar
        for level, step in (*self._steps, (0, SMALLEST)):
            apart = lcm(step, SMALLEST)
            at = (stop - 1) // apart * apart
            if at > start:
                return level, at
        return -1, start

    def split(self, start: int, stop: int, is_rest: bool) -> Iterator[Slot]:
        """Yield the values that fill a time outside triplets, in order."""
        if self._allows(start, stop, is_rest):
            yield Slot(start, stop, 2 * (stop - start))
            return
        _, middle = self.strongest(start, stop)
        yield from self.split(start, middle, is_rest)
        yield from self.split(middle, stop, is_rest)

    def windows(self, boundaries: Sequence[int]) -> list[Window]:
        """Return the triplets that the starts and ends of notes, in order, need: all that are no multiple of a 64th."""
        edges = {*boundaries, 0, self.bar}
        found: list[Window] = []
        for at in boundaries:
            first = found[-1].stop if found else 0
            if at % SMALLEST and at >= first:
                found.append(self._window(at, first, edges))
        return found

    def _window(self, at: int, first: int, edges: set[int]) -> Window:
        """Return the smallest triplet around a position whose ends are ends of notes; else its beat."""
        for size in (12, 24, 48, 96, 192):
            step = size if size < 96 and not self.is_compound else min(size, max(size // 2, 12))
            for start in range(at - at % step, at - size, -step):
                if start >= first and start in edges and start + size in edges and start + size <= self.bar:
                    return Window(start, size)
        for size in (self.unit if self.is_compound else 48, 24, 12, 6, 3):
            start = at - at % size
            if start >= first and start + size <= self.bar:
                return Window(start, size)
        raise ValueError(f"no triplet in a bar of {self.bar} units holds unit {at}")


def _base_level(length: int) -> int:
    """Return the level at which a value without a dot stands on a beat of its own length."""
    return (length // SMALLEST).bit_length() - 1


def split_in_window(window: Window, start: int, stop: int) -> Iterator[Slot]:
    """Yield the values that fill a time within a triplet, in order."""
    written = 3 * (stop - start)
    if written in VALUES:
        yield Slot(start, stop, written, window)
        return
    third = window.size // 3
    inside = range(start + 1, stop)
    middle = max(inside, key=lambda at: (_divisions(at - window.start, third), at))
    yield from split_in_window(window, start, middle)
    yield from split_in_window(window, middle, stop)


def _divisions(at: int, third: int) -> int:
    """Return the level of a position in a triplet: its thirds are the strongest, then their halves."""
    level = 0
    while third and at % third:
        third //= 2
        level -= 1
    return level


@cache
def division_of(meter: Meter, bar: int) -> BarDivision:
    """Return the division of bars of a meter and a length in units."""
    return BarDivision(meter, bar)
