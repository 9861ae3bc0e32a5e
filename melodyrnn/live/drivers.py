"""The MIDI drivers of this machine: their ports, and handles that open ports. Needs python-rtmidi (extra `live`).

Conventions: a driver is an API of RtMidi: "alsa", "jack", "core", "winmm". mido's environment variable MIDO_BACKEND, as
in "mido.backends.rtmidi/UNIX_JACK", chooses one; without it, all running drivers are used.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from ..errors import PortError
from ..extras import require
from ..streams import native_stderr

OUT, IN = "output", "input"
CLIENT = "melodyrnn"
OWN_END = "melodyrnn-link"  # name of our end of a connection, which some drivers list as a port
_MIDO_DRIVERS = {"UNIX_JACK": "jack", "LINUX_ALSA": "alsa", "MACOSX_CORE": "core", "WINDOWS_MM": "winmm"}
_WINDOWS_HELP = (
    "Windows has no virtual MIDI ports: install loopMIDI (tobias-erichsen.de/software/loopmidi.html), "
    "make a port in it and give its name"
)


class Handle(Protocol):
    """What rtmidi.MidiIn and rtmidi.MidiOut have in common."""

    def get_ports(self) -> list[str]: ...
    def open_port(self, port: int, name: str) -> object: ...
    def open_virtual_port(self, name: str) -> object: ...
    def close_port(self) -> None: ...
    def delete(self) -> None: ...


class InputHandle(Handle, Protocol):
    """rtmidi.MidiIn; a message comes with the seconds since the message before."""

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None: ...
    def get_message(self) -> tuple[list[int], float] | None: ...


class OutputHandle(Handle, Protocol):
    """rtmidi.MidiOut."""

    def send_message(self, message: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A port of another program or device; `number` is its index among those of the driver."""

    name: str
    driver: str
    number: int


def list_ports(direction: str) -> list[PortInfo]:
    """Return the ports of all drivers in one direction, OUT or IN. Raises PortError where no MIDI system runs."""
    ports = []
    for driver, handle in open_handles(direction):
        names = enumerate(handle.get_ports())
        ports += [PortInfo(name, driver, number) for number, name in names if f":{OWN_END}" not in name]
        handle.delete()
    return ports


def find_port(name: str, direction: str) -> PortInfo:
    """Return the port with this name, else the only port whose name contains it.

    Raises PortError, with the names of the ports there are, where there is none or more than one.
    """
    ports = list_ports(direction)
    fitting = [p for p in ports if p.name == name] or [p for p in ports if name.lower() in p.name.lower()]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f'"{p.name}"' for p in (fitting or ports)) or "none"
    rule = "must name one port alone" if fitting else "must exist"
    raise PortError(f"an {direction} port {rule} (there are: {names}). Received: {name!r}")


@contextmanager
def quiet_drivers() -> Iterator[None]:
    """Return a context in which libraries of drivers cannot print to standard error, but Python can."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        with native_stderr(nothing):
            yield
    finally:
        os.close(nothing)


def _drivers() -> list[str]:
    """Return the drivers that RtMidi was compiled with, or the one that MIDO_BACKEND names."""
    rtmidi = require("live")
    known = {rtmidi.get_api_name(api): api for api in rtmidi.get_compiled_api()}
    backend = os.environ.get("MIDO_BACKEND", "").rpartition("/")[2]
    if backend in _MIDO_DRIVERS:
        if _MIDO_DRIVERS[backend] not in known:
            raise PortError(f"MIDO_BACKEND must name a driver of {', '.join(known)}. Received: {backend}")
        return [_MIDO_DRIVERS[backend]]
    return list(known)


def open_handles(direction: str) -> list[tuple[str, Handle]]:
    """Return (driver, handle) of each running driver. Raises PortError where none runs."""
    rtmidi = require("live")
    handles: list[tuple[str, Handle]] = []
    stopped = []
    for driver in _drivers():
        try:
            handles.append((driver, open_handle(driver, direction)))
        except rtmidi.RtMidiError:
            stopped.append(driver)
    if not handles:
        raise PortError(f"a MIDI system must run ({' or '.join(stopped)}). Received: none that answers")
    return handles


def open_handle(driver: str, direction: str) -> Handle:
    """Return a new handle. Raises RtMidiError where the driver does not run."""
    rtmidi = require("live")
    api = next(api for api in rtmidi.get_compiled_api() if rtmidi.get_api_name(api) == driver)
    kind = rtmidi.MidiOut if direction == OUT else rtmidi.MidiIn
    handle: Handle = kind(rtapi=api, name=CLIENT)
    return handle


def open_virtual(name: str, direction: str) -> tuple[str, Handle]:
    """Create a virtual port with the first running driver; return driver and handle. Raises PortError."""
    handles = open_handles(direction)
    for _, other in handles[1:]:
        other.delete()
    driver, handle = handles[0]
    if driver == "winmm":
        raise PortError(f"{_WINDOWS_HELP}. Received: a virtual port {name!r}")
    with as_port_error():
        handle.open_virtual_port(name)
    return driver, handle


@contextmanager
def as_port_error() -> Iterator[None]:
    """Return a context that converts errors of RtMidi into PortError."""
    rtmidi = require("live")
    try:
        yield
    except (rtmidi.RtMidiError, NotImplementedError) as error:
        raise PortError(f"a MIDI port must open. Received: {error}") from error
