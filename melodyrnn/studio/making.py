"""The endpoints that make music with a model: as jobs with events for the page, and at once for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..generation.drawn_note import DrawnNote
from ..json_types import JsonObject
from .endpoint import MAX_JSON, Answer, Call, CallError, Endpoint, answer_json
from .jobs import Job, Jobs
from .library import Library
from .models import Models
from .reading import a_flag, a_name, a_text
from .verbs import VERBS, documents_of, read_order

_MIDI = "audio/midi"
_MAX_TAB = 64
_OF_JOBS = ("verb", "tab", "replaces")


class Making:
    """The verbs as endpoints."""

    def __init__(self, models: Models, library: Library, jobs: Jobs) -> None:
        self._models = models
        self._library = library
        self._jobs = jobs

    def endpoints(self) -> Sequence[Endpoint]:
        made = (
            Endpoint("POST", f"/api/{name}", partial(self._at_once, name), verb.summary, MAX_JSON, "Order", "Pieces")
            for name, verb in VERBS.items()
        )
        return (
            Endpoint("POST", "/api/jobs", self._begin, "begin a job of a verb", MAX_JSON, "JobOrder", "Job"),
            Endpoint("GET", "/api/jobs/{id}/events", self._events, "the events of a job", gives="text/event-stream"),
            Endpoint("DELETE", "/api/jobs/{id}", self._cancel, "cancel a job"),
            *made,
        )

    def close(self) -> None:
        self._jobs.close()

    def run(self, job: Job, verb: str, found: JsonObject) -> None:
        """Do what the body of a call asks, and send what comes of it as events of a job."""
        order = read_order(verb, found, self._models, self._library)
        documents = documents_of(order, self._library, job.cancellation, lambda note: _tell(job, note))
        for candidate, document in enumerate(documents):
            job.send("piece", {"candidate": candidate, "document": document})

    def _begin(self, call: Call) -> Answer:
        found = call.json()
        verb = a_name(found.get("verb"), VERBS, "verb")
        tab = a_text(found.get("tab", ""), _MAX_TAB, "tab")
        replaces = a_flag(found.get("replaces", False), "replaces")
        order = {name: value for name, value in found.items() if name not in _OF_JOBS}
        job = self._jobs.add(tab, lambda job: self.run(job, verb, order), replaces)
        return answer_json({"job": job.id}, 202)

    def _events(self, call: Call) -> Answer:
        return self._jobs.find(call.path["id"]).feed.answer(call.first_event)

    def _cancel(self, call: Call) -> Answer:
        self._jobs.cancel(call.path["id"])
        return answer_json({})

    def _at_once(self, verb: str, call: Call) -> Answer:
        order = read_order(verb, call.json(), self._models, self._library)
        as_midi = _MIDI in call.accept
        if as_midi and order.request.num != 1:
            raise CallError(f"a MIDI file must hold one piece. Received: num {order.request.num}", wish="num")
        documents = documents_of(order, self._library)
        if as_midi:
            return Answer(self._library.midi(documents[0]), _MIDI)
        return answer_json({"pieces": documents})


def _tell(job: Job, note: DrawnNote) -> None:
    """Send a note as it is drawn; those of a higher attempt take the place of all before them."""
    row = [note.onset, note.duration, note.pitch, note.velocity, note.track]
    job.send("notes", {"candidate": note.piece - 1, "notes": [row], "attempt": note.attempt})
