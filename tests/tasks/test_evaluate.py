"""The task of evaluating: figures as data, and an end before the baselines where it is cancelled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from melodyrnn.errors import Cancelled, UsageError
from melodyrnn.tasks.evaluate import BASELINES, EvaluateTask, evaluate
from melodyrnn.tasks.progress import Cancellation, Progress


def test_evaluation_is_data(model_file: Path, corpus_folder: Path) -> None:
    reports: list[Progress] = []
    result = evaluate(EvaluateTask(model_file, corpus_folder, pieces=True), reports.append)
    figures = json.loads(json.dumps(result.figures))
    parts = [*figures["fields"].values(), figures["key"], figures["length"]]
    assert figures["bits_per_note"] == pytest.approx(sum(parts))
    assert [piece["notes"] for piece in figures["by_piece"]] == [16]
    assert set(figures["baselines"]) >= {"order 0", "PPM both"}
    assert not result.lacks_baselines
    assert [(p.done, p.total) for p in reports] == [(0, 1), (1, 1), (1, 1)]
    assert reports[-1].stage == BASELINES


def test_baselines_never_learn_what_they_are_measured_on(model_file: Path, corpus_folder: Path) -> None:
    result = evaluate(EvaluateTask(model_file, corpus_folder, "train"))
    assert result.lacks_baselines
    assert "baselines" not in result.figures
    assert not evaluate(EvaluateTask(model_file, corpus_folder, "train", baselines=False)).lacks_baselines


def test_a_folder_of_midi_has_no_splits(model_file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--split is for a corpus; .* Received: test"):
        evaluate(EvaluateTask(model_file, tmp_path, "test"))


def test_a_cancelled_evaluation_ends_before_the_baselines(model_file: Path, corpus_folder: Path) -> None:
    cancellation, stages = Cancellation(), []

    def listen(progress: Progress) -> None:
        stages.append(progress.stage)
        if progress.done:
            cancellation.cancel()

    with pytest.raises(Cancelled):
        evaluate(EvaluateTask(model_file, corpus_folder), listen, cancellation)
    assert BASELINES not in stages
