"""Clicks on the drum channel, on a thread of their own: a count-in, or all the way."""

from __future__ import annotations

import itertools
import threading

from ..music.meter import Meter
from .ports import Output
from .timing import Stop, Waiter, hurried
from .transport import OwnTempo

_DRUMS = 9
_HIGH, _LOW = 76, 77  # General MIDI: high and low wood block
_CLICK = 0.03  # seconds


class Metronome(threading.Thread):
    """Clicks from beat −`count_in` to beat 0, or on and on."""

    def __init__(
        self, output: Output, transport: OwnTempo, meter: Meter, count_in: float, stop: Stop, on: bool
    ) -> None:
        """`count_in` in quarters; `on` goes on after it."""
        super().__init__(daemon=True)
        self._output, self._transport, self._on = output, transport, on
        self._bar, self._beat = meter.quarters, meter.beat.quarters
        self._count_in = count_in
        self._waiter = Waiter(stop, lambda: None)  # the session looks at the port

    def run(self) -> None:
        with hurried():
            self._click()

    def _click(self) -> None:
        for number in itertools.count():
            beat = -self._count_in + number * self._beat
            if beat >= -1e-9 and not self._on:
                return
            moment = self._transport.moment(beat)
            assert moment is not None, "it starts when the transport has"
            on_bar_line = abs(beat / self._bar - round(beat / self._bar)) < 1e-6
            pitch = _HIGH if on_bar_line else _LOW
            for status, velocity, due in ((0x90, 90, moment), (0x80, 0, moment + _CLICK)):
                if not self._waiter.until(due):
                    return
                self._output.send(bytes([status | _DRUMS, pitch, velocity]))
