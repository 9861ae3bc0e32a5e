"""The timeline of a piece: seconds of ticks with all changes of tempo, bar lines with all changes of meter.

Conventions: seconds are floats from the start of the piece. A change of meter begins a new bar. The last tempo and the
last meter have no end.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..arrays import Float64s
from .meter import COMMON_TIME
from .piece import Piece

MAX_BAR_LINES = 2000  # a damaged file may have millions of bars


def seconds_at(piece: Piece, ticks: npt.ArrayLike) -> Float64s:
    """Return the seconds at each tick, in the shape of `ticks`."""
    ticks = np.asarray(ticks, dtype=np.float64)
    starts = np.array([t.tick for t in piece.tempos], dtype=np.float64)
    pace = np.array([t.microseconds_per_quarter for t in piece.tempos]) / 1e6 / piece.ticks_per_quarter
    reached = np.concatenate([[0.0], np.cumsum(np.diff(starts) * pace[:-1])])
    index = np.clip(np.searchsorted(starts, ticks, side="right") - 1, 0, None)
    return np.asarray(reached[index] + (ticks - starts[index]) * pace[index])


def length_seconds(piece: Piece) -> float:
    """Return the seconds from the start to the last bar line."""
    return float(seconds_at(piece, last_bar_line(piece)))


def last_bar_line(piece: Piece) -> int:
    """Return the tick of the first bar line at or after the end of the piece, where it loops."""
    start, bar = _sections(piece)[-1]
    return start + max(0, -(-(piece.end - start) // bar)) * bar or bar


def bar_lines(piece: Piece) -> list[tuple[int, int]]:
    """Return (tick, number of the bar that begins there, from 1) of the bar lines but the last.

    Of more than MAX_BAR_LINES bars, only every n-th is returned.
    """
    sections = _sections(piece)
    stops = [start for start, _ in sections[1:]] + [last_bar_line(piece)]
    counts = [-(-(stop - start) // bar) for (start, bar), stop in zip(sections, stops, strict=True)]
    stride, number, lines = max(1, math.ceil(sum(counts) / MAX_BAR_LINES)), 1, []
    for (start, bar), count in zip(sections, counts, strict=True):
        lines += [(start + n * bar, number + n) for n in range((1 - number) % stride, count, stride)]
        number += count
    return lines


def num_bars(piece: Piece) -> int:
    """Return the number of bars up to the last bar line; a bar cut short by a change of meter counts as one."""
    sections = _sections(piece)
    stops = [start for start, _ in sections[1:]] + [last_bar_line(piece)]
    return sum(-(-(stop - start) // bar) for (start, bar), stop in zip(sections, stops, strict=True))


def _sections(piece: Piece) -> list[tuple[int, int]]:
    """Return (first tick, ticks in a bar) of each meter of the piece; a meter without a valid bar counts as 4/4."""
    meters = {m.tick: m for m in piece.meters if m.tick < max(1, piece.end)}  # the last of several at one tick
    sections = []
    for change in meters.values():
        try:
            bar = change.meter.bar(piece.ticks_per_quarter)
        except ValueError:
            bar = COMMON_TIME.bar(piece.ticks_per_quarter)
        sections.append((change.tick, bar))
    return sections
