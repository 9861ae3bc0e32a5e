"""The folder of a piece of long work: what was asked, how far it is, and whether its process lives.

    ID/task.json    what was asked; written once, by the server
    ID/state.json   how far it is; written by the process that works, and by the server while there is none
    ID/stop         a request to end early
    ID/lock         held by the process that works
    ID/process      the id of that process, for people who want to end it; nothing else relies on it
    ID/log.txt      what that process printed

All that a server must know after it was killed stands there, so nothing of it is kept in memory alone.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict, cast

from ...errors import OutputError
from ...files import write_text
from ...json_types import JsonObject
from .lock import Lock, is_held

Kind = Literal["corpus", "training"]
Status = Literal["new", "queued", "running", "done", "stopped", "failed", "interrupted"]
ENDED: frozenset[Status] = frozenset(("done", "stopped", "failed", "interrupted"))
_FOLDERS: dict[Kind, str] = {"corpus": "corpora", "training": "trainings"}
_ID = re.compile(r"[0-9a-f]{12}")
_LOG_BYTES = 10_000  # of the end of a log, in which an error is looked for
_TRACEBACK = "Traceback (most recent call last):"


class State(TypedDict):
    """How far the work is.

    Attributes:
        status: "new" before it is asked to begin; "interrupted" where its process ended without a word.
        stage: what it is doing; `done` of `total` units of that are done, None where their number is not known.
        error: why it failed, in one line.
        figures: what it has found, by kind of work.
    """

    status: Status
    stage: str
    done: int
    total: int | None
    error: str | None
    figures: JsonObject


def state_of(status: Status, stage: str = "", error: str | None = None, figures: JsonObject | None = None) -> State:
    """Return a state in which no units are counted."""
    return {"status": status, "stage": stage, "done": 0, "total": None, "error": error, "figures": figures or {}}


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """The folder of a piece of long work."""

    path: Path
    kind: Kind

    @property
    def id(self) -> str:
        return self.path.name

    def task(self) -> JsonObject:
        """Return what was asked. Raises OutputError where it cannot be read."""
        try:
            return cast(JsonObject, json.loads((self.path / "task.json").read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise OutputError(f"the folder of a long work must hold its task.json. Received: {self.path}") from error

    def write_task(self, task: JsonObject) -> None:
        """Write what is asked. Raises OutputError."""
        write_text(self.path / "task.json", json.dumps(task, indent=1), force=True)

    def state(self) -> State:
        """Return how far it is. Work that says it runs, without a process that does, was interrupted."""
        state = self.written_state()
        if state["status"] == "running" and not self.is_alive():
            state = self.written_state()  # it may have ended in between
            if state["status"] == "running":
                state["status"] = "interrupted"
                state["error"] = self.last_words() or "its process ended without a word"
        return state

    def written_state(self) -> State:
        """Return what stands in state.json."""
        try:
            return cast(State, json.loads((self.path / "state.json").read_text("utf-8")))
        except FileNotFoundError:
            return state_of("new")
        except (OSError, ValueError):  # a machine that lost its power while it was written
            return state_of("running")

    def write_state(self, state: State) -> None:
        """Write how far it is, atomically. Raises OutputError."""
        write_text(self.path / "state.json", json.dumps(state), force=True)

    @property
    def lock(self) -> Lock:
        """The lock that the process holds which works."""
        return Lock(self.path / "lock")

    def is_alive(self) -> bool:
        """Return whether a process works on it."""
        return is_held(self.path / "lock")

    @property
    def process(self) -> Path:
        return self.path / "process"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    def last_words(self) -> str:
        """Return the error that its process printed last; empty where it printed none, but perhaps what is no error."""
        try:
            text = self.log.read_bytes()[-_LOG_BYTES:].decode("utf-8", "replace")
        except OSError:
            return ""
        _, found, rest = text.rpartition(_TRACEBACK)
        # The error is the first line that is not indented, as those of the traceback are.
        return next((line.strip() for line in rest.split("\n")[1:] if line[:1].strip()), "") if found else ""

    @property
    def is_asked_to_stop(self) -> bool:
        return (self.path / "stop").exists()

    def ask_to_stop(self) -> None:
        """Ask its process to end early."""
        (self.path / "stop").touch()

    def withdraw_stop(self) -> None:
        """Forget that it was asked to end."""
        (self.path / "stop").unlink(missing_ok=True)


def folder_of(root: Path, kind: Kind) -> Path:
    """Return the folder that holds all long work of a kind, below the folder of a session."""
    return root / "work" / _FOLDERS[kind]


def new_work(root: Path, kind: Kind, task: JsonObject) -> WorkFolder:
    """Make the folder of a new work below the folder of a session. Raises OutputError."""
    work = WorkFolder(folder_of(root, kind) / secrets.token_hex(6), kind)
    work.write_task(task)  # which makes the folder
    return work


def all_work(root: Path, kind: Kind) -> list[WorkFolder]:
    """Return all work of a kind, the oldest first."""
    found = [(created, work.id, work) for work in _works(root, kind) if (created := _created(work)) is not None]
    return [work for _, _, work in sorted(found, key=lambda one: one[:2])]


def _created(work: WorkFolder) -> float | None:
    """Return when a work was asked for; None where its server was killed before it had written that down."""
    try:
        return float(work.task()["created"])
    except OutputError:
        return None


def _works(root: Path, kind: Kind) -> Iterator[WorkFolder]:
    folder = folder_of(root, kind)
    if folder.is_dir():
        yield from (WorkFolder(path, kind) for path in folder.iterdir() if _ID.fullmatch(path.name))


def find_work(root: Path, kind: Kind, name: str) -> WorkFolder | None:
    """Return the work with an id; None where there is none."""
    return next((work for work in all_work(root, kind) if work.id == name), None)
