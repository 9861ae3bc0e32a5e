"""Where in the music we are: quarters ↔ seconds, by our own tempo or by MIDI clock that comes in.

Conventions: a beat is a quarter note, counted from the first bar line as a float; moments are seconds of the monotonic
clock. Source: MIDI 1.0, "System Real Time": Start, Stop and Continue act at the next clock, 24 clocks a quarter.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Protocol

from .schedule import CLOCK, CLOCKS_PER_QUARTER, CONTINUE, START, STOP

_MEMORY = 48  # clocks from which tempo and place are estimated: two quarters
_ENOUGH = 6  # clocks that make a tempo
_FASTEST, _SLOWEST = 60 / 500 / CLOCKS_PER_QUARTER, 60 / 15 / CLOCKS_PER_QUARTER  # seconds a clock: 500 and 15 bpm
_LOST = 1.0  # seconds without a clock after which it counts as stopped


class Transport(Protocol):
    def moment(self, beat: float) -> float | None:
        """When a beat is due as far as is known; None while nothing runs."""

    def beat(self, moment: float) -> float | None:
        """The beat at a moment; None while nothing runs."""

    @property
    def run(self) -> int:
        """A number that changes with every start, so that one who waits sees that the beats begin anew."""

    @property
    def seconds_per_quarter(self) -> float:
        """The tempo as far as is known."""

    @property
    def steady(self) -> bool:
        """Whether what `moment` says never changes."""


class OwnTempo:
    """A tempo of our own, from the moment of `start` on."""

    run = 0
    steady = True

    def __init__(self, tempo: float) -> None:
        """`tempo` in quarters per minute."""
        self.seconds_per_quarter = 60 / tempo
        self._begin: float | None = None

    def start(self, moment: float) -> None:
        """Let beat 0 be due at a moment."""
        self._begin = moment

    def moment(self, beat: float) -> float | None:
        return None if self._begin is None else self._begin + beat * self.seconds_per_quarter

    def beat(self, moment: float) -> float | None:
        return None if self._begin is None else (moment - self._begin) / self.seconds_per_quarter


class FollowedClock:
    """MIDI clock as it comes in: a line through the last two quarters, for single clocks stray by milliseconds."""

    steady = False

    def __init__(self) -> None:
        self.run = 0
        self._lock = threading.Lock()
        self._clocks: deque[tuple[int, float]] = deque(maxlen=_MEMORY)
        self._running = False
        self._next = 0  # number of the next clock
        self._line: tuple[float, float] = (0.0, 0.5 / CLOCKS_PER_QUARTER)  # moment of clock 0, seconds a clock

    def hear(self, moment: float, message: bytes) -> None:
        """Take a message; others than system real time pass."""
        with self._lock:
            if message[:1] == CLOCK and self._running:
                self._clocks.append((self._next, moment))
                self._next += 1
                self._fit()
            elif message[:1] in (START, CONTINUE):
                self._next = 0 if message[:1] == START else self._next
                self._clocks.clear()
                self._running = True
                self.run += 1
            elif message[:1] == STOP:
                self._running = False

    def moment(self, beat: float) -> float | None:
        with self._lock:
            return self._line[0] + beat * CLOCKS_PER_QUARTER * self._line[1] if self._known() else None

    def beat(self, moment: float) -> float | None:
        with self._lock:
            return (moment - self._line[0]) / self._line[1] / CLOCKS_PER_QUARTER if self._known() else None

    @property
    def seconds_per_quarter(self) -> float:
        return self._line[1] * CLOCKS_PER_QUARTER

    def _known(self) -> bool:
        """A clock that is long ago counts as none."""
        return self._running and bool(self._clocks) and time.monotonic() - self._clocks[-1][1] < _LOST

    def _fit(self) -> None:
        """The least-squares line through (number, moment), moved to the earliest: a clock comes late, never early.

        Until there are a few clocks the tempo before holds: on a busy machine the first may come all at once.
        """
        slope, size = self._line[1], len(self._clocks)
        if size >= _ENOUGH:
            middle = sum(n for n, _ in self._clocks) / size
            mean = sum(t for _, t in self._clocks) / size
            top = sum((n - middle) * (t - mean) for n, t in self._clocks)
            fitted = top / sum((n - middle) ** 2 for n, _ in self._clocks)
            slope = fitted if _FASTEST <= fitted <= _SLOWEST else slope
        self._line = (min(t - slope * n for n, t in self._clocks), slope)
