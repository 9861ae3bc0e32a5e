"""The order in which the bars of notated music are played: repeats, endings, jumps and parts.

A repeat without a start leads back to the latest double bar line or end of a repeat, else to the beginning (ABC
standard 2.1, 4.8). After a jump (D.C., D.S.) repeats are not played again, and of several endings the last is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import MidiError
from .sheet import SEGNO, Bar

MAX_BARS = 20_000  # played; more is damage, or made to fill the memory


def played_bars(bars: Sequence[Bar], order: str = "") -> list[int]:
    """Return the indices of the bars in the order in which they are played.

    Args:
        order: names of parts, one character each; empty for the whole. Names that no bar has are passed over.

    Raises:
        MidiError: for more than MAX_BARS.
    """
    parts = _parts(bars)
    ranges = [parts[name] for name in order if name in parts] or [(0, len(bars))]
    found: list[int] = []
    for start, stop in ranges:
        found += [start + index for index in _Player(bars[start:stop]).play()]
        check_num_bars(len(found))
    return found


def check_num_bars(number: int) -> None:
    """Raise MidiError for more than MAX_BARS."""
    if number > MAX_BARS:
        raise MidiError(f"a piece must have at most {MAX_BARS} bars, with its repeats. Received: more")


def _parts(bars: Sequence[Bar]) -> dict[str, tuple[int, int]]:
    """Return (first bar, bar after the last) of each part by its name; of several of one name the first."""
    starts = [(index, bar.part) for index, bar in enumerate(bars) if bar.part]
    stops = [index for index, _ in starts[1:]] + [len(bars)] * bool(starts)
    found: dict[str, tuple[int, int]] = {}
    for (start, name), stop in zip(starts, stops, strict=True):
        found.setdefault(name[0], (start, stop))
    return found


class _Player:
    """Plays bars; `start` is where a repeat leads back to, `passage` counts the passages from there, from 1."""

    def __init__(self, bars: Sequence[Bar]) -> None:
        self.bars = bars
        self.at = self.start = 0
        self.passage = 1
        self.is_open = False  # whether `start` has the sign of a repeat
        self.has_jumped = False
        self.found: list[int] = []
        self._last_passages: dict[int, int] = {}  # by `start`

    def play(self) -> list[int]:
        while self.at < len(self.bars):
            check_num_bars(len(self.found))
            bar = self.bars[self.at]
            if bar.starts_repeat and self.at != self.start:
                self._begin(self.at, True)
            self.is_open |= bar.starts_repeat
            if bar.endings and not self._is_played(bar):
                self._skip()
                continue
            self.found.append(self.at)
            if bar.is_fine and self.has_jumped:
                break
            self._go_on(bar)
        return self.found

    def _begin(self, at: int, is_open: bool) -> None:
        self.start, self.passage, self.is_open = at, 1, is_open

    def _skip(self) -> None:
        """Pass over a bar of an ending that is not played; after the last ending the repeat is over."""
        self.at += 1
        if self.at < len(self.bars) and not self.bars[self.at].endings:
            self._begin(self.at, False)

    def _is_played(self, bar: Bar) -> bool:
        return (self._last_passage() if self.has_jumped else self.passage) in bar.endings

    def _last_passage(self) -> int:
        """Return the highest number of the endings of the repeat that is being played, 0 without endings."""
        if self.start in self._last_passages:
            return self._last_passages[self.start]
        highest = 0
        for index in range(self.start, len(self.bars)):
            bar = self.bars[index]
            if highest and (not bar.endings or bar.starts_repeat):
                break
            highest = max(highest, *bar.endings) if bar.endings else highest
        self._last_passages[self.start] = highest
        return highest

    def _go_on(self, bar: Bar) -> None:
        """Move to the bar that is played after `bar`, at which the music is."""
        after = self.at + 1
        last = self._last_passage() if bar.endings else 0
        times = last if last > 1 else bar.times_played
        if bar.times_played and self.passage < times and not self.has_jumped:
            self.passage += 1
            self.at = self.start
            return
        leaves_endings = bool(bar.endings) and (after == len(self.bars) or not self.bars[after].endings)
        if bar.times_played or leaves_endings or (bar.ends_section and not self.is_open):
            has_more = bool(bar.endings) and after < len(self.bars) and bool(self.bars[after].endings)
            if not has_more:
                self._begin(after, False)
        coda = self._coda(after) if bar.leads_to_coda and self.has_jumped else None
        if coda is not None:
            self._begin(coda, False)
            self.at = coda
        elif bar.jump is not None and not self.has_jumped:
            self.has_jumped = True
            self.at = self._segno() if bar.jump == SEGNO else 0
            self._begin(self.at, False)
        else:
            self.at = after

    def _segno(self) -> int:
        return next((index for index, bar in enumerate(self.bars) if bar.is_segno), 0)

    def _coda(self, after: int) -> int | None:
        return next((index for index in range(after, len(self.bars)) if self.bars[index].is_coda), None)
