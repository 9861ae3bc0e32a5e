"""Where a long piece is cut: at bar lines, into stretches of a largest number of bars.

Best is a double bar, then a bar line over which nothing is held, else the one with the fewest held notes. Of equal
ones, a line after a multiple of 8 bars, or of 4, is better, and of these the latest. Conventions: onsets and ends are
steps from a bar line, shape (num_notes,), in order of onset; a line is a number of bars from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..arrays import AnyInts, IntArray

_PHRASES = (8, 4)  # bars


@dataclass(frozen=True, slots=True)
class Stretch:
    """The notes `start` to `stop` of a piece, which begin in the bars from the line `first_bar` on."""

    start: int
    stop: int
    first_bar: int


def stretches(
    onset: IntArray, end: IntArray, bar: int, max_bars: int, max_rest: int, double_bars: Collection[int] = ()
) -> Iterator[Stretch]:
    """Yield the stretches of a piece in order, cut at every silence of more than `max_rest` steps, and by length.

    Args:
        bar: steps in a bar.
        double_bars: lines at which it is good to cut.
    """
    limited = np.minimum(end, onset + bar * max_bars)  # no score holds more
    gaps = onset[1:] - np.maximum.accumulate(limited)[:-1]
    starts = [0, *(np.nonzero(gaps > max_rest)[0] + 1).tolist(), len(onset)]
    for start, stop in pairwise(starts):
        first = int(onset[start]) // bar
        own_onset, own_end = onset[start:stop] - first * bar, limited[start:stop] - first * bar
        lines = _lines(own_onset, own_end, bar, max_bars, {line - first for line in double_bars})
        places = np.searchsorted(own_onset, np.array(lines[1:-1], dtype=np.int64) * bar).tolist()
        for line, own_start, own_stop in zip(lines, [0, *places], [*places, stop - start], strict=False):
            if own_stop > own_start:
                yield Stretch(start + own_start, start + own_stop, first + line)


def _lines(onset: IntArray, end: IntArray, bar: int, max_bars: int, double_bars: Collection[int]) -> list[int]:
    """Return the lines between which the pieces of a stretch lie, from 0 to the line after the last onset."""
    last = int(onset[-1]) // bar + 1
    if max(last, -(-int(end.max()) // bar)) <= max_bars:
        return [0, last]
    held = _held(onset, end, bar, last)
    held[[line for line in double_bars if 0 <= line <= last]] = -1
    lines = [0]
    while last - lines[-1] > max_bars:
        start = lines[-1]
        excess = last - start - max_bars  # bars that the rest must lose to be the last piece
        low = max(1, max_bars // 2, excess if excess <= max_bars else 0)
        window = np.arange(start + low, start + max_bars + 1)
        phrase = sum(((window - start) % size != 0).astype(np.int64) for size in _PHRASES)
        lines.append(int(window[np.lexsort((-window, phrase, held[window]))[0]]))
    return [*lines, last]


def _held(onset: IntArray, end: IntArray, bar: int, last: int) -> AnyInts:
    """Return how many notes are held over each of the lines 0 to `last`, shape (last + 1,)."""
    first, stop = onset // bar + 1, np.minimum((end - 1) // bar, last) + 1
    is_held = stop > first
    change = np.bincount(first[is_held], minlength=last + 2)[: last + 2]
    return np.cumsum(change - np.bincount(stop[is_held], minlength=last + 2))[: last + 1]
