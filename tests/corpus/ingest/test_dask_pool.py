"""A Dask cluster reads what one ingest reads, though workers are killed; without its scheduler one line says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from counting_pool import CountingPool
from waiting import until

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.pool import Pool
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.shipped import data_folder

pytest.importorskip("distributed")

# Ingests a folder on a cluster in a Python of its own; kills what it is told to after some files.
SCRIPT = """
import json, os, signal, sys
from melodyrnn.corpus.ingest import dask_pool
from melodyrnn.errors import MelodyRNNError
from melodyrnn.tasks.ingest import IngestTask, ingest

dask_pool._MAX_FILES, dask_pool._CONNECT_SECONDS = 4, 8
folder, output, address = sys.argv[1:4]
kill = dict(zip(map(int, sys.argv[4::2]), map(int, sys.argv[5::2])))  # after how many files which process

def listen(progress):
    if progress.stage.startswith("reading") and progress.done in kill:
        os.kill(kill.pop(progress.done), signal.SIGKILL)

try:
    ingest(IngestTask((folder,), output, scheduler=address), listen)
    print(json.dumps(f"lived: {kill}" if kill else "done"))
except MelodyRNNError as error:
    print(json.dumps(f"{type(error).__name__}: {error}"))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Real tunes, and files that crash no one else."""
    folder = tmp_path / "midi"
    folder.mkdir()
    for number, file in enumerate(sorted((data_folder("samples") / "tunes").glob("*.mid"))[:40]):
        (folder / f"{number:02d}.mid").write_bytes(file.read_bytes())
    (folder / "bad.mid").write_bytes(b"MThd")
    return folder


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, int, list[int]]]:
    """The address of a scheduler, its process, and those of two workers without a nanny."""
    file = tmp_path / "scheduler.json"
    options = {"env": {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "20"}, "cwd": tmp_path}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    processes = [_start([*command, "--scheduler-file", str(file), "--host", "127.0.0.1"], options)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1"]
    processes += [_start([*worker, "--no-nanny", "--no-dashboard"], options) for _ in range(2)]
    try:
        until(lambda: file.exists() and file.read_text().endswith("}"))
        yield json.loads(file.read_text())["address"], processes[0].pid, [one.pid for one in processes[1:]]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _start(command: list[str], options: dict[str, object]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload, no-any-return]


def on_cluster(folder: Path, output: Path, address: str, *kill: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), str(output), address, *map(str, kill)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
    )
    assert not done.stderr
    outcome: str = json.loads(done.stdout.splitlines()[-1])
    return outcome


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
def test_the_corpus_is_that_of_one_ingest_though_a_worker_is_killed(
    tmp_path: Path, folder: Path, cluster: tuple[str, int, list[int]]
) -> None:
    address, _, workers = cluster
    ingest([folder], tmp_path / "plain", workers=1)
    assert on_cluster(folder, tmp_path / "c", address, 8, workers[0]) == "done"
    assert contents(tmp_path / "c") == contents(tmp_path / "plain")
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith("c")} == {"c"}


@pytest.mark.slow
def test_without_its_scheduler_it_says_so_and_goes_on_later(
    tmp_path: Path, folder: Path, cluster: tuple[str, int, list[int]]
) -> None:
    address, scheduler, _ = cluster
    outcome = on_cluster(folder, tmp_path / "c", address, 8, scheduler)
    assert outcome.startswith(
        "ClusterError: the Dask scheduler must stay until all files are read; run the same command"
    )
    assert not (tmp_path / "c").exists()
    part = tmp_path / "c.part"
    pools: list[CountingPool] = []

    def make_pool(config: IngestConfig) -> Pool:
        pools.append(CountingPool(config))
        return pools[-1]

    ingest([folder], tmp_path / "c", pool=make_pool, part=part)
    assert 0 < sum(len(pool.sources) for pool in pools) < 40
    assert not part.exists()
    ingest([folder], tmp_path / "plain", workers=1)
    assert contents(tmp_path / "c") == contents(tmp_path / "plain")


@pytest.mark.slow
def test_where_none_answers_one_line_says_so(tmp_path: Path, folder: Path) -> None:
    assert on_cluster(folder, tmp_path / "c", "nonsense://x").startswith("ClusterError: a Dask scheduler must answer")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("c")]
