"""The verbs: what a call asks of a model, as a request, and the pieces that it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ..errors import Cancelled, MelodyRNNError
from ..generation.generator import Generator
from ..generation.request import Request
from ..json_types import JsonObject
from ..music.piece import Piece
from ..tasks.generate import GenerateTask, generate
from ..tasks.progress import Cancellation
from .documents import document_of
from .endpoint import MAX_JSON, Answer, Call, CallError, Endpoint, answer_json
from .jobs import Job, Jobs
from .models import Models
from .reading import a_flag, a_text, an_integer, only
from .wishes import culprit, fields_of, request_of

MAX_NUM = 64  # pieces of a call
_MAX_TEXT = 200
_FIELDS = ("verb", "model", "wishes", "num", "document", "bars", "locked", "tab", "replaces")


@dataclass(frozen=True, slots=True)
class Order:
    """A call of a verb, read.

    Attributes:
        generator: the model.
        request: what is asked of it.
        wished: the fields of the request that were wished for.
    """

    generator: Generator
    request: Request
    wished: Mapping[str, object]


class Verbs:
    """The endpoints that make music: as jobs with events, and at once."""

    def __init__(self, models: Models, jobs: Jobs) -> None:
        self._models = models
        self._jobs = jobs

    def endpoints(self) -> Sequence[Endpoint]:
        made = (
            Endpoint("POST", f"/api/{verb}", partial(self._at_once, verb), summary, MAX_JSON, "Order", "Pieces")
            for verb, (summary, _) in VERBS.items()
        )
        return (
            Endpoint("POST", "/api/jobs", self._begin, "begin a job of a verb", MAX_JSON, "Job order", "Job"),
            Endpoint("GET", "/api/jobs/{id}/events", self._events, "the events of a job", gives="text/event-stream"),
            Endpoint("DELETE", "/api/jobs/{id}", self._cancel, "cancel a job"),
            *made,
        )

    def close(self) -> None:
        self._jobs.close()

    def _begin(self, call: Call) -> Answer:
        found = call.json()
        only(found, _FIELDS, "a job")
        verb = found.get("verb")
        if verb not in VERBS:
            raise CallError(f"verb must be one of {', '.join(VERBS)}. Received: {str(verb)[:100]}")
        tab = a_text(found.get("tab", ""), _MAX_TEXT, "tab")
        replaces = a_flag(found.get("replaces", False), "replaces")
        job = self._jobs.add(tab, lambda job: self._run(job, str(verb), found), replaces)
        return answer_json({"job": job.id}, 202)

    def _run(self, job: Job, verb: str, found: JsonObject) -> None:
        order = self._read(verb, found)
        for candidate, piece in enumerate(pieces_of(order, job.cancellation)):
            job.send("piece", {"candidate": candidate, "document": _document(piece, order)})

    def _events(self, call: Call) -> Answer:
        return self._jobs.find(call.path["id"]).feed.answer()

    def _cancel(self, call: Call) -> Answer:
        self._jobs.cancel(call.path["id"])
        return answer_json({})

    def _at_once(self, verb: str, call: Call) -> Answer:
        order = self._read(verb, call.json())
        return answer_json({"pieces": [_document(piece, order) for piece in pieces_of(order)]})

    def _read(self, verb: str, found: JsonObject) -> Order:
        """Return the order of a body. Raises CallError where it breaks a rule."""
        only(found, _FIELDS, "a call")
        model = found.get("model")
        generator = self._models.get(None if model is None else a_text(model, _MAX_TEXT, "model"))
        wished = fields_of(found.get("wishes", {}))
        num = an_integer(found.get("num", 1), 1, MAX_NUM, "num")
        fields = {**wished, "num": num, **VERBS[verb][1](generator, found)}
        return Order(generator, request_of(fields), wished)


def pieces_of(order: Order, cancellation: Cancellation | None = None) -> Sequence[Piece]:
    """Return the pieces of an order. Raises CallError, which names a wish, where it cannot be met."""
    try:
        result = generate(GenerateTask(order.request, None), None, cancellation, order.generator)
    except Cancelled:
        raise
    except MelodyRNNError as error:
        check = partial(_check, order.generator)
        raise CallError(str(error), wish=culprit(order.request, str(error), order.wished, check)) from error
    return [one.piece for one in result.pieces]


def _check(generator: Generator, request: Request) -> None:
    """Refuse a request that has no plan."""
    if generator.vocabulary.parts:
        from ..generation.parts.pieces import plan_of_pieces

        plan_of_pieces(request, generator.metadata)
    else:
        generator.plan(request)


def _document(piece: Piece, order: Order) -> JsonObject:
    return {**document_of(piece), "model": order.generator.name}


def _generate(generator: Generator, found: JsonObject) -> dict[str, object]:
    return {}


_Reader = Callable[[Generator, JsonObject], dict[str, object]]
VERBS: Mapping[str, tuple[str, _Reader]] = {
    "generate": ("new pieces", _generate),
}
