"""The queue: one work of a kind at a time, in order; what cannot begin says why; all pages hear of each change."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from waiting import until

from melodyrnn.json_types import JsonObject
from melodyrnn.studio.feed import Feed
from melodyrnn.studio.longwork.folder import WorkFolder, new_work, state_of
from melodyrnn.studio.longwork.queue import WorkQueue

Told = list[tuple[str, str]]  # the id and the status of each event


@contextmanager
def queue_of(root: Path, told: Told | None = None) -> Iterator[WorkQueue]:
    """A queue; `told` receives what the pages are told."""

    def view(work: WorkFolder) -> JsonObject:
        status = work.state()["status"]
        if told is not None:
            told.append((work.id, status))
        return {"id": work.id, "status": status}

    queue = WorkQueue(root, {"corpus": view, "training": view})
    try:
        yield queue
    finally:
        queue.close()


def sent(feed: Feed) -> list[tuple[str, JsonObject]]:
    """All events of a feed that is closed."""

    async def read() -> bytes:
        return b"".join([part async for part in feed.follow()])

    events = [event.splitlines() for event in asyncio.run(read()).decode().split("\n\n") if event]
    return [(lines[1].removeprefix("event: "), json.loads(lines[2].removeprefix("data: "))) for lines in events]


def corpus_of(root: Path, created: float) -> WorkFolder:
    """A corpus of a folder that is not there."""
    return new_work(root, "corpus", {"created": created, "name": "x", "place": str(root / "none"), "options": []})


def test_each_is_done_in_its_turn_and_told(tmp_path: Path) -> None:
    one, other = (corpus_of(tmp_path, created) for created in (1.0, 2.0))
    told: Told = []
    with queue_of(tmp_path, told) as queue:
        for work in (one, other):
            queue.submit(work)
        until(lambda: told[-1] == (other.id, "failed"))
    assert told[:2] == [(one.id, "queued"), (other.id, "queued")]
    assert told.index((one.id, "failed")) < told.index((other.id, "failed"))
    assert sent(queue.feed) == [("corpus", {"id": name, "status": status}) for name, status in told]


@pytest.mark.parametrize(
    ("executable", "error"),
    [
        ("/bin/false", "its process ended with code 1"),
        ("/no/such/python", "its process cannot be started: No such file or directory"),
    ],
)
def test_what_cannot_begin_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str, error: str
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    work = corpus_of(tmp_path, 1.0)
    with queue_of(tmp_path) as queue:
        queue.submit(work)
        until(lambda: work.state()["status"] == "failed")
    assert work.state() == state_of("failed", error=error)


def test_work_of_another_server_is_waited_for(tmp_path: Path) -> None:
    """It runs in a process that this server did not start; what waits behind it begins when that ends."""
    foreign, mine = corpus_of(tmp_path, 1.0), corpus_of(tmp_path, 2.0)
    told: Told = []
    with foreign.lock as lock, queue_of(tmp_path, told) as queue:
        assert lock.acquire()
        foreign.write_state(state_of("running", "reading files"))
        queue.submit(mine)
        until(lambda: (foreign.id, "running") in told)
        assert mine.state()["status"] == "queued"
        foreign.write_state(state_of("done"))
        lock.release()
        until(lambda: told[-1] == (mine.id, "failed"))
    assert told.index((foreign.id, "done")) < told.index((mine.id, "failed"))


def test_what_was_asked_to_stop_does_not_begin_again(tmp_path: Path) -> None:
    """Its process was killed before it could stop."""
    work = corpus_of(tmp_path, 1.0)
    work.write_state(state_of("running", "reading files"))
    work.ask_to_stop()
    with queue_of(tmp_path):
        assert work.state()["status"] == "interrupted"
    assert not work.process.exists()


def test_what_is_removed_is_told_and_kept_aside(tmp_path: Path) -> None:
    work = corpus_of(tmp_path, 1.0)
    with queue_of(tmp_path) as queue:
        queue.remove(work, tmp_path / "discarded")
    assert sent(queue.feed) == [("removed", {"id": work.id})]
    assert [path.name for path in (tmp_path / "discarded").iterdir()] == [f"corpus-{work.id}"]
    assert not work.path.exists()
