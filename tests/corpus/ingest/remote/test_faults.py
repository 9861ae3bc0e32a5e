"""What errors of requests mean: the words, and whether another try may help."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from melodyrnn.corpus.ingest.remote.faults import ChangedError, CutError, StatusError, fault_of


class ClientPayloadError(Exception):
    """Named as the error of aiohttp for an answer that was cut."""


class EndpointConnectionError(Exception):
    """Named as the error of botocore."""


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def client_error(status: int) -> Exception:
    """An error with the attribute that those of botocore have."""
    error = Exception("an error occurred")
    error.response = {"ResponseMetadata": {"HTTPStatusCode": status}}  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StatusError(500), "500 Internal Server Error"),
        (StatusError(429), "429 Too Many Requests"),
        (StatusError(503), "503 Service Unavailable"),
        (caused(OSError(5, "x"), client_error(503)), "503 Service Unavailable"),
        (CutError(), "the connection was cut"),
        (ClientPayloadError(), "the connection was cut"),
        (ConnectionResetError(), "the connection was cut"),
        (EOFError(), "the connection was cut"),
        (ConnectionRefusedError(), "the connection was refused"),
        (EndpointConnectionError(), "the endpoint does not answer"),
        (TimeoutError(), "no answer in time"),
        (socket.gaierror(socket.EAI_AGAIN, "later"), "the host is not found"),
        (OSError(5, "Input/output error"), "[Errno 5] Input/output error"),
    ],
)
def test_what_may_pass(error: Exception, words: str) -> None:
    assert fault_of(error)[:2] == (words, True)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StatusError(404), "404 Not Found"),
        (StatusError(403), "403 Forbidden"),
        (StatusError(499), "499"),
        (caused(PermissionError("x"), client_error(403)), "403 Forbidden"),
        (FileNotFoundError("secret"), "it does not exist"),
        (PermissionError("secret"), "access is denied"),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "the host is not found"),
        (ChangedError(), "it has changed since it was listed"),
        (ValueError("bad http://ann:secret@h/a?sig=secret of\nmuch text"), "bad http://h/a of"),
        (KeyError(), "KeyError"),
    ],
)
def test_what_stays(error: Exception, words: str) -> None:
    assert fault_of(error)[:2] == (words, False)


def test_the_server_may_ask_to_wait() -> None:
    assert [fault_of(StatusError(503, text)).wait for text in (None, "", "7", "soon", "-1")] == [0, 0, 7, 0, 0]
    now = datetime.now(UTC)
    assert 3000 < fault_of(StatusError(503, format_datetime(now + timedelta(hours=1)))).wait <= 3600
    assert fault_of(StatusError(503, format_datetime(now - timedelta(hours=1)))).wait == 0
