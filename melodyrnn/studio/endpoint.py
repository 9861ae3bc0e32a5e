"""Endpoints of the studio's HTTP interface: what a handler receives and what it answers, apart from any web framework.

A handler is a plain function, which runs in a thread. Whatever refuses a call raises a `MelodyRNNError`: the page gets
`{"error": one line, "wish": name or null}` with a status from 400 on.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import MelodyRNNError
from ..json_types import JsonObject

JSON, EVENT_STREAM = "application/json", "text/event-stream"
MAX_JSON = 8 << 20  # bytes of a body of JSON: a piece of 200,000 notes
_MAX_SHOWN = 200  # characters of what was received, in a message
_MAX_MESSAGE = 1000  # characters of a message


class CallError(MelodyRNNError):
    """A call that is refused.

    Attributes:
        status: of HTTP.
        wish: the name of the wish that is refused; None where it is none.
    """

    def __init__(self, message: str, status: int = 400, wish: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.wish = wish


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an endpoint.

    Attributes:
        path: the parameters in the path, by name.
        query: those after the question mark, by name.
        body: the bytes of the body, within the limit of the endpoint.
        accept: the types of media that the caller takes.
        first_event: the number of the first event that a reader of events wants.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    accept: str = ""
    first_event: int = 0

    def json(self) -> JsonObject:
        """Return the object in the body. Raises CallError where it holds anything else."""
        try:
            found = json.loads(self.body, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
            raise CallError(f"a body must be JSON. Received: {shown(str(error))}") from error
        if not isinstance(found, dict):
            raise CallError(f"a body must be a JSON object. Received: {shown(json.dumps(found))}")
        return found


def _no_number(name: str) -> None:
    """Refuse NaN and the infinities, which are no JSON."""
    raise ValueError(f"{name} is no number")


def shown(text: str) -> str:
    """Return received text for a message: one line, not too long."""
    return one_line(text, _MAX_SHOWN)


def one_line(text: str, most: int = _MAX_MESSAGE) -> str:
    """Return text, such as a message that repeats what was received, as one line, cut after `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]} ..."


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: a body, or a stream of pieces of one.

    Attributes:
        body: its bytes; None where it is a stream.
        stream: yields the body, in the event loop.
        headers: further headers.
    """

    body: bytes | None = b""
    media_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: AsyncIterator[bytes] | None = None


def answer_json(data: object, status: int = 200) -> Answer:
    """Return an answer of JSON."""
    return Answer(json.dumps(data, separators=(",", ":")).encode(), status=status)


def answer_error(message: str, status: int, wish: str | None = None) -> Answer:
    """Return the answer to a call that is refused, with its message in one line."""
    return answer_json({"error": one_line(message), "wish": wish}, status)


def answer_to(error: MelodyRNNError) -> Answer:
    """Return the answer to a call that raised an error."""
    if isinstance(error, CallError):
        return answer_error(str(error), error.status, error.wish)
    return answer_error(str(error), 400)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint below the token.

    Attributes:
        method: of HTTP.
        path: such as "/api/jobs/{id}".
        handler: answers a call.
        summary: what it does, in a line, for openapi.json.
        max_body: the most bytes of a body; 0 where it takes none.
        takes, gives: what body and answer are, for openapi.json: a name of a schema, or a type of media.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    max_body: int = 0
    takes: str = ""
    gives: str = JSON


class Service(Protocol):
    """A part of the studio that has endpoints."""

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the endpoints."""

    def close(self) -> None:
        """End what runs, and all streams; the server is about to end."""
