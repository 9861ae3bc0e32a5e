"""Jobs: in order for a tab, side by side for several, cancelled, refused, bounded and forgotten."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator

import pytest
from waiting import LIMIT, until

from melodyrnn.errors import SettingError
from melodyrnn.studio.endpoint import CallError
from melodyrnn.studio.jobs import MAX_AGE, MAX_ENDED, MAX_OF_TAB, Job, Jobs


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(clock: Clock) -> Iterator[Jobs]:
    found = Jobs(2, clock)
    yield found
    found.close()


def names(job: Job) -> list[str]:
    async def read() -> bytes:
        return b"".join([part async for part in job.feed.follow()])

    return re.findall(r"^event: (.*)$", asyncio.run(read()).decode(), re.MULTILINE)


def text(job: Job) -> str:
    async def read() -> bytes:
        return b"".join([part async for part in job.feed.follow()])

    return asyncio.run(read()).decode()


def nothing(job: Job) -> None:
    """Work that is done at once."""


def test_a_job_sends_what_its_work_finds(jobs: Jobs) -> None:
    job = jobs.add("a", lambda job: job.send("piece", 1))
    assert names(job) == ["piece", "done"]
    assert jobs.find(job.id) is job


def test_the_jobs_of_a_tab_run_one_after_another(jobs: Jobs) -> None:
    order: list[int] = []
    running = threading.Semaphore(1)

    def work(number: int) -> None:
        assert running.acquire(blocking=False)
        order.append(number)
        running.release()

    made = [jobs.add("a", lambda job, number=number: work(number)) for number in range(40)]
    assert [names(job) for job in made] == [["done"]] * 40
    assert order == list(range(40))


def test_a_tab_does_not_wait_for_another(jobs: Jobs) -> None:
    both = threading.Barrier(2)
    one, other = (jobs.add(tab, lambda job: both.wait(LIMIT) and None) for tab in "ab")
    assert (names(one), names(other)) == (["done"], ["done"])


def test_jobs_are_cancelled_while_they_wait_and_while_they_run(jobs: Jobs) -> None:
    begun = threading.Event()

    def work(job: Job) -> None:
        begun.set()
        until(lambda: job.cancellation.is_cancelled)
        job.cancellation.check()

    running = jobs.add("a", work)
    waiting = jobs.add("a", nothing)
    assert begun.wait(LIMIT)
    jobs.cancel(waiting.id)
    assert names(waiting) == ["cancelled"]
    jobs.cancel(running.id)
    assert names(running) == ["cancelled"]
    jobs.cancel(running.id)
    assert names(running) == ["cancelled"]


def test_a_job_may_replace_the_older_ones_of_its_tab(jobs: Jobs) -> None:
    hold = threading.Event()
    other = jobs.add("b", lambda job: hold.wait(LIMIT) and None)
    first = jobs.add("a", lambda job: until(lambda: job.cancellation.check()))
    second, third = jobs.add("a", nothing), jobs.add("a", nothing, replaces=True)
    assert [names(job) for job in (first, second, third)] == [["cancelled"], ["cancelled"], ["done"]]
    hold.set()
    assert names(other) == ["done"]


def test_a_refusal_is_one_line_and_names_the_wish(jobs: Jobs) -> None:
    def refuse(job: Job) -> None:
        raise CallError("tempo must be\n4..1000", wish="tempo")

    def fail(job: Job) -> None:
        raise SettingError("bars must be >= 1")

    assert '{"message":"tempo must be 4..1000","wish":"tempo"}' in text(jobs.add("a", refuse))
    assert '{"message":"bars must be >= 1","wish":null}' in text(jobs.add("a", fail))


def test_too_many_are_refused(jobs: Jobs) -> None:
    hold = threading.Event()
    begun = threading.Event()
    jobs.add("a", lambda job: begun.set() or (hold.wait(LIMIT) and None))
    assert begun.wait(LIMIT)
    made = [jobs.add("a", nothing) for _ in range(MAX_OF_TAB)]
    with pytest.raises(CallError, match=rf"at most {MAX_OF_TAB} calls of a tab may wait, 256 of all\. Received: one"):
        jobs.add("a", nothing)
    jobs.add("b", nothing)
    jobs.add("a", nothing, replaces=True)  # which makes room
    hold.set()
    assert names(made[-1]) == ["cancelled"]


def test_ended_jobs_are_forgotten_by_number_and_by_age(jobs: Jobs, clock: Clock) -> None:
    first = jobs.add("a", nothing)
    made = [jobs.add(f"tab {number}", nothing) for number in range(MAX_ENDED + 20)]
    for job in [first, *made]:
        assert names(job) == ["done"]
        until(lambda job=job: job.ended is not None)
    assert len(jobs) <= MAX_ENDED + 1
    with pytest.raises(CallError, match=r"a job must be one that was asked for a short while ago\. Received: another"):
        jobs.find(first.id)
    assert jobs.find(made[-1].id) is made[-1]
    clock.now = MAX_AGE + 1
    last = jobs.add("a", nothing)
    assert names(last) == ["done"]
    until(lambda: len(jobs) == 1)


def test_closing_ends_every_reader() -> None:
    jobs = Jobs(1)
    begun = threading.Event()
    running = jobs.add("a", lambda job: begun.set() or until(lambda: job.cancellation.check()))
    waiting = jobs.add("a", nothing)
    assert begun.wait(LIMIT)
    jobs.close()
    assert names(waiting) == ["cancelled"]
    assert names(running) == ["cancelled"]
    with pytest.raises(CallError, match="at most"):
        jobs.add("a", nothing)
