"""The task of training: a model with its table and report; resumed, started from a model, cancelled, refused."""

from __future__ import annotations

import csv
import sys
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from melodyrnn.checkpoint import load_checkpoint, load_metadata
from melodyrnn.errors import Cancelled, MissingExtraError, OutputError, SettingError, UsageError
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.tasks.progress import Cancellation, Progress
from melodyrnn.tasks.train import STARTING, train
from melodyrnn.tasks.train_task import AskedSettings, Compiling, TrainProgress, TrainTask

Names = Callable[[], list[str]]


def test_the_settings_of_the_task_are_those_of_a_training() -> None:
    asked, settings = fields(AskedSettings), fields(TrainingSettings)
    assert [field.name for field in asked] == [field.name for field in settings]
    for one, other in zip(asked, settings, strict=True):
        assert str(one.type) == f"{str(other.type).removesuffix(' | None')} | None"
    assert AskedSettings(units=8, lookbacks=False).given() == {"units": 8, "lookbacks": False}


@pytest.mark.slow
def test_a_model_with_its_table_and_report(trained: Path) -> None:
    assert sorted(path.name for path in trained.parent.iterdir()) == ["h.csv", "m.keras", "r.html"]
    history = load_metadata(trained).training["history"]
    with (trained.parent / "h.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [row["step"] for row in history]
    assert [float(row["train_bits"]) for row in rows] == [row["train_bits"] for row in history]
    page = (trained.parent / "r.html").read_text("utf-8")
    assert "<svg" in page
    assert page.count("<article") >= 6  # a sample of some rounds


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_it_reports_each_step_and_starts_from_a_model(samples: Path, trained: Path, tmp_path: Path) -> None:
    reports: list[Progress] = []
    task = TrainTask(samples, tmp_path / "n.keras", AskedSettings(epochs=1, length=32, batch_size=32), start=trained)
    result = train(task, reports.append)
    assert reports[0] == Progress(0, None, STARTING)
    assert isinstance(reports[1], Compiling)
    steps = [progress for progress in reports if isinstance(progress, TrainProgress)]
    assert len(steps) == len(reports) - 2
    assert steps[-1].done == steps[-1].total
    assert steps[-1].rounds == len(load_metadata(tmp_path / "n.keras").training["history"])
    assert steps[0].validation_bits is None  # no round is complete yet
    assert result.start_bits_per_note == load_metadata(trained).training["network_bits_per_note"]
    assert result.start_bits_per_note is not None
    assert result.validation_bits_per_note is not None
    assert result.validation_bits_per_note <= result.start_bits_per_note


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_a_cancelled_training_keeps_its_best_and_is_resumed(
    samples: Path, tmp_path: Path, tiny: AskedSettings, names: Names
) -> None:
    """In a thread of its own, as a server runs it."""
    cancellation, model = Cancellation(), tmp_path / "m.keras"

    def listen(progress: Progress) -> None:
        if isinstance(progress, TrainProgress) and progress.rounds == 2:
            cancellation.cancel()

    results = []
    thread = threading.Thread(
        target=lambda: results.append(train(TrainTask(samples, model, tiny), listen, cancellation))
    )
    thread.start()
    thread.join()
    (result,) = results
    assert (result.stopped, result.state) == ("interrupt", tmp_path / "m.keras.run")
    assert names() == ["m.keras", "m.keras.run"]
    metadata, _ = load_checkpoint(model)
    assert len(metadata.training["history"]) == 2
    with pytest.raises(SettingError, match=r"--resume must keep the settings of the run: units was 8\. Received: 9"):
        train(TrainTask(samples, model, AskedSettings(units=9), resume=True))
    done = train(TrainTask(samples, model, resume=True))
    assert (done.stopped, done.state) == ("done", None)
    assert load_metadata(model).training["settings"]["units"] == 8
    assert names() == ["m.keras"]


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_a_training_cancelled_before_its_first_round_leaves_nothing(
    samples: Path, tmp_path: Path, tiny: AskedSettings, names: Names
) -> None:
    cancellation = Cancellation()

    def listen(progress: Progress) -> None:
        assert not isinstance(progress, TrainProgress)
        if isinstance(progress, Compiling):
            cancellation.cancel()

    task = TrainTask(samples, tmp_path / "m.keras", tiny, history=tmp_path / "h.csv", report=tmp_path / "r.html")
    with pytest.raises(Cancelled):
        train(task, listen, cancellation)
    assert names() == []


@pytest.mark.slow
def test_a_backend_cannot_be_changed(samples: Path, trained: Path, tmp_path: Path, names: Names) -> None:
    import keras

    running = keras.config.backend()
    other = "jax" if running == "tensorflow" else "tensorflow"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "jax", sys)  # as if it were installed
        with pytest.raises(SettingError, match=rf"it computes with {running}\. Received: {other}"):
            train(TrainTask(samples, tmp_path / "m.keras", backend=other))
    assert names() == []


def test_a_cancelled_training_does_not_start_keras(corpus_folder: Path, tmp_path: Path) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        train(TrainTask(corpus_folder, tmp_path / "m.keras"), None, cancellation)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"output": "m.h5"}, UsageError, "a model's name must end in .keras. Received: m.h5"),
        ({"report": "r.pdf"}, UsageError, "a report's name must end in .html or .png. Received: r.pdf"),
        (
            {"report": "corpus/pieces.json/r.html"},
            OutputError,
            "the folder of an output must be a folder. Received: corpus",
        ),
        (
            {"backend": "jax"},
            MissingExtraError,
            "this needs the extra jax: pip install '.\\[jax]' in the folder of melodyrnn. Received: no jax",
        ),
        ({"settings": AskedSettings(cell="x")}, SettingError, "cell must be one of lstm, gru, rnn, irnn, feedforward"),
    ],
)
def test_what_cannot_be_done_is_refused_before_keras_starts(
    corpus_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    kind: type[Exception],
    words: str,
) -> None:
    monkeypatch.chdir(corpus_folder.parent)
    monkeypatch.setitem(sys.modules, "jax", None)  # which is how Python marks a module that cannot be imported
    reports: list[Progress] = []
    with pytest.raises(kind, match=words.replace(".", r"\.")):
        train(replace(TrainTask(corpus_folder, "m.keras"), **changes), reports.append)  # type: ignore[arg-type]
    assert reports == []
