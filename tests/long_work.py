"""A session with its long work, without a server: its services are called as the application calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waiting import until

from melodyrnn.json_types import JsonObject
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.studio.corpora import Corpora, corpus_view
from melodyrnn.studio.endpoint import Call, Endpoint
from melodyrnn.studio.longwork.queue import WorkQueue
from melodyrnn.studio.trainings import Trainings, training_view


class Session:
    """The corpora and trainings of a session's folder.

    Attributes:
        queue: the queue of its work.
    """

    def __init__(self, root: Path, models: dict[str, str] | None = None) -> None:
        self.queue = WorkQueue(root, {"corpus": corpus_view, "training": training_view})
        services = (Corpora(root, self.queue), Trainings(root, self.queue, lambda: models or {}))
        self._endpoints = [endpoint for service in services for endpoint in service.endpoints()]

    def call(self, method: str, path: str, body: bytes | JsonObject = b"", **query: str) -> JsonObject:
        """Return the JSON that a call is answered with."""
        endpoint, found = self._find(method, path)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = endpoint.handler(Call(found, query, data))
        assert answer.body is not None
        result: JsonObject = json.loads(answer.body)
        return result

    def _find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        wanted = f"/api/{path}".split("/")
        for endpoint in self._endpoints:
            parts = endpoint.path.split("/")
            if endpoint.method == method and len(parts) == len(wanted):
                pairs = list(zip(parts, wanted, strict=True))
                if all(part == word or part.startswith("{") for part, word in pairs):
                    return endpoint, {part[1:-1]: word for part, word in pairs if part.startswith("{")}
        raise LookupError(f"{method} {path}")

    def ended(self, path: str) -> JsonObject:
        """Return a corpus or a training once it no longer waits or runs."""

        def look() -> JsonObject | None:
            found = self.call("GET", path)
            return None if found["status"] in ("queued", "running") else found

        return until(look)


@contextmanager
def session(root: Path, models: dict[str, str] | None = None) -> Iterator[Session]:
    """Return a context with a session, whose watch ends with it."""
    one = Session(root, models)
    try:
        yield one
    finally:
        one.queue.close()


def write_tunes(folder: Path, tunes: list[Score]) -> None:
    """Write tunes as MIDI files, and a text."""
    folder.mkdir(parents=True)
    for number, tune in enumerate(tunes):
        write_piece(to_piece(tune), folder / f"tune{number}.mid")
    (folder / "note.txt").write_text("no music")
