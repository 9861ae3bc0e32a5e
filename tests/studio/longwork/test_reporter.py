"""A reporter writes how far a work is, not too often, and hears that it shall stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.studio.longwork.folder import WorkFolder, new_work
from melodyrnn.studio.longwork.reporter import Reporter
from melodyrnn.tasks.progress import Progress


@pytest.fixture
def work(tmp_path: Path) -> WorkFolder:
    return new_work(tmp_path, "corpus", {"created": 0.0})


def test_progress_is_written_now_and_then_and_news_at_once(work: WorkFolder) -> None:
    now = [0.0]
    reporter = Reporter(work, lambda: now[0])

    def written(done: int, stage: str, has_news: bool = False) -> bool:
        reporter(Progress(done, 9, stage), has_news)
        return work.written_state()["done"] == done

    assert written(1, "reading")
    assert not written(2, "reading")
    assert written(3, "reading", has_news=True)
    assert written(4, "writing")
    now[0] = 1.0
    assert written(5, "writing")


def test_it_cancels_once_it_is_asked_to_stop(work: WorkFolder) -> None:
    reporter = Reporter(work)
    reporter(Progress(1, 9, "reading"))
    assert not reporter.cancellation.is_cancelled
    work.ask_to_stop()
    reporter(Progress(2, 9, "reading"))
    assert reporter.cancellation.is_cancelled
