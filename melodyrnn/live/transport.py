"""The transport: the moments of beats, by a fixed tempo or by an incoming MIDI clock.

Conventions: a beat is a quarter note, counted from the first bar line, as a float; a moment is in seconds of the
monotonic clock. Source: MIDI 1.0, "System Real Time": 24 clocks a quarter; Start, Stop and Continue take effect at the
next clock.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from .schedule import CLOCK, CLOCKS_PER_QUARTER, CONTINUE, START, STOP

_MEMORY = 48  # clocks, two quarters, from which tempo and position are estimated
_ENOUGH = 6  # smallest number of clocks from which the tempo is estimated
_FASTEST, _SLOWEST = 60 / 500 / CLOCKS_PER_QUARTER, 60 / 15 / CLOCKS_PER_QUARTER  # seconds a clock: 500 and 15 bpm
_LOST = 1.0  # seconds without a clock after which the transport counts as stopped


class Transport(Protocol):
    """Maps beats of the music to moments and back."""

    def moment(self, beat: float) -> float | None:
        """Return the moment of a beat by the current estimate; None while the transport is stopped."""

    def beat(self, moment: float) -> float | None:
        """Return the beat at a moment; None while the transport is stopped."""

    @property
    def num_starts(self) -> int:
        """Number of starts of the transport; beats of different starts are not comparable."""

    @property
    def seconds_per_quarter(self) -> float:
        """The current estimate of the tempo."""

    @property
    def steady(self) -> bool:
        """Whether `moment` always returns the same for a beat."""


class OwnTempo:
    """A transport with a fixed tempo, which `start` starts."""

    num_starts = 0
    steady = True

    def __init__(self, tempo: float) -> None:
        """Make a transport that has not started; `tempo` is in quarters per minute."""
        self.seconds_per_quarter = 60 / tempo
        self._begin: float | None = None

    def start(self, moment: float) -> None:
        """Start the transport, with beat 0 at a moment."""
        self._begin = moment

    def moment(self, beat: float) -> float | None:
        """Return the moment of a beat; None before the start."""
        return None if self._begin is None else self._begin + beat * self.seconds_per_quarter

    def beat(self, moment: float) -> float | None:
        """Return the beat at a moment; None before the start."""
        return None if self._begin is None else (moment - self._begin) / self.seconds_per_quarter


class FollowedClock:
    """A transport that follows an incoming MIDI clock, by a line through the clocks of the last two quarters.

    A line is fitted because single clocks are some milliseconds late. All methods may be called from any thread.
    """

    steady = False

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Make a transport that waits for Start; `clock` returns the current moment in seconds."""
        self._clock = clock
        self.num_starts = 0
        self._lock = threading.Lock()
        self._clocks: deque[tuple[int, float]] = deque(maxlen=_MEMORY)
        self._running = False
        self._next = 0  # number of the next clock
        self._line: tuple[float, float] = (0.0, 0.5 / CLOCKS_PER_QUARTER)  # moment of clock 0, seconds a clock

    def receive(self, moment: float, message: bytes) -> None:
        """Apply a system real-time message that arrived at a moment; other messages are ignored."""
        with self._lock:
            if message[:1] == CLOCK and self._running:
                self._clocks.append((self._next, moment))
                self._next += 1
                self._fit()
            elif message[:1] in (START, CONTINUE):
                self._next = 0 if message[:1] == START else self._next
                self._clocks.clear()
                self._running = True
                self.num_starts += 1
            elif message[:1] == STOP:
                self._running = False

    def moment(self, beat: float) -> float | None:
        """Return the moment of a beat by the current estimate; None while the clock is stopped."""
        with self._lock:
            return self._line[0] + beat * CLOCKS_PER_QUARTER * self._line[1] if self._is_running() else None

    def beat(self, moment: float) -> float | None:
        """Return the beat at a moment; None while the clock is stopped."""
        with self._lock:
            return (moment - self._line[0]) / self._line[1] / CLOCKS_PER_QUARTER if self._is_running() else None

    @property
    def seconds_per_quarter(self) -> float:
        """The current estimate of the tempo."""
        return self._line[1] * CLOCKS_PER_QUARTER

    def _is_running(self) -> bool:
        """Return whether the clock was started and its last message is less than a second old."""
        return self._running and bool(self._clocks) and self._clock() - self._clocks[-1][1] < _LOST

    def _fit(self) -> None:
        """Fit the line by least squares through (number, moment), shifted to the earliest since clocks are never early.

        With fewer than _ENOUGH clocks the previous tempo is kept: on a busy machine the first clocks may come together.
        """
        slope, size = self._line[1], len(self._clocks)
        if size >= _ENOUGH:
            mean_number = sum(n for n, _ in self._clocks) / size
            mean_moment = sum(t for _, t in self._clocks) / size
            covariance = sum((n - mean_number) * (t - mean_moment) for n, t in self._clocks)
            fitted = covariance / sum((n - mean_number) ** 2 for n, _ in self._clocks)
            slope = fitted if _FASTEST <= fitted <= _SLOWEST else slope
        self._line = (min(t - slope * n for n, t in self._clocks), slope)
