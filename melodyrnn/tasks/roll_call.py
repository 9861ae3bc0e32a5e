"""The roll call of the processes of a training, before jax starts: jax ends a process that waits in vain by a crash.

Process 0 listens at its address until all others have sent their card, a line of JSON, and then answers each with its
own, or with what is wrong. The address is that of jax's service, which takes it over afterwards. Whoever reaches it can
take part, as with jax's, so both are for networks whose machines trust each other.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Container
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass, replace

from ..errors import SettingError, TrainingError
from ..json_types import JsonObject
from .devices import Devices

WAIT = 120.0  # seconds in which all must come
_PAUSE = 0.2  # seconds between two attempts to reach process 0
_READING = 10.0  # seconds that one card may take
_MAX_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Card:
    """What a process says of itself.

    Attributes:
        process, processes: its number, and how many it expects.
        same: what must be the same in all, by its name in errors.
        resumes: whether it continues a saved run.
        settings: of the training, complete where it resumes.
        problem: what process 0 answers where they do not fit together, else empty.
    """

    process: int
    processes: int
    same: dict[str, str]
    resumes: bool
    settings: JsonObject
    problem: str = ""

    @classmethod
    def read(cls, line: socket.socket, seconds: float) -> Card:
        """Return the card that is sent on a connection. Raises OSError, or ValueError for anything else."""
        line.settimeout(seconds)
        with line.makefile("rb") as file:
            text = file.readline(_MAX_BYTES)
        if not text:
            raise ConnectionError("it ended")
        found = json.loads(text)
        try:
            card = cls(**found)
        except TypeError as error:
            raise ValueError("no card") from error
        kinds = {int: (card.process, card.processes), dict: (card.same, card.settings)}
        if not all(isinstance(value, kind) for kind, values in kinds.items() for value in values):
            raise ValueError("no card")
        return card

    def send(self, line: socket.socket) -> None:
        """Send it on a connection."""
        line.sendall(json.dumps(asdict(self)).encode() + b"\n")


def roll_call(devices: Devices, card: Card, wait: float = WAIT) -> Card:
    """Return the card of process 0, when all processes have come.

    Raises:
        TrainingError: where they do not come within `wait` seconds, or process 0 cannot listen.
        SettingError: where they do not fit together.
    """
    deadline = time.monotonic() + wait
    return _lead(devices, card, deadline) if devices.leads else _follow(devices, card, deadline)


def _lead(devices: Devices, card: Card, deadline: float) -> Card:
    come, lines = set[int](), list[socket.socket]()
    with ExitStack() as stack:
        listening = stack.enter_context(_listener(devices))
        while len(come) < devices.others and not card.problem:
            line = stack.enter_context(_accepted(listening, devices, len(come), deadline))
            with suppress(OSError, ValueError):  # someone else, or one that has gone
                other = Card.read(line, _READING)
                card = replace(card, problem=_problem(card, other, come))
                come.add(other.process)
                lines.append(line)
        listening.close()  # jax's service takes its place before it is looked for
        for line in lines:
            with suppress(OSError):
                card.send(line)
    if card.problem:
        raise SettingError(card.problem)
    return card


def _listener(devices: Devices) -> socket.socket:
    port = devices.address[1]
    family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
    try:
        return socket.create_server(("", port), family=family, dualstack_ipv6=family == socket.AF_INET6)
    except OSError as error:
        raise TrainingError(
            f"process 0 must be able to listen at the port of its coordinator. Received: {devices.coordinator} "
            f"({error.strerror or error})"
        ) from error


def _accepted(listening: socket.socket, devices: Devices, come: int, deadline: float) -> socket.socket:
    listening.settimeout(max(0.01, deadline - time.monotonic()))
    try:
        return listening.accept()[0]
    except TimeoutError as error:
        raise TrainingError(
            f"all processes must be started within {WAIT:.0f} seconds. Received: {come + 1} of {devices.processes} at "
            f"{devices.coordinator}"
        ) from error


def _problem(own: Card, other: Card, come: Container[int]) -> str:
    """Return what is wrong with a card beside that of process 0; empty where nothing is."""
    if other.processes != own.processes:
        return f"all must be given the same --processes. Received: {own.processes} and {other.processes}"
    if other.process in come or not 0 < other.process < own.processes:
        return f"each process must have a number of its own (--process). Received: {other.process} twice"
    for name, value in own.same.items():
        if other.same.get(name) != value:
            return f"all processes must have the same {name}. Received: another one in process {other.process}"
    return ""


def _follow(devices: Devices, card: Card, deadline: float) -> Card:
    reason = ""
    while time.monotonic() < deadline:
        left = max(0.1, deadline - time.monotonic())
        try:
            with closing(socket.create_connection(devices.address, left)) as line:
                card.send(line)
                answer = Card.read(line, left)
        except (OSError, ValueError) as error:  # it has not started yet, or is no training yet
            reason = f" ({getattr(error, 'strerror', None) or error})"
            time.sleep(_PAUSE)
            continue
        if answer.problem:
            raise SettingError(answer.problem)
        return answer
    raise TrainingError(
        f"process 0 must answer at its address within {WAIT:.0f} seconds. Received: {devices.coordinator}{reason}"
    )
