"""`train` and `diagnose` as a user types them: tables, pages, states, and refusals before training starts."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from plain import make_plain

from melodyrnn.checkpoint import load_metadata
from melodyrnn.cli.main import run
from melodyrnn.shipped import data_folder
from melodyrnn.tasks.progress import Cancellation, Progress
from melodyrnn.tasks.train import train
from melodyrnn.tasks.train_task import AskedSettings, TrainProgress, TrainTask

# Ten rounds of one step: too few for XLA, whose compilation takes longer than the training.
TINY = ["--epochs", "2", "--units", "8", "--layers", "1", "--length", "32", "--batch-size", "32"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "c"
    assert run(["ingest", str(data_folder("samples")), "-o", str(path)]) == 0
    return make_plain(path)


@pytest.mark.slow
def test_a_training_leaves_model_table_page_and_no_state(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("tensorboard")
    model = tmp_path / "m.keras"
    options = ["--cell", "gru", "--history", f"{tmp_path}/h.csv", "--report", f"{tmp_path}/r.html"]
    options += ["--tensorboard", f"{tmp_path}/tb"]
    assert run(["train", str(corpus), "-o", str(model), *TINY, *options]) == 0
    assert "bits per note on the validation split" in capsys.readouterr().out
    assert not Path(f"{model}.run").exists()
    with (tmp_path / "h.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [row["step"] for row in load_metadata(model).training["history"]]
    assert float(rows[-1]["validation_bits"]) < float(rows[0]["validation_bits"])
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "<svg" in page
    assert "Gradient norm" in page
    assert page.count("<article") >= 6  # a sample of some rounds
    assert list((tmp_path / "tb").rglob("events.out.*"))

    assert run(["generate", "--checkpoint", str(model), "-o", f"{tmp_path}/out", "--num", "1", "--bars", "4"]) == 0
    assert len(list((tmp_path / "out").glob("*.mid"))) == 1

    pages = ["--html", f"{tmp_path}/d.html", "--png", f"{tmp_path}/d.png"]
    capsys.readouterr()
    assert run(["diagnose", str(model), str(corpus), "--json", *pages]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] in ("healthy", "vanishing", "exploding")
    assert len(found["influence"]) == 1
    assert len(found["influence"][0]) == len(found["distances"])
    assert "How far back the loss reaches" in (tmp_path / "d.html").read_text("utf-8")
    assert (tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")
    assert run(["diagnose", str(model), str(corpus)]) == 0
    assert "notes back" in capsys.readouterr().out


@pytest.mark.slow
def test_without_a_validation_split_it_runs_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, model = tmp_path / "c", tmp_path / "m.keras"
    samples = str(data_folder("samples"))
    assert run(["ingest", samples, "-o", str(corpus), "--validation", "0", "--test", "0"]) == 0
    make_plain(corpus)
    assert run(["train", str(corpus), "-o", str(model), *TINY, "--cell", "feedforward", "--no-lookbacks"]) == 0
    assert "no validation split" in capsys.readouterr().out
    assert load_metadata(model).training["validation_bits_per_note"] is None
    assert load_metadata(model).network["lookbacks"] is False
    assert run(["info", str(model)]) == 0
    assert run(["diagnose", str(model), str(corpus)]) == 1
    assert "a feed-forward one sees its window of 16 notes and no further" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--time", "soon"], 2, "a time must be like 90s, 30m or 2h. Received: 'soon'"),
        (["--time", "0s"], 2, "a time must be like 90s, 30m or 2h. Received: '0s'"),
        (["--report", "r.pdf"], 2, "a report's name must end in .html or .png. Received: r.pdf"),
        (["--cell", "transformer"], 1, "cell must be one of lstm, gru, rnn, irnn, feedforward. Received: transformer"),
        (["--activation", "relu"], 1, "activation must be tanh unless the cell is rnn. Received: relu"),
        (["--patience", "0"], 2, "0.0 is not in the range 0<x<=1"),
        (["--from", "nothing.keras"], 1, "a model file must exist. Received: nothing.keras"),
    ],
)
def test_options_that_cannot_be_met_are_refused_at_once(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, words: str
) -> None:
    assert run(["train", str(corpus), "-o", f"{tmp_path}/m.keras", *options]) == code
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_run_that_was_stopped_is_not_lost_by_starting_another(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "m.keras.run"
    state.write_bytes(b"hours of work")
    assert run(["train", str(corpus), "-o", f"{tmp_path}/m.keras"]) == 1
    assert f"must be resumed (--resume) or discarded (--force). Found: {state}" in capsys.readouterr().err
    assert state.read_bytes() == b"hours of work"
    assert run(["train", str(corpus), "-o", f"{tmp_path}/m.keras", "--force", "--cell", "transformer"]) == 1
    assert state.read_bytes() == b"hours of work"
    assert run(["train", str(corpus), "-o", f"{tmp_path}/m.keras", "--resume"]) == 1
    assert f"the saved run {state} cannot be read: BadZipFile('an incomplete archive')" in capsys.readouterr().err


def test_a_finished_model_is_not_resumed(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.keras"
    model.write_bytes(b"the finished one")
    assert run(["train", str(corpus), "-o", str(model), "--resume"]) == 1
    assert "a finished model is trained on with --from. Received:" in capsys.readouterr().err
    assert model.read_bytes() == b"the finished one"


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_backend_without_its_package_is_one_line(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setitem(sys.modules, backend, None)  # which is how Python marks a module that cannot be imported
    assert run(["train", str(corpus), "-o", f"{tmp_path}/m.keras", "--backend", backend]) == 1
    words = (
        f"this needs the extra {backend}: pip install '.[{backend}]' in the folder of melodyrnn. Received: no {backend}"
    )
    assert capsys.readouterr().err == f"Error: {words}\n"


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_a_run_is_resumed_without_repeating_its_settings(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    model, cancellation = tmp_path / "m.keras", Cancellation()

    def listen(progress: Progress) -> None:
        if isinstance(progress, TrainProgress) and progress.rounds == 2:
            cancellation.cancel()

    asked = AskedSettings(epochs=2, units=8, num_layers=1, length=32, batch_size=32)
    assert train(TrainTask(corpus, model, asked), listen, cancellation).stopped == "interrupt"
    assert run(["train", str(corpus), "-o", str(model), "--resume", "--units", "9"]) == 1
    assert "--resume must keep the settings of the run: units was 8. Received: 9" in capsys.readouterr().err
    assert run(["train", str(corpus), "-o", str(model), "--resume", "--report", f"{tmp_path}/r.png"]) == 0
    training = load_metadata(model).training
    assert (training["settings"]["units"], training["stopped"]) == (8, "done")
    assert training["epochs"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.keras", "r.png"]


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_a_training_shows_a_line_for_each_round_and_ends_with_a_code(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--epochs", "1", *TINY[2:]]
    assert run(["train", str(corpus), "-o", f"{tmp_path}/m.keras", *options]) == 0
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if line.startswith("epoch ")]
    assert len(lines) == len(load_metadata(tmp_path / "m.keras").training["history"])
    assert all(" bits/note  Markov chain " in line and line.endswith(" notes/s") for line in lines)
    assert captured.out.startswith(f"{tmp_path}/m.keras:")  # a long path breaks the line
    assert captured.out.splitlines()[-1] == f"next: melodyrnn generate --checkpoint {tmp_path}/m.keras"
    assert run(["train", str(corpus), "-o", f"{tmp_path}/m.keras", *options, "--force", "--json", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    found = json.loads(captured.out)
    assert (found["model"], found["stopped"], found["state"]) == (f"{tmp_path}/m.keras", "done", None)
    assert found["validation_bits_per_note"] == load_metadata(tmp_path / "m.keras").training["validation_bits_per_note"]
    assert run(["train", str(corpus), "-o", f"{tmp_path}/n.keras", *options, "--learning-rate", "1e9"]) == 1
    captured = capsys.readouterr()
    assert "stopped: the loss exploded; the last good model is kept" in captured.err
    assert captured.out.startswith(f"{tmp_path}/n.keras:")
