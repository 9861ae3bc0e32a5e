"""The devices and processes of a training: their settings and rules; without importing Keras."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..errors import UsageError

Count = int | Literal["all"]

_BACKEND = "jax"  # the only one with which Keras computes on several devices
_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices that a training computes on, and the processes that share it.

    Attributes:
        count: devices of each process, a number or "all"; None for one, or, with several processes, all.
        coordinator: address at which the others reach process 0, "HOST:PORT"; None where there is one process.
        processes: number of processes.
        process: the number of this one, from 0; process 0 decides and writes.
    """

    count: Count | None = None
    coordinator: str | None = None
    processes: int | None = None
    process: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.count, int) and self.count < 1:
            raise UsageError(f"devices must be at least 1, or all. Received: {self.count}")
        given = {"coordinator": self.coordinator, "processes": self.processes, "process": self.process}
        named = [f"--{name} {value}" for name, value in given.items() if value is not None]
        if len(named) not in (0, len(given)):
            raise UsageError(
                "several processes need --coordinator HOST:PORT, --processes N and --process I, all three. "
                f"Received: {' '.join(named)}"
            )
        if self.coordinator is None or self.processes is None or self.process is None:
            return
        host, _, port = self.coordinator.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= _MAX_PORT:
            raise UsageError(
                f"a coordinator must be HOST:PORT, with a port from 1 to {_MAX_PORT}. Received: {self.coordinator}"
            )
        if self.processes < 1 or not 0 <= self.process < self.processes:
            raise UsageError(
                "processes are numbered from 0 to one less than there are. "
                f"Received: --processes {self.processes} --process {self.process}"
            )

    @property
    def address(self) -> tuple[str, int]:
        """The host and the port of process 0."""
        host, _, port = (self.coordinator or ":0").rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def others(self) -> int:
        """The number of processes besides this one."""
        return (self.processes or 1) - 1

    @property
    def leads(self) -> bool:
        """Whether this is process 0, or the only one."""
        return not self.process

    def backend(self, asked: str | None) -> str | None:
        """Return the backend to compute with where `asked` was requested. Raises UsageError where it cannot be."""
        if self == Devices():
            return asked
        if asked not in (None, _BACKEND):
            raise UsageError(
                f"several devices and processes need the {_BACKEND} backend of Keras. Received: --backend {asked}"
            )
        return _BACKEND


def parse_count(text: str) -> Count:
    """Return a number of devices, or "all". Raises UsageError for any other text."""
    if text == "all":
        return "all"
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise UsageError(f"devices must be all or a number. Received: {text!r}")
    return int(text)
