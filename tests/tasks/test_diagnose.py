"""The task of diagnosing: a verdict with its figures and tables, and nothing where it is cancelled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.errors import Cancelled
from melodyrnn.tasks.diagnose import DiagnoseTask, diagnose
from melodyrnn.tasks.progress import Cancellation, Progress

Names = Callable[[], list[str]]


@pytest.mark.slow
def test_a_diagnosis_is_data_and_tables(trained: Path, samples: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    task = DiagnoseTask(trained, samples, page=tmp_path / "d.html", picture=tmp_path / "d.png")
    result = diagnose(task)
    found = json.loads(json.dumps(result.to_json()))
    assert found["verdict"] == result.verdict.word
    assert len(found["influence"]) == 1
    assert len(found["influence"][0]) == len(found["distances"]) == len(found["pieces"])
    assert len(result.influence_table.splitlines()) == 1 + len(found["distances"])
    assert result.norms_table.startswith("gradients in training, norms over all weights, clipped at 1:")
    assert result.verdict_text.startswith(f"{result.verdict.word}\n  ")
    assert result.norms_table in (tmp_path / "d.html").read_text("utf-8")
    assert (tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_cancelled_diagnosis_writes_nothing(trained: Path, samples: Path, tmp_path: Path, names: Names) -> None:
    cancellation = Cancellation()

    def listen(progress: Progress) -> None:
        assert progress.done == 0
        cancellation.cancel()

    with pytest.raises(Cancelled):
        diagnose(DiagnoseTask(trained, samples, page=tmp_path / "d.html"), listen, cancellation)
    assert names() == []
