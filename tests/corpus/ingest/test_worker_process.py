"""Worker processes as their parent sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.sources import Source
from melodyrnn.corpus.ingest.worker_process import WorkerError, WorkerProcess
from melodyrnn.errors import CorpusError


def test_a_worker_that_is_killed_from_outside(folder: Path) -> None:
    sources = find_files([folder])
    worker = WorkerProcess(IngestConfig())
    assert len(worker.ask(sources[:3])) == 3
    worker.process.kill()
    with pytest.raises(WorkerError, match="the reader crashed"):
        worker.ask(sources[:3])


def test_a_worker_that_cannot_start() -> None:
    worker = WorkerProcess(IngestConfig(examine="nowhere:nothing"))
    with pytest.raises(CorpusError, match=r"a worker process must start\. Received: exit code"):
        worker.ask([Source("a.mid")])
