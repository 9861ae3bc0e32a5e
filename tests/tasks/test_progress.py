"""Progress is passed on in order, and a cancellation is seen before the next unit."""

from __future__ import annotations

import threading

import pytest

from melodyrnn.errors import Cancelled, MelodyRNNError
from melodyrnn.tasks.progress import Cancellation, Progress, reporter

STEPS = [Progress(n, 3, "testing") for n in range(4)]


def test_a_listener_receives_all_progress_in_order() -> None:
    reports: list[Progress] = []
    report = reporter(reports.append, Cancellation())
    for step in STEPS:
        report(step)
    assert reports == STEPS


def test_without_a_listener_nothing_happens() -> None:
    for step in STEPS:
        reporter(None, None)(step)


def test_a_cancellation_is_checked_before_the_listener_is_called() -> None:
    reports: list[Progress] = []
    cancellation = Cancellation()
    report = reporter(reports.append, cancellation)
    report(STEPS[0])
    assert not cancellation.is_cancelled
    cancellation.cancel()
    assert cancellation.is_cancelled
    with pytest.raises(Cancelled, match="the task was cancelled"):
        report(STEPS[1])
    assert reports == STEPS[:1]


def test_another_thread_may_cancel() -> None:
    cancellation = Cancellation()
    thread = threading.Thread(target=cancellation.cancel)
    thread.start()
    thread.join()
    with pytest.raises(MelodyRNNError):  # as whatever melodyrnn does not do
        cancellation.check()
