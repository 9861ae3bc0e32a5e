"""Processes and devices that train together end where one alone does, and a killed one leaves a state to go on from."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from foreground import foreground
from plain import make_plain
from waiting import LIMIT

from melodyrnn.checkpoint import load_metadata

SMALL = ["--epochs", "16", "--units", "8", "--layers", "1", "--length", "8", "--batch-size", "5", "--dropout", "0.2"]
STARTING = 10 * LIMIT  # two processes that import Keras and jax, and compile

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed"),
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Two devices in each process; quickly compiled code, which later processes take from a cache."""
    xla = ("--xla_force_host_platform_device_count=2", "--xla_backend_optimization_level=0")
    cache = {"MIN_COMPILE_TIME_SECS": "0", "MIN_ENTRY_SIZE_BYTES": "-1"}
    return {
        **os.environ,
        "KERAS_BACKEND": "",
        "OMP_NUM_THREADS": "1",
        "XLA_FLAGS": " ".join(xla),
        "JAX_COMPILATION_CACHE_DIR": str(tmp_path / "compiled"),
        **{f"JAX_PERSISTENT_CACHE_{name}": value for name, value in cache.items()},
    }


def training(corpus: Path, model: Path, environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "melodyrnn", "train", str(corpus), "-o", str(model), *SMALL, *options]
    with foreground():
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_two_processes_two_devices_and_one_train_alike(
    corpus_folder: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    make_plain(corpus_folder)
    model, other = tmp_path / "m.keras", tmp_path / "o.keras"
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
    together = ["--devices", "1", "--coordinator", f"localhost:{port}", "--processes", "2", "--process"]
    first, second = (training(corpus_folder, model, environment, *together, process) for process in "01")
    assert first.stderr is not None
    lines = []
    for line in first.stderr:
        lines.append(line)
        if line.startswith("epoch"):
            break
    second.kill()
    out, rest = first.communicate(timeout=STARTING)
    second.communicate()
    assert lines[0] == "jax: 2 × CPU\n"
    assert (first.returncode, out) == (1, "")
    error = rest.splitlines()[-1]
    assert error.startswith("Error: all processes of a training must stay until its end; start them again with --resum")
    with np.load(f"{model}.run") as saved:
        done = json.loads(saved["head"].tobytes())["round"]
    assert not model.exists()

    alone = training(corpus_folder, model, environment, "--backend", "jax", "--resume")
    both = training(corpus_folder, other, environment, "--devices", "all", "--json")
    assert alone.communicate(timeout=STARTING)[1].startswith("jax: CPU\n")
    out, err = both.communicate(timeout=STARTING)
    assert err.startswith("jax: 2 × CPU\n")
    assert json.loads(out)["stopped"] == "done"
    histories = [load_metadata(path).training["history"] for path in (model, other)]
    assert 0 < done < len(histories[0]) == len(histories[1])
    bits = [[row["validation_bits"] for row in history] for history in histories]
    assert bits[0][0] > bits[0][-1] + 0.05
    np.testing.assert_allclose(*bits, atol=1e-3)
