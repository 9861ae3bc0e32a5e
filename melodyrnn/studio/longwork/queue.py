"""The queue of long work: starts the processes one after another, and tells all pages how far each is.

There is one lane for each kind of work: one corpus is read and one model is trained at a time, the others wait. The
order is that of their folders, so a server that starts finds what another left behind: what its process still does goes
on, what was interrupted begins again where it was, and what waited waits.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ...errors import SettingError
from ...json_types import JsonObject
from ..endpoint import EVENT_STREAM, Answer, Call, Endpoint
from ..feed import Feed
from .folder import ENDED, Kind, Status, WorkFolder, all_work, state_of
from .process import start_process

KINDS: tuple[Kind, ...] = ("corpus", "training")
_PAUSE = 0.2  # seconds between two looks at work in progress
_RETRY = 10  # looks between two attempts to start what another server's work keeps from starting
_KEPT_EVENTS = 64

View = Callable[[WorkFolder], JsonObject]


class WorkQueue:
    """Long work below the folder of a session.

    Attributes:
        feed: an event for each change of a work, named by its kind, with what `views` returns; "removed" for one that
            was removed.
    """

    def __init__(self, root: Path, views: Mapping[Kind, View]) -> None:
        """Go on with what was left behind. `views` returns what the pages are told of a work."""
        self.feed = Feed(_KEPT_EVENTS)
        self._root, self._views = root, views
        self._lock = threading.RLock()
        self._children: dict[Path, subprocess.Popen[bytes]] = {}
        self._delays: dict[Path, int] = {}  # looks until a work is started again
        self._told: dict[Path, int] = {}  # the time of each state that was told, in nanoseconds
        self._wake = threading.Event()
        self._is_closed = False
        for kind in KINDS:
            for work in all_work(root, kind):
                if work.state()["status"] == "interrupted" and not work.is_asked_to_stop:
                    work.write_state(state_of("queued", figures=work.written_state()["figures"]))
        threading.Thread(target=self._watch, name="studio-long-work", daemon=True).start()

    def endpoints(self) -> Sequence[Endpoint]:
        summary = "each change of a corpus or a training from now on"
        return (Endpoint("GET", "/api/events", self._follow, summary, gives=EVENT_STREAM),)

    def _follow(self, call: Call) -> Answer:
        return self.feed.answer(self.feed.count)

    def close(self) -> None:
        """End the watch and all streams; the processes go on."""
        self._is_closed = True
        self._wake.set()
        self.feed.close()

    def submit(self, work: WorkFolder) -> None:
        """Let a work wait for its turn, for the first time or again. Raises SettingError where it waits or runs."""
        with self._lock:
            if work.state()["status"] not in {"new", *ENDED}:
                raise SettingError(f"only what has ended can begin again. Received: {work.id}, which is in progress")
            work.withdraw_stop()
            work.write_state(state_of("queued", figures=work.written_state()["figures"]))
            self._tell(work)
        self._wake.set()

    def stop(self, work: WorkFolder) -> None:
        """Let a work end early, or not begin. Raises SettingError where it has ended."""
        with self._lock:
            status = work.state()["status"]
            if status in {"new", *ENDED}:
                raise SettingError(f"only what is in progress can be stopped. Received: {work.id}, which is {status}")
            if status == "queued" and work.path not in self._children:
                work.write_state(state_of("stopped", figures=work.written_state()["figures"]))
            else:
                work.ask_to_stop()
            self._tell(work)

    def remove(self, work: WorkFolder, discarded: Path) -> None:
        """Move the folder of a work that has ended into `discarded`. Raises SettingError where it is in progress."""
        with self._lock:
            if work.state()["status"] not in {"new", *ENDED}:
                raise SettingError(f"what is in progress must be stopped first. Received: {work.id}")
            discarded.mkdir(parents=True, exist_ok=True)
            work.path.rename(discarded / f"{work.kind}-{work.id}")
            self.feed.send("removed", {"id": work.id})

    def _watch(self) -> None:
        """Look after all work until the queue is closed; without any in progress, wait until there is some."""
        while not self._is_closed:
            self._wake.clear()
            with self._lock:
                is_busy = [self._look(kind) for kind in KINDS]
            self._wake.wait(_PAUSE if any(is_busy) else None)

    def _look(self, kind: Kind) -> bool:
        """Tell what has changed, and start what is next; return whether something runs or waits."""
        works = all_work(self._root, kind)
        for work in works:
            self._reap(work)
        status: dict[Path, Status] = {work.path: work.state()["status"] for work in works}
        for work in works:
            if status[work.path] == "running" or work.path in self._told:
                self._tell_news(work, status[work.path])
        waiting = [work for work in works if status[work.path] == "queued"]
        runs = any(one == "running" for one in status.values()) or any(w.path in self._children for w in works)
        if waiting and not runs:
            self._start(waiting[0])
        return runs or bool(waiting)

    def _reap(self, work: WorkFolder) -> None:
        """Take note of a process that has ended; where it did not begin to work, say why, or try again later."""
        child = self._children.get(work.path)
        if child is None or child.poll() is None:
            return
        del self._children[work.path]
        if work.written_state()["status"] != "queued":
            return
        if child.returncode:
            error = work.last_words() or f"its process ended with code {child.returncode}"
            work.write_state(state_of("failed", error=error))
            self._tell(work)
        else:
            self._delays[work.path] = _RETRY

    def _start(self, work: WorkFolder) -> None:
        delay = self._delays.get(work.path, 0)
        if delay:
            self._delays[work.path] = delay - 1
            return
        try:
            self._children[work.path] = start_process(work)
        except OSError as error:
            work.write_state(state_of("failed", error=f"its process cannot be started: {error.strerror}"))
        self._tell(work)

    def _tell_news(self, work: WorkFolder, status: Status) -> None:
        """Tell the state where it was written since it was last told; forget what has ended."""
        written = _time_of_state(work)
        if written != self._told.get(work.path) or status == "interrupted":
            self._tell(work)
        if status in ENDED:
            del self._told[work.path]

    def _tell(self, work: WorkFolder) -> None:
        self._told[work.path] = _time_of_state(work)
        self.feed.send(work.kind, self._views[work.kind](work))


def _time_of_state(work: WorkFolder) -> int:
    try:
        return (work.path / "state.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0
