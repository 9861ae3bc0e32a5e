"""The web application: the endpoints of all services behind the checks of `security`, in Starlette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import MelodyRNNError
from .endpoint import Answer, Call, CallError, Endpoint, answer_error, answer_to
from .security import HEADERS, Address

_MAX_DIGITS = 16  # of a number that a caller sends


def application(endpoints: Sequence[Endpoint], address: Address) -> ASGIApp:
    """Return the application that serves endpoints at an address."""
    routes = [Route(one.path, _responder(one), methods=[one.method]) for one in endpoints]
    handlers = {HTTPException: _no_endpoint, Exception: _fault}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), address)


class Guard:
    """Lets calls pass that `Address.path_of` allows, with the path below the token, and adds headers to all answers."""

    def __init__(self, app: ASGIApp, address: Address) -> None:
        self._app = app
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the studio serves HTTP only. Received: {scope['type']}")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", []))
                known = {name for name, _ in own}
                rest = ((name.encode(), value.encode()) for name, value in HEADERS.items())
                message = {**message, "headers": [*own, *(pair for pair in rest if pair[0] not in known)]}
            await send(message)

        app: ASGIApp = self._app
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            path = self._address.path_of(scope["path"], headers)
        except CallError as refusal:
            app = _response(answer_to(refusal))
        else:
            if not path:
                app = Response(status_code=308, headers={"location": f"/{self._address.token}/"})
            scope = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
        await app(scope, receive, send_with_headers)


def _responder(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Return the function that answers the requests to an endpoint."""

    async def respond(request: Request) -> Response:
        try:
            body = await _body(request, endpoint.max_body)
            headers = request.headers
            last = headers.get("last-event-id", "")  # of a browser that connects again
            first = int(last) + 1 if last.isdecimal() and len(last) < _MAX_DIGITS else 0
            call = Call(request.path_params, dict(request.query_params), body, headers.get("accept", ""), first)
            answer = await run_in_threadpool(endpoint.handler, call)
        except MelodyRNNError as error:
            answer = answer_to(error)
        except OSError as error:  # a file of the session went away, or cannot be read or moved
            answer = answer_error(f"the files of the session must be there. Received: {error.strerror or error}", 409)
        return _response(answer)

    return respond


async def _body(request: Request, limit: int) -> bytes:
    """Return the body of a request. Raises CallError where it has more bytes than `limit`."""
    too_long = CallError(f"a body must have at most {limit:,} bytes here. Received: more", 413)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > _MAX_DIGITS or int(length) > limit:
        raise too_long
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > limit:
            raise too_long
    return bytes(data)


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.stream is not None:
        return StreamingResponse(answer.stream, answer.status, headers, answer.media_type)
    return Response(answer.body, answer.status, headers, answer.media_type)


async def _no_endpoint(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    rule = "there is no such method here" if status == 405 else "there is no such address"
    return _response(answer_error(f"{rule}. Received: {request.method} {request.url.path[:100]}", status))


async def _fault(request: Request, error: Exception) -> Response:
    """Return the answer to a fault of the studio itself; the server writes it to standard error too."""
    return _response(answer_error(f"the studio has a fault: {type(error).__name__}: {error}", 500))
