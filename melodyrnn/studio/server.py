"""Runs the studio: a server on 127.0.0.1, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Sequence

import uvicorn

from ..errors import UsageError
from .app import application
from .endpoint import Endpoint, Service
from .security import HOST, Address

_GRACE = 3  # seconds that calls in progress have to end


def serve(services: Sequence[Service], port: int = 0, started: Callable[[Address], None] | None = None) -> None:
    """Serve until the process is interrupted.

    Args:
        port: 0 for any free one.
        started: called with the address as soon as calls are accepted; they wait until the server answers.

    Raises:
        UsageError: where the port cannot be used.
    """
    with _listening(port) as own:
        address = Address(own.getsockname()[1])
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
        if started is not None:
            started(address)
        server = _Server(config, services)
        try:
            server.run(sockets=[own])
        except KeyboardInterrupt:  # Ctrl-C, which the server raises again when it has ended
            pass
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
