"""The task of ingesting: a corpus and counts, or, where it is cancelled, nothing at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.config import Filters
from melodyrnn.corpus.store import is_corpus, open_corpus
from melodyrnn.errors import Cancelled, CorpusError, OutputError
from melodyrnn.shipped import data_folder
from melodyrnn.tasks.ingest import READING, IngestTask, ingest
from melodyrnn.tasks.progress import Cancellation, Progress

Names = Callable[[], list[str]]


def test_the_result_counts_what_the_corpus_holds(tmp_path: Path) -> None:
    reports: list[Progress] = []
    result = ingest(IngestTask(("samples",), tmp_path / "c", Filters(min_notes=40), workers=1), reports.append)
    corpus = open_corpus(tmp_path / "c")
    assert result.output == tmp_path / "c"
    assert sum(result.summary.splits.values()) == len(corpus.melodies("all"))
    lines = [json.loads(line) for line in result.report.read_text("utf-8").splitlines()]
    assert result.summary.dropped["too few notes"] == sum(line["reason"] == "too few notes" for line in lines)
    assert [(p.done, p.total, p.stage) for p in reports[:1]] == [(0, None, READING)]
    assert [p.done for p in reports[1:]] == list(range(1, result.summary.num_files + 1))
    assert {p.total for p in reports[1:]} == {result.summary.num_files}


def test_a_folder_called_samples_is_taken_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples").mkdir()
    with pytest.raises(CorpusError, match=r"must hold music .* Received: samples"):
        ingest(IngestTask(("samples",), "c"))


@pytest.mark.parametrize("after", [0, 1, 7])
def test_a_cancelled_ingest_leaves_nothing(tmp_path: Path, names: Names, after: int) -> None:
    cancellation = Cancellation()

    def listen(progress: Progress) -> None:
        assert progress.done <= after
        if progress.done == after:
            cancellation.cancel()

    with pytest.raises(Cancelled):
        ingest(IngestTask((data_folder("samples"),), tmp_path / "c", workers=1), listen, cancellation)
    assert names() == []


def test_a_cancelled_ingest_leaves_the_old_corpus(tmp_path: Path, corpus_folder: Path, names: Names) -> None:
    before = {path: path.read_bytes() for path in corpus_folder.iterdir()}
    assert is_corpus(corpus_folder)
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        ingest(IngestTask(("samples",), corpus_folder, force=True), None, cancellation)
    assert {path: path.read_bytes() for path in corpus_folder.iterdir()} == before
    assert [name for name in names() if "/" not in name] == ["corpus"]


def test_it_runs_in_a_thread_and_is_cancelled_from_another(tmp_path: Path, names: Names) -> None:
    cancellation, reached, go_on = Cancellation(), threading.Event(), threading.Event()
    ended: list[BaseException] = []

    def listen(progress: Progress) -> None:
        if progress.done == 1:
            reached.set()
            go_on.wait()

    def work() -> None:
        try:
            ingest(IngestTask(("samples",), tmp_path / "c", workers=1), listen, cancellation)
        except Cancelled as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    reached.wait()
    cancellation.cancel()
    go_on.set()
    thread.join()
    assert len(ended) == 1
    assert names() == []


def test_what_exists_is_not_overwritten(corpus_folder: Path) -> None:
    with pytest.raises(OutputError, match="must not exist yet"):
        ingest(IngestTask(("samples",), corpus_folder))
