"""The verbs of the studio by Open Sound Control, for DAWs, Max, Pure Data, SuperCollider and the like.

A client on this machine sends UDP datagrams to the port of `--osc`; answers go to the port that they came from, or
to the one that a call names as `reply`:

    /melodyrnn/<verb> id [name value ...]   a verb (`verbs.VERBS`) with wishes and the fields of a call, by name;
                                            `document` is JSON, `first` and `last` are bars; or one text of JSON
    /melodyrnn/cancel id                    ends a call early
    /melodyrnn/models                       asks for the models

    /melodyrnn/note id candidate track onset duration pitch velocity    a note; onset and duration in quarter notes
    /melodyrnn/piece id candidate notes quarters tempo command          follows the notes of a candidate
    /melodyrnn/done id, /melodyrnn/cancelled id                         end a call
    /melodyrnn/refused id message wish                                  ends one that cannot be met
    /melodyrnn/model name kind                                          a model

`id` is a number or a text of the caller's own, which comes back with each answer. Numbers are int32 and float32.
Source: Open Sound Control 1.0 (Wright 2002).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_message_builder import build_msg
from pythonosc.osc_server import BlockingOSCUDPServer

from ..errors import Cancelled, MelodyRNNError, UsageError
from ..json_types import JsonObject
from ..music.piece import Tempo
from .endpoint import CallError, Endpoint, shown
from .jobs import Job, Jobs
from .library import Library
from .models import Models
from .reading import an_integer
from .security import HOST
from .verbs import FIELDS, VERBS, documents_of, read_order

ROOT, REPLY = "/melodyrnn/", "reply"
_MAX_PORT = 2**16 - 1
Value = str | int | float | bool
Reply = Callable[..., None]  # (name, *values) → sends a message to the caller
_Client = tuple[str, int]
_Answer = tuple[str, tuple[Value, ...]]  # its name and its values


class Osc:
    """An OSC server on a port of this machine, whose calls are jobs like those of the page."""

    def __init__(self, models: Models, library: Library, jobs: Jobs, port: int) -> None:
        """Listen on `port` (0 for any free one). Raises UsageError where it cannot be used."""
        self._models, self._library, self._jobs = models, library, jobs
        self._lock = threading.Lock()
        self._known: dict[tuple[_Client, Value], tuple[Job, Reply]] = {}  # the calls that wait or run
        dispatcher = Dispatcher()
        dispatcher.set_default_handler(self._receive, needs_reply_address=True)
        try:
            self._server = BlockingOSCUDPServer((HOST, port), dispatcher)
        except OSError as error:
            raise UsageError(f"--osc must be a free port. Received: {port}, {error.strerror}") from error
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="studio-osc", daemon=True).start()

    def endpoints(self) -> Sequence[Endpoint]:
        """Return no endpoints: calls come by UDP."""
        return ()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _receive(self, client: _Client, address: str, *values: Value) -> None:
        """Do what a message asks for; a message that breaks a rule is answered with "refused"."""
        reply = partial(self._send, client)
        name = address.removeprefix(ROOT)
        known: Mapping[str, Callable[[], None]] = {
            "models": partial(self._tell_models, reply),
            "cancel": partial(self._cancel, client, values),
            **{verb: partial(self._begin, verb, client, values, reply) for verb in VERBS},
        }
        try:
            if not address.startswith(ROOT) or name not in known:
                addresses = ", ".join(ROOT + one for one in known)
                raise CallError(f"an address must be one of {addresses}. Received: {shown(address)}")
            known[name]()
        except MelodyRNNError as error:
            name, own = _refusal(values[0] if values else "", error)
            reply(name, *own)

    def _send(self, client: _Client, name: str, *values: Value) -> None:
        self._server.socket.sendto(build_msg(ROOT + name, list(values)).dgram, client)

    def _tell_models(self, reply: Reply) -> None:
        for about in self._models.describe():
            reply("model", str(about["name"]), str(about["kind"]))

    def _cancel(self, client: _Client, values: Sequence[Value]) -> None:
        id = _id(values)
        with self._lock:
            known = self._known.get((client, id))
        if known is None:
            raise CallError(f"cancel must name a call that waits or runs. Received: {shown(str(id))}")
        job, reply = known
        self._jobs.cancel(job.id)
        if job.ended is not None and self._forget((client, id)):  # it had not begun
            reply("cancelled", id)

    def _forget(self, caller: tuple[_Client, Value]) -> bool:
        """Return whether a call was known until now."""
        with self._lock:
            return self._known.pop(caller, None) is not None

    def _begin(self, verb: str, client: _Client, values: Sequence[Value], reply: Reply) -> None:
        id, found = _id(values), body_of(values[1:])
        if REPLY in found:
            port = an_integer(found.pop(REPLY), 1, _MAX_PORT, REPLY)
            reply = partial(self._send, (client[0], port))
        with self._lock:  # so that it is known before it can end
            if (client, id) in self._known:
                raise CallError(f"an id must not be that of a call that waits or runs. Received: {shown(str(id))}")
            work = partial(self._run, verb, found, (client, id), reply)
            self._known[client, id] = self._jobs.add(f"osc {client}", work), reply

    def _run(self, verb: str, found: JsonObject, caller: tuple[_Client, Value], reply: Reply, job: Job) -> None:
        id = caller[1]
        last: _Answer = ("refused", (id, "the studio has a fault", ""))
        try:
            order = read_order(verb, found, self._models, self._library)
            for candidate, document in enumerate(documents_of(order, self._library, job.cancellation)):
                for message in messages_of(document, candidate):
                    reply(message[0], id, *message[1:])
            last = ("done", (id,))
        except Cancelled:
            last = ("cancelled", (id,))
            raise
        except MelodyRNNError as error:
            last = _refusal(id, error)
            raise
        finally:
            self._forget(caller)  # before the caller hears of it and may take the id again
            reply(last[0], *last[1])


def _refusal(id: Value, error: MelodyRNNError) -> _Answer:
    wish = error.wish if isinstance(error, CallError) else None
    return "refused", (id, " ".join(str(error).split()), wish or "")


def _id(values: Sequence[Value]) -> Value:
    """Return the id of a call, its first value. Raises CallError where there is none."""
    if not values or not isinstance(values[0], str | int):
        raise CallError(f"a message must begin with an id, a number or a text. Received: {len(values)} values")
    return values[0]


def body_of(values: Sequence[Value]) -> JsonObject:
    """Return the body of a call, as HTTP takes it, for the values after its id.

    Names that are no field of a call are wishes.

    Raises:
        CallError: where they are neither a JSON object nor pairs of a name and a value.
    """
    if len(values) == 1:
        return _parsed(values[0], "a single value")
    if len(values) % 2:
        raise CallError(f"values must be pairs of a name and a value. Received: {len(values)} values")
    pairs = dict(zip((str(name) for name in values[::2]), values[1::2], strict=True))
    body: JsonObject = {name: pairs.pop(name) for name in (*FIELDS, REPLY) if name in pairs and name != "bars"}
    if "document" in body:
        body["document"] = _parsed(body["document"], "document")
    bars = [pairs.pop(name) for name in ("first", "last") if name in pairs]
    if bars:
        body["bars"] = [bars[0], bars[-1]]
    body["wishes"] = {name: _whole(value) for name, value in pairs.items()}
    return body


def _whole(value: Value) -> Value:
    """Return a float that is a whole number as an int: many clients send floats only."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _parsed(value: object, what: str) -> JsonObject:
    try:
        found = json.loads(str(value))
    except (ValueError, RecursionError) as error:
        raise CallError(f"{what} must be a JSON object. Received: {shown(str(value))}") from error
    if not isinstance(found, dict):
        raise CallError(f"{what} must be a JSON object. Received: {shown(str(value))}")
    return found


def messages_of(document: JsonObject, candidate: int) -> Iterator[tuple[Value, ...]]:
    """Yield the name and the values, without the id, of each message about a piece: its notes, then itself."""
    quarter, count = document["ticksPerQuarter"], 0
    for number, track in enumerate(document["tracks"]):
        count += len(track["notes"])
        for onset, duration, pitch, velocity in track["notes"]:
            yield "note", candidate, number, onset / quarter, duration / quarter, pitch, velocity
    tempo = Tempo(*document["tempos"][0]).quarters_per_minute
    yield "piece", candidate, count, document["end"] / quarter, tempo, document["command"] or ""
