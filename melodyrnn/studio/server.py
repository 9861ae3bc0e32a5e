"""Runs the studio: a server on 127.0.0.1, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress

import uvicorn

from ..errors import UsageError
from .app import application
from .endpoint import Endpoint, Service
from .security import HOST, Address

_GRACE = 3  # seconds that calls in progress have to end


def serve(
    services: Callable[[], Sequence[Service]],
    port: int = 0,
    started: Callable[[Address], AbstractContextManager[None]] | None = None,
    former: Address | None = None,
) -> None:
    """Serve until the process is interrupted.

    Args:
        services: makes the services, after `started` is called.
        port: 0 for any free one.
        started: called with the address as soon as calls are accepted, which wait until the server answers; the context
            that it returns lasts until the server has ended.
        former: an address to take again, where its port is asked for, or none is, and it is free.

    Raises:
        UsageError: where the port cannot be used.
    """
    with _listening_again(port, former) as own:
        is_former = former is not None and own.getsockname()[1] == former.port
        address = former if former is not None and is_former else Address(own.getsockname()[1])
        announced = nullcontext() if started is None else started(address)
        with suppress(KeyboardInterrupt), announced:  # of Ctrl-C, which the server raises again when it has ended
            _run(own, services(), address)


def _run(own: socket.socket, services: Sequence[Service], address: Address) -> None:
    """Answer the calls at a socket until the process is interrupted."""
    endpoints: list[Endpoint] = [one for service in services for one in service.endpoints()]
    config = uvicorn.Config(
        application(endpoints, address),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    server = _Server(config, services)
    try:
        server.run(sockets=[own])
    finally:
        server.close_services()


class _Server(uvicorn.Server):
    """A server that ends the streams of its services before it waits for calls in progress."""

    def __init__(self, config: uvicorn.Config, services: Sequence[Service]) -> None:
        super().__init__(config)
        self._services = list(services)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.close_services()
        await super().shutdown(sockets)

    def close_services(self) -> None:
        """Close each service once."""
        while self._services:
            self._services.pop().close()


def _listening_again(port: int, former: Address | None) -> socket.socket:
    """Return a socket that listens on a port, for 0 on that of a former address where it is free."""
    if port == 0 and former is not None:
        with suppress(UsageError):
            return _listening(former.port)
    return _listening(port)


def _listening(port: int) -> socket.socket:
    """Return a socket that listens on 127.0.0.1. Raises UsageError where the port cannot be used."""
    own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((HOST, port))
        own.listen(128)
    except OSError as error:
        own.close()
        taken = " (is a studio running there?)" if error.errno == errno.EADDRINUSE else ""
        raise UsageError(f"--port must be a free port{taken}. Received: {port}, {error.strerror}") from error
    return own
