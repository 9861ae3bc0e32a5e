"""MIDI ports by name: found, opened, watched, and silenced before they close. Needs python-rtmidi (extra `live`).

Conventions: a message is bytes (status first); times are seconds of `time.monotonic()`. A driver is what RtMidi calls
an API: "alsa", "jack", "core", "winmm". mido's environment variable MIDO_BACKEND, as in
"mido.backends.rtmidi/UNIX_JACK", chooses one; else all that run are looked at.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..errors import PortError
from ..extras import require

OUT, IN = "output", "input"
CLIENT = "melodyrnn"
_OWN_END = "melodyrnn-link"  # our end of a connection, which drivers list as a port though it is of no use to others
_MIDO_DRIVERS = {"UNIX_JACK": "jack", "LINUX_ALSA": "alsa", "MACOSX_CORE": "core", "WINDOWS_MM": "winmm"}
_QUEUE_LOOK = 0.001  # seconds
_DRIFT = 1e-4
_FLUSH = 0.05  # seconds for what was said to take effect: JACK hands over once a period
_WINDOWS_HELP = (
    "Windows has no virtual MIDI ports: install loopMIDI (tobias-erichsen.de/software/loopmidi.html), "
    "make a port in it and give its name"
)
_NOTE_OFF, _NOTE_ON, _CONTROL = 0x80, 0x90, 0xB0
_SUSTAIN, _ALL_NOTES_OFF = 64, 123


@dataclass(frozen=True, slots=True)
class Found:
    """A port that others offer."""

    name: str
    driver: str
    number: int


def found_ports(direction: str) -> list[Found]:
    """The ports of all drivers. Raises PortError where no MIDI system runs."""
    found = []
    for driver, handle in _handles(direction):
        names = enumerate(handle.get_ports())
        found += [Found(name, driver, number) for number, name in names if f":{_OWN_END}" not in name]
        handle.delete()
    return found


def choose(name: str, direction: str) -> Found:
    """The port of that name, else the only one whose name holds it. Raises PortError with those there are."""
    ports = found_ports(direction)
    fitting = [p for p in ports if p.name == name] or [p for p in ports if name.lower() in p.name.lower()]
    if len(fitting) == 1:
        return fitting[0]
    there = ", ".join(f'"{p.name}"' for p in (fitting or ports)) or "none"
    rule = "must name one port alone" if fitting else "must exist"
    raise PortError(f"an {direction} port {rule} (there are: {there}). Received: {name!r}")


class _Port:
    """What both directions share: a handle, and whether the port is still there."""

    direction: str

    def __init__(self, name: str, virtual: bool) -> None:
        """Open a port that exists, or make one. Raises PortError."""
        self.name, self.virtual = name, virtual
        if virtual:
            self.driver, self._handle = _open_virtual(name, self.direction)
            # whoever makes a port sees it among those of the other direction
            self._watch = _handle(self.driver, IN if self.direction == OUT else OUT)
            self._parts: tuple[str, ...] = (
                CLIENT,
                f":{name}",
            )  # JACK numbers clients of one name, ALSA adds its own numbers
        else:
            port = choose(name, self.direction)
            self.name, self.driver = port.name, port.driver
            self._handle = self._watch = _handle(port.driver, self.direction)
            self._parts = (port.name,)
            with _as_port_error():
                self._handle.open_port(port.number, name=_OWN_END)
            time.sleep(_FLUSH)  # a connection holds from one of the next periods on

    def check(self) -> None:
        """Raise PortError where the port has gone."""
        with _as_port_error():
            names = self._watch.get_ports()
        if not any(all(part in name for part in self._parts) for name in names):
            raise PortError(f"the {self.direction} port must stay while it is in use. Received: {self.name!r} has gone")

    def close(self) -> None:
        for handle in {id(h): h for h in (self._handle, self._watch)}.values():
            handle.close_port()
            handle.delete()


class Output(_Port):
    """A port to send to, which knows what sounds there. Any thread may send."""

    direction = OUT

    def __init__(self, name: str, virtual: bool = False) -> None:
        self._lock = threading.RLock()
        self._sounding: dict[tuple[int, int], int] = {}  # (channel, pitch) → note-ons less note-offs
        self._closed = False  # a handle that is used after it was deleted takes the whole process with it
        super().__init__(name, virtual)

    def send(self, message: bytes) -> None:
        """Send a message. A note that sounds already ends before it begins again, and ends with its last note-off."""
        with self._lock:
            if self._closed:
                return
            kind, channel = message[0] & 0xF0, message[0] & 0x0F
            if kind not in (_NOTE_ON, _NOTE_OFF):
                self._handle.send_message(message)
                return
            place = channel, message[1]
            count = self._sounding.get(place, 0)
            if kind == _NOTE_ON and message[2] > 0:
                if count:
                    self._handle.send_message(bytes([_NOTE_OFF | channel, message[1], 0]))
                self._sounding[place] = count + 1  # first: whatever happens next, it is known to sound
                self._handle.send_message(message)
            elif count > 1:
                self._sounding[place] = count - 1
            elif count == 1:
                self._handle.send_message(message)
                del self._sounding[place]

    def silence(self) -> None:
        """End every note that sounds, and tell each channel used to let go."""
        with self._lock:
            channels = sorted({channel for channel, _ in self._sounding})
            for channel, pitch in sorted(self._sounding):
                self._handle.send_message(bytes([_NOTE_OFF | channel, pitch, 0]))
            self._sounding.clear()
            for channel in channels:
                for controller in (_SUSTAIN, _ALL_NOTES_OFF):
                    self._handle.send_message(bytes([_CONTROL | channel, controller, 0]))

    def close(self) -> None:
        with self._lock:
            self.silence()
            self._closed = True
        time.sleep(_FLUSH)
        super().close()


class Input(_Port):
    """A port to listen to. `hear(moment, message)` is called for each message, on a thread of the port's own.

    The driver's thread only fills a queue: called back from there, Python is in use by a thread that it cannot end, and
    closing the port then crashed the process, 2 times in 42.
    """

    direction = IN

    def __init__(self, name: str, hear: Callable[[float, bytes], None], virtual: bool = False) -> None:
        super().__init__(name, virtual)
        self._handle.ignore_types(sysex=True, timing=False, active_sense=True)
        self._hear, self._over = hear, threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        """Drain the queue. Moments are spaced as the driver's stamps are, which know no delay of ours.

        We are told late and never early, so the least delay seen sets its clock to ours, forgotten slowly in case that
        the clocks drift apart.
        """
        stamp, offset = 0.0, math.inf
        while not self._over.wait(_QUEUE_LOOK):
            while (found := self._handle.get_message()) is not None:
                message, delta = found
                stamp += delta
                offset = min(offset + _DRIFT * delta, time.monotonic() - stamp)
                self._hear(stamp + offset, bytes(message))

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        super().close()


@contextmanager
def quiet_drivers() -> Iterator[None]:
    """Keep what the drivers' own libraries print on file descriptor 2 from the user, and Python's words on it."""
    python = sys.stderr
    try:
        direct = python.fileno() == 2
    except (OSError, ValueError, AttributeError):  # replaced, as tests and notebooks do
        direct = False
    saved = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        if direct:
            sys.stderr = os.fdopen(os.dup(saved), "w", buffering=1, encoding=python.encoding, errors=python.errors)
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(saved, 2)
        if direct:
            sys.stderr.close()
            sys.stderr = python
        os.close(saved)
        os.close(nothing)


def _drivers() -> list[str]:
    """Those compiled in, or the one that MIDO_BACKEND asks for."""
    rtmidi = require("live")
    known = {rtmidi.get_api_name(api): api for api in rtmidi.get_compiled_api()}
    wish = os.environ.get("MIDO_BACKEND", "").rpartition("/")[2]
    if wish in _MIDO_DRIVERS:
        if _MIDO_DRIVERS[wish] not in known:
            raise PortError(f"MIDO_BACKEND must name a driver of {', '.join(known)}. Received: {wish}")
        return [_MIDO_DRIVERS[wish]]
    return list(known)


def _handles(direction: str) -> list[tuple[str, Any]]:
    """(driver, handle) of each driver that runs."""
    rtmidi, handles, silent = require("live"), [], []
    for driver in _drivers():
        try:
            handles.append((driver, _handle(driver, direction)))
        except rtmidi.RtMidiError:
            silent.append(driver)
    if not handles:
        raise PortError(f"a MIDI system must run ({' or '.join(silent)}). Received: none that answers")
    return handles


def _handle(driver: str, direction: str) -> Any:
    rtmidi = require("live")
    api = next(api for api in rtmidi.get_compiled_api() if rtmidi.get_api_name(api) == driver)
    kind = rtmidi.MidiOut if direction == OUT else rtmidi.MidiIn
    return kind(rtapi=api, name=CLIENT)


def _open_virtual(name: str, direction: str) -> tuple[str, Any]:
    """The first driver that runs and can make a port, and its handle."""
    handles = _handles(direction)
    for _, other in handles[1:]:
        other.delete()
    driver, handle = handles[0]
    if driver == "winmm":
        raise PortError(f"{_WINDOWS_HELP}. Received: a virtual port {name!r}")
    with _as_port_error():
        handle.open_virtual_port(name)
    return driver, handle


@contextmanager
def _as_port_error() -> Iterator[None]:
    rtmidi = require("live")
    try:
        yield
    except (rtmidi.RtMidiError, NotImplementedError) as error:
        raise PortError(f"a MIDI port must open. Received: {error}") from error
