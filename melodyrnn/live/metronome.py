"""A metronome on the drum channel in a separate thread, for the count-in only or continuously."""

from __future__ import annotations

import itertools
import threading

from ..music.meter import Meter
from ..music.units import DRUM_CHANNEL
from .ports import Output
from .timing import Stop, Waiter, real_time_priority
from .transport import OwnTempo

_HIGH, _LOW = 76, 77  # General MIDI: high and low wood block
_CLICK = 0.03  # seconds


class Metronome(threading.Thread):
    """Clicks on the beats of a meter, from the start of the count-in; it must be started after the transport."""

    def __init__(
        self, output: Output, transport: OwnTempo, meter: Meter, count_in: float, stop: Stop, continuous: bool
    ) -> None:
        """Make a metronome that ends when `stop` is set.

        Args:
            count_in: length of the count-in in quarters; it begins that long before beat 0.
            continuous: whether to continue after the count-in.
        """
        super().__init__(daemon=True)
        self._output, self._transport, self._continuous = output, transport, continuous
        self._bar, self._beat = meter.quarters, meter.beat.quarters
        self._count_in = count_in
        self._waiter = Waiter(stop, lambda: None)  # the session checks the port

    def run(self) -> None:
        """Click until the count-in or the session is over."""
        with real_time_priority():
            self._click()

    def _click(self) -> None:
        for number in itertools.count():
            beat = -self._count_in + number * self._beat
            moment = self._transport.moment(beat)
            if moment is None or (beat >= -1e-9 and not self._continuous):
                return
            on_bar_line = abs(beat / self._bar - round(beat / self._bar)) < 1e-6
            pitch = _HIGH if on_bar_line else _LOW
            for status, velocity, due in ((0x90, 90, moment), (0x80, 0, moment + _CLICK)):
                if not self._waiter.until(due):
                    return
                self._output.send(bytes([status | DRUM_CHANNEL, pitch, velocity]))
