"""A JACK server of its own with the dummy driver, and one who listens to it. Needs Debian's jackd2."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

JACKD = shutil.which("jackd")
needs_jack = pytest.mark.skipif(JACKD is None, reason="jackd2 is not installed")
PERIOD = 128  # frames: a message waits for the next period, 2.7 ms at 48 kHz


@contextmanager
def jack_server(period: int = PERIOD) -> Iterator[subprocess.Popen[bytes]]:
    """A running server that this process and its children use by default."""
    name = f"melodyrnn-{os.getpid()}"
    before = {key: os.environ.get(key) for key in ("JACK_DEFAULT_SERVER", "MIDO_BACKEND", "JACK_NO_START_SERVER")}
    # --sync: else a client that is late in a period, as on a busy machine, loses what it had to say in it
    command = [str(JACKD), "--name", name, "--no-realtime", "--sync", "-d", "dummy", "-r", "48000", "-p", str(period)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.environ.update(JACK_DEFAULT_SERVER=name, MIDO_BACKEND="mido.backends.rtmidi/UNIX_JACK", JACK_NO_START_SERVER="1")
    try:
        _await_server(server)
        yield server
    finally:
        server.terminate()
        server.wait(10)
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.update({key: value})


def _await_server(server: subprocess.Popen[bytes]) -> None:
    import rtmidi

    stop = time.monotonic() + 20
    while True:
        try:
            rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name="probe").delete()
            return
        except rtmidi.RtMidiError:
            assert server.poll() is None, "jackd ended"
            assert time.monotonic() < stop, "jackd does not answer"
            time.sleep(0.1)


class Listener:
    """A virtual input. `heard` holds (seconds, message): the moment JACK handed it over, on the monotonic clock."""

    def __init__(self, name: str = "tester") -> None:
        import rtmidi

        self.heard: list[tuple[float, bytes]] = []
        self._clock: float | None = None
        self._port = rtmidi.MidiIn(rtapi=rtmidi.API_UNIX_JACK, name=name)
        self._port.ignore_types(False, False, True)
        self._port.set_callback(self._hear)
        self._port.open_virtual_port("in")
        self.name = f"{name}:in"

    def _hear(self, event: Any, _: Any) -> None:
        message, delta = event
        # the first stamp is Python's; from there JACK's own differences, which know no interpreter lock
        self._clock = time.monotonic() if self._clock is None else self._clock + delta
        self.heard.append((self._clock, bytes(message)))

    def notes(self) -> list[tuple[float, int]]:
        """(seconds, pitch) of the note-ons."""
        return [(t, m[1]) for t, m in list(self.heard) if is_on(m)]

    def hanging(self) -> set[tuple[int, int]]:
        """(channel, pitch) of what sounds; asserts that no note begins twice or ends without having begun."""
        sounding: set[tuple[int, int]] = set()
        for _, message in list(self.heard):
            place = message[0] & 0x0F, message[1] if len(message) > 1 else 0
            if is_on(message):
                assert place not in sounding, "a note began twice"
                sounding.add(place)
            elif is_off(message):
                assert place in sounding, "a note ended that had not begun"
                sounding.remove(place)
        return sounding

    def close(self) -> None:
        self._port.cancel_callback()
        self._port.close_port()
        self._port.delete()


def is_on(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x90 and message[2] > 0


def is_off(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x80 or (message[0] & 0xF0 == 0x90 and message[2] == 0)


def start(*arguments: str) -> subprocess.Popen[str]:
    """The program on its own, as a user starts it."""
    command = [sys.executable, "-m", "melodyrnn", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
