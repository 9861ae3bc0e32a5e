"""A JACK server with the dummy driver, and real-time instruments that play to it and listen. Needs Debian's jackd2.

These read the clock, because notes in time are what they measure; tests do not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

import pytest
from foreground import foreground
from waiting import LIMIT, until

JACKD = shutil.which("jackd")
NO_JACK = "jackd2 or python-rtmidi is not installed" if JACKD is None or find_spec("rtmidi") is None else ""
needs_jack = pytest.mark.skipif(bool(NO_JACK), reason=NO_JACK)
PERIOD = 128  # frames: a message waits for the next period, 2.7 ms at 48 kHz


@contextmanager
def jack_server(period: int = PERIOD, realtime: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A running server that this process and its children use by default."""
    name = f"melodyrnn-{os.getpid()}"
    before = {key: os.environ.get(key) for key in ("JACK_DEFAULT_SERVER", "MIDO_BACKEND", "JACK_NO_START_SERVER")}
    mode = ["--realtime", "-P10"] if realtime else ["--no-realtime"]
    # --sync: else a client that is late in a period, as on a busy machine, loses what it had to say in it
    command = [str(JACKD), "--name", name, *mode, "--sync", "-d", "dummy", "-r", "48000", "-p", str(period)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.environ.update(JACK_DEFAULT_SERVER=name, MIDO_BACKEND="mido.backends.rtmidi/UNIX_JACK", JACK_NO_START_SERVER="1")
    try:
        _await_server(server)
        yield server
    finally:
        server.terminate()
        server.wait(LIMIT)
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.update({key: value})


def _await_server(server: subprocess.Popen[bytes]) -> None:
    import rtmidi

    def answers() -> bool:
        try:
            rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name="probe").delete()
        except rtmidi.RtMidiError:
            assert server.poll() is None, "jackd ended"
            return False
        return True

    until(answers)


class Listener:
    """A virtual input that records messages and their times."""

    def __init__(self, name: str = "tester") -> None:
        import rtmidi

        self._rows: list[tuple[float, float, bytes]] = []  # JACK's clock from the first message on, Python's, message
        self._port = rtmidi.MidiIn(rtapi=rtmidi.API_UNIX_JACK, name=name, queue_size_limit=10_000)
        self._port.ignore_types(False, False, True)
        self._port.open_virtual_port("in")
        self.name = f"{name}:in"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with hurried():
            self._listen_in_time()

    def _listen_in_time(self) -> None:
        stamp = 0.0
        while not self._over.wait(0.0005):
            while (found := self._port.get_message()) is not None:
                stamp += found[1]
                self._rows.append((stamp, time.monotonic(), bytes(found[0])))

    @property
    def received(self) -> list[tuple[float, bytes]]:
        """(seconds on the monotonic clock, message), with the intervals of JACK, which Python's lock does not delay.

        Python is told late and never early, so the message that it was told of first sets the clocks alike.
        """
        rows = list(self._rows)
        offset = min((python - jack for jack, python, _ in rows), default=0.0)
        return [(jack + offset, message) for jack, _, message in rows]

    def notes(self) -> list[tuple[float, int]]:
        """(seconds, pitch) of the note-ons."""
        return [(t, m[1]) for t, m in self.received if is_on(m)]

    def hanging(self) -> set[tuple[int, int]]:
        """(channel, pitch) of what sounds; asserts that no note begins twice or ends without having begun."""
        sounding: set[tuple[int, int]] = set()
        for _, message in self.received:
            place = message[0] & 0x0F, message[1] if len(message) > 1 else 0
            if is_on(message):
                assert place not in sounding, "a note began twice"
                sounding.add(place)
            elif is_off(message):
                assert place in sounding, "a note ended that had not begun"
                sounding.remove(place)
        return sounding

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._port.close_port()
        self._port.delete()


def share_of_a_core() -> float:
    """How much of a core this thread gets: the processor time of a short computation, over the time that it takes."""
    began, used = time.monotonic(), time.thread_time()
    while time.thread_time() - used < 0.1:
        pass
    return 0.1 / (time.monotonic() - began)


@contextmanager
def hurried() -> Iterator[None]:
    """While inside, give this thread real-time priority, where the system grants it, as to root."""
    if not hasattr(os, "sched_setscheduler"):
        yield
        return
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(5))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, priority)


def is_on(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x90 and message[2] > 0


def is_off(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x80 or (message[0] & 0xF0 == 0x90 and message[2] == 0)


def start(*arguments: str) -> subprocess.Popen[str]:
    """The program on its own, as a user starts it."""
    command = [sys.executable, "-m", "melodyrnn", *arguments]
    with foreground():
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    STARTED.append(process)
    return process


STARTED: list[subprocess.Popen[str]] = []


def end_all() -> None:
    """End what a failed test has left running."""
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=LIMIT)


class Player:
    """A virtual output on which a script plays notes at moments of the monotonic clock."""

    def __init__(self, name: str = "player") -> None:
        import rtmidi

        self._port = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name=name)
        self._port.open_virtual_port("out")
        self.name = f"{name}:out"

    def send(self, *message: int) -> None:
        self._port.send_message(message)

    def play(self, notes: Sequence[tuple[float, float, int]]) -> None:
        """Play (moment, seconds, pitch), one after the other."""
        with hurried():
            for moment, seconds, pitch in notes:
                time.sleep(max(0.0, moment - time.monotonic()))
                self.send(0x90, pitch, 90)
                time.sleep(max(0.0, moment + seconds - time.monotonic()))
                self.send(0x80, pitch, 0)

    def play_now(self, pitches: Sequence[int], seconds: float) -> None:
        """Play notes of so many seconds, one after the other, at once."""
        now = time.monotonic()
        self.play([(now + n * seconds, seconds, pitch) for n, pitch in enumerate(pitches)])

    def close(self) -> None:
        self._port.close_port()
        self._port.delete()


class Clock(threading.Thread):
    """Sends Start, MIDI clock while inside, and Stop; `moment` says when a beat was due."""

    def __init__(self, player: Player, tempo: float) -> None:
        super().__init__(daemon=True)
        self._player, self._step, self._over = player, 60 / tempo / 24, threading.Event()
        self.begin = time.monotonic() + 0.2

    def moment(self, beat: float) -> float:
        return self.begin + beat * 24 * self._step

    def run(self) -> None:
        with hurried():
            self._beat()

    def _beat(self) -> None:
        self._player.send(0xFA)
        number = 0
        while not self._over.wait(max(0.0, self.begin + number * self._step - time.monotonic())):
            self._player.send(0xF8)
            number += 1
        self._player.send(0xFC)

    def __enter__(self) -> Clock:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
