"""Open MIDI ports, which are checked while in use and closed without hanging notes.

Conventions: a message is bytes, status first; times are seconds of `time.monotonic()`.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import cast

from ..errors import PortError
from .drivers import (
    CLIENT,
    IN,
    OUT,
    OWN_END,
    InputHandle,
    OutputHandle,
    as_port_error,
    find_port,
    open_handle,
    open_virtual,
)

_QUEUE_INTERVAL = 0.001  # seconds between two checks of the queue of an input
_DRIFT = 1e-4  # largest relative difference in speed between the driver's clock and ours
_FLUSH = 0.05  # seconds until a connection or a message takes effect, at least one period of JACK
_NOTE_OFF, _NOTE_ON, _CONTROL, _SYSTEM = 0x80, 0x90, 0xB0, 0xF0
_SUSTAIN, _ALL_NOTES_OFF = 64, 123


class _Port:
    """An open port, the base of inputs and outputs."""

    direction: str

    def __init__(self, name: str, virtual: bool) -> None:
        """Open an existing port, or create a virtual one. Raises PortError."""
        self.name, self.virtual = name, virtual
        if virtual:
            self.driver, self._handle = open_virtual(name, self.direction)
            # a port that we create is listed among those of the other direction
            self._watch = open_handle(self.driver, IN if self.direction == OUT else OUT)
            # the listed name contains both; JACK numbers clients of the same name, ALSA adds numbers
            self._parts: tuple[str, ...] = (CLIENT, f":{name}")
        else:
            port = find_port(name, self.direction)
            self.name, self.driver = port.name, port.driver
            self._handle = self._watch = open_handle(port.driver, self.direction)
            self._parts = (port.name,)
            with as_port_error():
                self._handle.open_port(port.number, name=OWN_END)
            time.sleep(_FLUSH)

    def check(self) -> None:
        """Raise PortError where the port has disappeared."""
        with as_port_error():
            names = self._watch.get_ports()
        if not any(all(part in name for part in self._parts) for name in names):
            raise PortError(f"the {self.direction} port must stay while it is in use. Received: {self.name!r} has gone")

    def close(self) -> None:
        """Close the port."""
        for handle in {id(h): h for h in (self._handle, self._watch)}.values():
            handle.close_port()
            handle.delete()


class Output(_Port):
    """A port to send to, which tracks the sounding notes. All methods may be called from any thread."""

    direction = OUT

    def __init__(self, name: str, virtual: bool = False) -> None:
        self._lock = threading.RLock()
        self._sounding: dict[tuple[int, int], int] = {}  # (channel, pitch) → note-ons minus note-offs
        self._used: set[int] = set()  # channels that were sent to since the last silence
        self._closed = False  # using a deleted handle crashes the process
        super().__init__(name, virtual)
        self._sender = cast(OutputHandle, self._handle)

    def send(self, message: bytes) -> None:
        """Send a message; after `close` do nothing.

        A sounding note is ended before it begins again; it then ends at the note-off of its last note-on.
        """
        with self._lock:
            if self._closed:
                return
            kind, channel = message[0] & 0xF0, message[0] & 0x0F
            if kind < _SYSTEM:
                self._used.add(channel)
            if kind not in (_NOTE_ON, _NOTE_OFF):
                self._sender.send_message(message)
                return
            note = channel, message[1]
            count = self._sounding.get(note, 0)
            if kind == _NOTE_ON and message[2] > 0:
                if count:
                    self._sender.send_message(bytes([_NOTE_OFF | channel, message[1], 0]))
                self._sounding[note] = count + 1  # before sending, so that `silence` ends the note after an error
                self._sender.send_message(message)
            elif count > 1:
                self._sounding[note] = count - 1
            elif count == 1:
                self._sender.send_message(message)
                del self._sounding[note]

    def silence(self) -> None:
        """End all sounding notes, and send sustain off and all notes off on each channel that was used."""
        with self._lock:
            for channel, pitch in sorted(self._sounding):
                self._sender.send_message(bytes([_NOTE_OFF | channel, pitch, 0]))
            self._sounding.clear()
            for channel in sorted(self._used):
                for controller in (_SUSTAIN, _ALL_NOTES_OFF):
                    self._sender.send_message(bytes([_CONTROL | channel, controller, 0]))
            self._used.clear()

    def close(self) -> None:
        """End all notes and close the port."""
        with self._lock:
            self.silence()
            self._closed = True
        time.sleep(_FLUSH)
        super().close()


class Input(_Port):
    """A port to receive from. `receive(moment, message)` is called with each message, in a thread of the port.

    The driver's thread only fills a queue. With a callback in that thread, closing the port crashed the process in 2 of
    42 trials.
    """

    direction = IN

    def __init__(self, name: str, receive: Callable[[float, bytes], None], virtual: bool = False) -> None:
        super().__init__(name, virtual)
        self._source = cast(InputHandle, self._handle)
        self._source.ignore_types(sysex=True, timing=False, active_sense=True)
        self._receive, self._closed = receive, threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        """Pass on the messages of the queue, with moments at the intervals of the driver's time stamps.

        The driver's clock is aligned with ours by the smallest delay between a stamp and the arrival of its message.
        That delay may grow slowly, because the clocks may differ in speed.
        """
        stamp, offset = 0.0, math.inf
        while not self._closed.wait(_QUEUE_INTERVAL):
            while (received := self._source.get_message()) is not None:
                message, delta = received
                stamp += delta
                offset = min(offset + _DRIFT * delta, time.monotonic() - stamp)
                self._receive(stamp + offset, bytes(message))

    def close(self) -> None:
        """End the thread and close the port."""
        self._closed.set()
        self._thread.join()
        super().close()
