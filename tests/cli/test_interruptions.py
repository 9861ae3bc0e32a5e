"""Training that is interrupted or runs into a full disk keeps the best model and leaves no incomplete file."""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from foreground import foreground
from plain import make_plain
from waiting import LIMIT

from melodyrnn.checkpoint import load_checkpoint
from melodyrnn.cli.main import run
from melodyrnn.corpus.contexts import training_examples
from melodyrnn.corpus.store import open_corpus
from melodyrnn.model.run import Progress, Run
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.shipped import data_folder

# a feed-forward network is compiled faster than one with loops
SMALL = ["--cell", "feedforward", "--units", "16", "--layers", "1", "--length", "32", "--batch-size", "64"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("interrupted") / "c"
    assert run(["ingest", str(data_folder("samples")), "-o", str(path)]) == 0
    return make_plain(path)


def _train(
    corpus: Path, model: Path, *options: str, preexec_fn: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "melodyrnn", "train", str(corpus), "-o", str(model), *SMALL, *options]
    with foreground():
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=preexec_fn
        )


@pytest.mark.slow
def test_ctrl_c_keeps_the_best_so_far(corpus: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.keras"
    process = _train(corpus, model, "--epochs", "1000")  # enough steps for XLA
    assert process.stderr is not None
    for line in process.stderr:
        if "best" in line:  # after the first validation there is a best model
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "bits per note" in out
    metadata, _ = load_checkpoint(model)
    assert metadata.training["epochs"] < 1000
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.keras", "m.keras.run"]  # --resume can continue
    assert run(["generate", "--checkpoint", str(model), "-n", "1", "--bars", "4", "-o", str(tmp_path / "a.mid")]) == 0


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_leaves_the_old_model(corpus: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.keras"
    model.write_bytes(b"the old one")
    training_examples(open_corpus(corpus))  # written now, because these files would be too large later

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    process = _train(corpus, model, "--epochs", "1", "--force", preexec_fn=small_files)
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1].startswith("Error: cannot write")
    assert model.read_bytes() == b"the old one"
    assert [p.name for p in tmp_path.iterdir()] == ["m.keras"]


class CutOffError(Exception):
    pass


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_run_of_one_backend_continues_on_another(corpus_folder: Path, tmp_path: Path, backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    from melodyrnn.model.training import train

    make_plain(corpus_folder)
    model = tmp_path / "m.keras"

    def cut(progress: Progress) -> None:
        if progress.round == 3:
            raise CutOffError

    settings = TrainingSettings(epochs=6, units=8, num_layers=1, length=8, batch_size=4, dropout=0.2)
    with pytest.raises(CutOffError):
        train(open_corpus(corpus_folder), settings, Run(cut, f"{model}.run"))
    # One thread: several are slower on so small a network. JAX compiles longer than such a training takes.
    env = {**os.environ, "OMP_NUM_THREADS": "1", "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}
    with np.load(f"{model}.run") as saved:
        rows = json.loads(saved["head"].tobytes())["history"]
    assert len(rows) == 3
    options = ["--epochs", "6", "--units", "8", "--layers", "1", "--length", "8", "--batch-size", "4"]
    command = [sys.executable, "-m", "melodyrnn", "train", str(corpus_folder), "-o", str(model), *options]
    command += ["--dropout", "0.2", "--resume", "--backend", backend]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    training = load_checkpoint(model)[0].training
    assert training["backend"] == backend
    assert training["history"][:3] == rows
    steps = [row["step"] for row in training["history"]]
    assert set(np.diff(steps)) == {steps[0]}
    # It continues from the saved state: the first round on the new backend is not one from random weights.
    assert training["history"][3]["validation_bits"] <= rows[0]["validation_bits"]
    assert run(["generate", "--checkpoint", str(model), "-o", f"{tmp_path}/out", "--num", "1", "--bars", "4"]) == 0
    assert len(list((tmp_path / "out").glob("*.mid"))) == 1


def test_a_full_disk_while_generating_is_one_line(tmp_path: Path) -> None:
    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    command = [sys.executable, "-m", "melodyrnn", "generate", "-n", "1", "-o", str(tmp_path / "tune.mid")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=small_files)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: cannot write")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
