"""What went wrong with a request: in words, whether another try may help, and after how long.

File systems raise errors of many packages, which may not be installed; so errors are known by the names of their
classes, by the status of HTTP that they carry, and by what they are to Python.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from .urls import scrubbed

_MAX_WORDS = 200  # characters of a message of another package
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # statuses of HTTP after which another try may help


class Fault(NamedTuple):
    """Why a request failed.

    Attributes:
        words: the cause.
        passes: whether another try may help.
        wait: seconds that the server asks to wait before it.
    """

    words: str
    passes: bool
    wait: float = 0.0


class StatusError(Exception):
    """An answer with a status of HTTP other than success."""

    def __init__(self, status: int, retry_after: str | None = None) -> None:
        super().__init__(f"{status}")
        self.status, self.retry_after = status, retry_after


class CutError(Exception):
    """An answer that holds fewer bytes than it should."""


class ChangedError(Exception):
    """An object that is no longer what it was when it was listed."""


_CUT = Fault("the connection was cut", True)
_LATE = Fault("no answer in time", True)
_NO_HOST = Fault("the host is not found", False)
# By the name of a class of an error, which is that of aiohttp or botocore unless it is one of this module.
_BY_NAME = {
    "CutError": _CUT,
    "ClientPayloadError": _CUT,
    "ServerDisconnectedError": _CUT,
    "IncompleteRead": _CUT,
    "IncompleteReadError": _CUT,
    "ResponseStreamingError": _CUT,
    "ChangedError": Fault("it has changed since it was listed", False),
    "TooManyRedirects": Fault("too many redirects", False),
    "InvalidURL": Fault("no valid URL", False),
    "NonHttpUrlRedirectClientError": Fault("a redirect to what is no URL of HTTP", False),
    "EndpointConnectionError": Fault("the endpoint does not answer", True),
    "NoCredentialsError": Fault("no credentials are found", False),
}
_BY_KIND: tuple[tuple[type[BaseException], Fault], ...] = (
    (ssl.SSLCertVerificationError, Fault("the certificate is not valid", False)),
    (TimeoutError, _LATE),
    (FileNotFoundError, Fault("it does not exist", False)),
    (PermissionError, Fault("access is denied", False)),
    (IsADirectoryError, Fault("a folder", False)),
    (NotADirectoryError, Fault("it does not exist", False)),
    (ConnectionRefusedError, Fault("the connection was refused", True)),
    (ConnectionError, _CUT),
    (EOFError, _CUT),
)


def fault_of(error: BaseException) -> Fault:
    """Return what an error means."""
    chain = list(_with_causes(error))
    for one in chain:
        names = (kind.__name__ for kind in type(one).__mro__)
        if (fault := next((_BY_NAME[name] for name in names if name in _BY_NAME), None)) is not None:
            return fault
        if (status := _status(one)) is not None:
            return Fault(_words(status), status in _PASSING, _wait(getattr(one, "retry_after", None)))
    for one in chain:
        if isinstance(one, socket.gaierror):
            return _NO_HOST._replace(passes=one.errno == socket.EAI_AGAIN)
        for kind, fault in _BY_KIND:
            if isinstance(one, kind):
                return fault
    words = scrubbed(str(error)).splitlines()
    return Fault((words[0] if words else type(error).__name__)[:_MAX_WORDS], isinstance(error, OSError))


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it was raised from."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        inner = getattr(at, "os_error", None)  # of aiohttp: the error of the connection
        if isinstance(inner, BaseException):
            yield inner
        at = at.__cause__


def _status(error: BaseException) -> int | None:
    """Return the status of HTTP that an error carries; None where it carries none."""
    response = getattr(error, "response", None)  # of botocore
    found = response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None
    for value in (found, getattr(error, "status", None), getattr(error, "code", None)):
        if isinstance(value, int | str) and str(value).isdecimal() and 400 <= int(value) < 600:
            return int(value)
    return None


def _words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _wait(retry_after: str | None) -> float:
    """Return the seconds that a header Retry-After asks for: a number, or a date."""
    if not retry_after:
        return 0.0
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
