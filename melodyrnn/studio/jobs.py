"""Jobs: work for the tabs of a browser, in threads of the server, each with a feed of events.

The jobs of a tab run one after another, so that its answers come in order; those of several tabs run side by side. No
more wait than `MAX_WAITING` and `MAX_OF_TAB`; ended ones are forgotten after a while.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import Cancelled, MelodyRNNError
from ..tasks.progress import Cancellation
from .endpoint import CallError, one_line
from .feed import Feed

NUM_WORKERS = 2  # threads; NumPy leaves one core to a job, and a second tab does not wait for a long one
MAX_WAITING = 256
MAX_OF_TAB = 64
MAX_ENDED = 64  # jobs whose events can still be read
MAX_AGE = 300.0  # seconds for which they can
_LAST = ("done", "cancelled", "refused")  # the events that end a job

Work = Callable[["Job"], None]


@dataclass(eq=False, slots=True)
class Job:
    """A piece of work.

    Attributes:
        tab: the tab that it is for.
        work: sends what it finds as events, and raises what ends it early.
        ended: when it ended, in seconds of the clock; None while it waits or runs.
    """

    tab: str
    work: Work
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    feed: Feed = field(default_factory=Feed)
    cancellation: Cancellation = field(default_factory=Cancellation)
    ended: float | None = None

    def send(self, name: str, data: object) -> None:
        """Send an event."""
        self.feed.send(name, data)

    def run(self) -> None:
        """Do the work and send the event that ends it."""
        try:
            self.cancellation.check()
            self.work(self)
            self.feed.send("done", {}, last=True)
        except Cancelled:
            self.feed.send("cancelled", {}, last=True)
        except MelodyRNNError as error:
            self._refuse(one_line(str(error)), error.wish if isinstance(error, CallError) else None)
        except Exception as error:
            self._refuse(f"the studio has a fault: {type(error).__name__}: {error}", None)
            raise

    def _refuse(self, message: str, wish: str | None) -> None:
        self.feed.send("refused", {"message": message, "wish": wish}, last=True)


class Jobs:
    """The jobs of all tabs, and the threads that do them."""

    def __init__(self, num_workers: int = NUM_WORKERS, clock: Callable[[], float] = time.monotonic) -> None:
        self._changed = threading.Condition()
        self._jobs: OrderedDict[str, Job] = OrderedDict()  # in order of arrival
        self._waiting: list[Job] = []
        self._busy: set[str] = set()  # tabs one of whose jobs runs
        self._is_closed = False
        self._clock = clock
        for number in range(num_workers):
            threading.Thread(target=self._work, name=f"studio-{number}", daemon=True).start()

    def __len__(self) -> int:
        """The number of jobs that are known."""
        return len(self._jobs)

    def add(self, tab: str, work: Work, replaces: bool = False) -> Job:
        """Return a new job that waits for its turn.

        Args:
            replaces: whether the older jobs of the tab are cancelled.

        Raises:
            CallError: where too many jobs wait already.
        """
        job = Job(tab, work)
        with self._changed:
            if replaces:
                for older in self._jobs.values():
                    if older.tab == tab and older.ended is None:
                        self._cancel(older)
            of_tab = sum(one.tab == tab for one in self._waiting)
            if len(self._waiting) >= MAX_WAITING or of_tab >= MAX_OF_TAB or self._is_closed:
                raise CallError(
                    f"at most {MAX_OF_TAB} calls of a tab may wait, {MAX_WAITING} of all. "
                    f"Received: one more than {of_tab} and {len(self._waiting)}",
                    429,
                )
            self._forget()
            self._jobs[job.id] = job
            self._waiting.append(job)
            self._changed.notify()
        return job

    def find(self, id: str) -> Job:
        """Return a job. Raises CallError where there is none, or none any more."""
        with self._changed:
            job = self._jobs.get(id)
        if job is None:
            raise CallError("a job must be one that was asked for a short while ago. Received: another", 404)
        return job

    def cancel(self, id: str) -> None:
        """End a job early; one that has ended stays as it is. Raises CallError where there is none."""
        job = self.find(id)
        with self._changed:
            self._cancel(job)

    def close(self) -> None:
        """Cancel all jobs and end the threads."""
        with self._changed:
            self._is_closed = True
            for job in self._jobs.values():
                self._cancel(job)
                job.feed.send("cancelled", {}, last=True)  # also of one that runs and looks late
            self._changed.notify_all()

    def _cancel(self, job: Job) -> None:
        job.cancellation.cancel()
        if job in self._waiting:
            self._waiting.remove(job)
            job.feed.send("cancelled", {}, last=True)
            job.ended = self._clock()

    def _forget(self) -> None:
        """Drop the ended jobs that are too many or too old."""
        ended = [job for job in self._jobs.values() if job.ended is not None]
        oldest = self._clock() - MAX_AGE
        for number, job in enumerate(reversed(ended)):
            if number >= MAX_ENDED or (job.ended or 0) < oldest:
                del self._jobs[job.id]

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job.run()
            finally:
                with self._changed:
                    job.ended = self._clock()
                    self._busy.discard(job.tab)
                    self._forget()
                    self._changed.notify_all()

    def _next(self) -> Job | None:
        """Wait for a job of a tab that has none running, and return it; None at the end."""
        with self._changed:
            while True:
                if self._is_closed:
                    return None
                for job in self._waiting:
                    if job.tab not in self._busy:
                        self._waiting.remove(job)
                        self._busy.add(job.tab)
                        return job
                self._changed.wait()
