"""The benchmarks of training in a small setting: what is measured, what is printed, and the fit of a law."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from eager import eagerly

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.melodies import read_melodies
from melodyrnn.corpus.store import open_corpus, write_corpus
from melodyrnn.extras import is_installed
from melodyrnn.shipped import data_folder

SIZE = {"layers": 1, "units": 4, "batch": 2, "length": 8, "seconds": 0.0}


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The script that the test names."""
    with monkeypatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
        yield import_module(request.param)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> str:
    files = find_files([data_folder("samples") / "tunes"])
    melodies, _ = read_melodies(list(files)[:12], IngestConfig())
    folder = tmp_path_factory.mktemp("benchmarks") / "corpus"
    write_corpus(folder, melodies, ["validation", "test", *["train"] * (len(melodies) - 2)])
    return str(folder)


@pytest.fixture(scope="module", autouse=True)
def without_graphs() -> Iterator[None]:
    """TensorFlow computes a few steps before it has traced one."""
    with eagerly():
        yield


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning")
@pytest.mark.parametrize("benchmark", ["gpu_measurements"], indirect=True)
def test_a_step_and_notes_a_second_are_measured(benchmark: ModuleType, corpus: str) -> None:
    found = benchmark.melodyrnn(corpus, precision="float32", compiled=False, **SIZE)
    assert found["rate"] == pytest.approx(SIZE["batch"] * SIZE["length"] / found["step"])
    assert found["end_to_end"] > 0
    assert found["start"] > found["step"]
    assert found["note"] == ""


@pytest.mark.skipif(not is_installed("torch"), reason="no torch")
@pytest.mark.parametrize("benchmark", ["gpu_measurements"], indirect=True)
def test_the_peer_is_measured(benchmark: ModuleType, corpus: str) -> None:
    found = benchmark.torch(corpus, precision="bfloat16", **SIZE)
    assert found["rate"] == pytest.approx(SIZE["batch"] * SIZE["length"] / found["step"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning")
@pytest.mark.parametrize("benchmark", ["gpu_measurements"], indirect=True)
@pytest.mark.parametrize(("bits", "steps"), [(100.0, 1), (0.0, 2)])
def test_a_training_ends_where_its_bits_are_low_enough(
    benchmark: ModuleType, corpus: str, bits: float, steps: int
) -> None:
    """Two rounds of a step: the first ends with fewer than 100 bits, none with 0."""
    settings = {"units": 4, "num_layers": 1, "batch_size": 64, "length": 8, "epochs": 2}
    found = benchmark.time_to_bits(corpus, bits, 1000.0, **settings)
    assert found["steps"] == steps
    assert 0 < found["bits"] < 100


@pytest.mark.parametrize("benchmark", ["gpu_training"], indirect=True)
def test_what_does_not_fit_in_the_time_has_a_line(
    benchmark: ModuleType, corpus: str, capsys: pytest.CaptureFixture[str]
) -> None:
    benchmark.main([corpus, "--seconds", "0", "--sizes", "1x8,2x4"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "the device is not known: not within 0 s; small batches, as on a CPU"
    for label in ("1x8 float32", "2x4 float32", "1x8 bfloat16", "2x4 bfloat16"):
        (line,) = (line for line in lines if line.startswith(label))
        assert line.split()[2:9] == ["-"] * 7
        assert line.endswith("melodyrnn not within 0 s  torch not within 0 s")
    assert lines[-1] == "the CPU's bits: not within 0 s; --bits X says what to train for"


@pytest.mark.parametrize("benchmark", ["gpu_training"], indirect=True)
def test_a_measurement_that_fails_says_why(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(benchmark.ENVIRONMENT, "KERAS_BACKEND", "none")
    hours = ["--seconds", "36000"]
    benchmark.main(["no-corpus", *hours, "--sizes", "1x1", "--precisions", "float32", "--bits", "1"])
    printed = capsys.readouterr().out
    assert printed.startswith("the device is not known: failed: ")
    assert printed.count("failed: melodyrnn.errors.CorpusError: a corpus must exist. Received: no-corpus") == 3


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", ["gpu_training"], indirect=True)
def test_without_a_gpu_the_first_lines_say_that_its_figures_are_missing(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in benchmark.ON_CPU.items():
        monkeypatch.setitem(benchmark.ENVIRONMENT, name, value)
    benchmark.main(["no-corpus", "--seconds", "36000", "--sizes", "1x1", "--precisions", "float32", "--bits", "1"])
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert first.endswith(f"CPU, {os.cpu_count()} cores")
    assert second == "no GPU: its figures are missing; below, the same code on the CPU, with small batches"


@pytest.mark.parametrize("benchmark", ["gpu_training"], indirect=True)
def test_measurements_share_the_time_that_is_left(benchmark: ModuleType) -> None:
    now = [0.0]
    deadline = benchmark.Deadline(100.0, 4, lambda: now[0])
    assert deadline.share() == pytest.approx(40)
    now[0] = 10.0  # it took less
    assert deadline.share() == pytest.approx(45)
    now[0] = 55.0
    assert deadline.share() == pytest.approx(30)
    assert deadline.share() == pytest.approx(45)  # the last one may take all
    now[0] = 120.0
    assert deadline.share() == 0


@pytest.mark.parametrize("benchmark", ["scaling_law"], indirect=True)
@pytest.mark.parametrize("name", ["sum", "bound"])
def test_the_law_of_made_up_bits_is_found_again(benchmark: ModuleType, name: str) -> None:
    true = np.array([1.2, np.log(3e4), 0.4, np.log(5e3), 0.5])
    n, d = (axis.ravel() for axis in np.meshgrid(np.log([1e5, 3e5, 1e6, 3e6]), np.log([1e4, 1e5, 1e6, 1e7])))
    bits = benchmark.FORMS[name](true, n, d)
    np.testing.assert_allclose(benchmark.fit(benchmark.FORMS[name], n, d, bits), true, rtol=1e-2)


@pytest.mark.parametrize("benchmark", ["scaling_law"], indirect=True)
def test_cells_that_are_done_are_printed_and_not_measured_again(
    benchmark: ModuleType, corpus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "results"
    interval = (2.25, 2.75)
    cell = benchmark.Cell(4, 2, 0, 180, 1000, 50, 1024, 1.5, 1.25, 0.5, 2.5, interval, 2.4375, interval)
    results.write_text(json.dumps(asdict(cell)) + "\n", "utf-8")
    benchmark.main([corpus, "--units", "4", "--tunes", "2", "--results", str(results)])
    assert len(results.read_text("utf-8").splitlines()) == 1
    assert "2.500 [2.250, 2.750] 2.438 [2.250, 2.750]" in capsys.readouterr().out


@pytest.mark.parametrize("benchmark", ["scaling_law"], indirect=True)
def test_a_larger_part_holds_the_smaller_and_all_have_one_test_split(
    benchmark: ModuleType, corpus: str, tmp_path: Path
) -> None:
    whole = open_corpus(corpus)
    small, large = (benchmark.corpus_of(whole, number, tmp_path / str(number)) for number in (2, 5))
    assert [len(part.melodies("train")) for part in (small, large)] == [2, 5]
    assert small.melodies("train") == large.melodies("train")[:2]
    assert small.melodies("test") == large.melodies("test") == whole.melodies("test")
    assert small.vocabulary == large.vocabulary == whole.vocabulary
