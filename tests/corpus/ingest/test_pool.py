"""Pools: worker processes that die, hang and fail, each a real process, and a pool of another kind."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from counting_pool import CountingPool
from foreground import foreground
from readers import CRASH, HANG, RAISE

from melodyrnn.corpus.ingest.cache import CACHE
from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.pool import PoolResult, ProcessPool, batches
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.ingest.sources import Limits, Source
from melodyrnn.errors import CorpusError


def lines_of(corpus: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (corpus / "report.jsonl").read_text("utf-8").splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class InProcessPool(CountingPool):
    """Reads in this process, the last source first."""

    def __iter__(self) -> Iterator[PoolResult]:
        for number, source in reversed(self.sources):
            yield PoolResult(number, *self._reader.read(source))


class KeptPools:
    """Makes pools of worker processes and keeps them."""

    def __init__(self, size: int = 2) -> None:
        self.pools: list[ProcessPool] = []
        self._size = size

    def __call__(self, config: IngestConfig) -> ProcessPool:
        self.pools.append(ProcessPool(config, self._size))
        return self.pools[-1]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_bad_file_loses_only_itself(tmp_path: Path, folder: Path, workers: int) -> None:
    bad = {
        "020.mid": (CRASH, "the reader crashed", None),
        "070.mid": (HANG, "took over 2 seconds", "--time-limit 20"),
        "120.mid": (RAISE, "the reader failed: ZeroDivisionError: on purpose", None),
    }
    for name, (bytes_, *_) in bad.items():
        (folder / name).write_bytes(bytes_)
    summary = ingest([folder], tmp_path / "c", workers=workers, limits=Limits(seconds=2), examine="readers:misbehave")
    assert summary.num_files == 150
    assert sum(summary.splits.values()) == 147
    lost = [line for line in lines_of(tmp_path / "c") if line["status"] == "dropped"]
    found = {line["file"]: (line["reason"], line["option"]) for line in lost}
    assert found == {str(folder / name): tuple(rest) for name, (_, *rest) in bad.items()}


@pytest.mark.slow
def test_where_every_file_crashes_the_reason_is_reported(tmp_path: Path, folder: Path) -> None:
    for path in sorted(folder.iterdir())[2:]:
        path.unlink()
    for path in folder.iterdir():
        path.write_bytes(CRASH)
    with pytest.raises(CorpusError, match=r"the reader crashed \(2\)$"):
        ingest([folder], tmp_path / "c", examine="readers:misbehave")


def test_nothing_is_left_running_when_nothing_is_found(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="must exist"):
        ingest([tmp_path / "nowhere"], tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_leaving_early_ends_all_workers(folder: Path) -> None:
    before = set(threading.enumerate())
    (folder / "149.mid").write_bytes(HANG)
    with ProcessPool(IngestConfig(examine="readers:misbehave"), 2) as pool:
        pool.submit(list(enumerate(find_files([folder]))))
        next(iter(pool))
        processes = pool.processes
    assert len(processes) > 0
    assert all(process.poll() is not None for process in processes)
    assert pool.processes == []
    assert set(threading.enumerate()) <= before
    pool.close()  # any number of times


def test_a_pool_without_sources_ends(folder: Path) -> None:
    with ProcessPool(IngestConfig()) as pool:
        (process,) = pool.processes
        pool.submit([])
        assert list(pool) == []
    assert process.poll() is not None


def test_the_interval_between_threads_is_restored(folder: Path) -> None:
    before = sys.getswitchinterval()
    with ProcessPool(IngestConfig(), 1) as pool:
        pool.submit(list(enumerate(find_files([folder])))[:1])
        assert sys.getswitchinterval() < before
        assert len(list(pool)) == 1
    assert sys.getswitchinterval() == before


def test_batches_are_small_and_complete() -> None:
    sources = [(n, Source(str(n), size=300_000)) for n in range(10)] + [(n, Source(str(n))) for n in range(10, 200)]
    found = list(batches(iter(sources)))
    assert [one for batch in found for one in batch] == sources
    assert max(len(batch) for batch in found) == 64
    assert all(len(batch) == 1 or sum(s.size for _, s in batch) <= 1 << 20 for batch in found)


class TestDeterminism:
    @pytest.mark.slow
    def test_the_same_bytes_from_any_number_of_workers(self, tmp_path: Path, folder: Path) -> None:
        for workers in (1, 3):
            ingest([folder], tmp_path / str(workers), workers=workers)
        one, three = (contents(tmp_path / str(n)) for n in (1, 3))
        assert set(one) == {"corpus.json", "pieces.json", "events.npy", "report.jsonl", CACHE}
        assert one == three

    def test_again_and_from_the_cache(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c")
        before = contents(tmp_path / "c")
        ingest([folder], tmp_path / "c", force=True, examine="readers:refuse")
        assert contents(tmp_path / "c") == before

    def test_another_pool_gives_the_same_bytes(self, tmp_path: Path, folder: Path) -> None:
        (folder / "050.mid").write_bytes(b"damaged")
        (folder / "060.mid").write_bytes((folder / "020.mid").read_bytes())
        pools: list[InProcessPool] = []

        def make(config: IngestConfig) -> InProcessPool:
            pools.append(InProcessPool(config))
            return pools[-1]

        first = ingest([folder], tmp_path / "processes", workers=2)
        second = ingest([folder], tmp_path / "another", pool=make)
        assert first == second
        assert contents(tmp_path / "processes") == contents(tmp_path / "another")
        assert [pool.is_closed for pool in pools] == [True]


class TestCancellation:
    """`on_file` may raise any error: nothing is written, and an old corpus stays."""

    @pytest.mark.parametrize("last", [1, 150])
    def test_an_error_of_on_file_ends_the_ingest(self, tmp_path: Path, folder: Path, last: int) -> None:
        class CancelledError(Exception):
            pass

        def cancel(num_done: int, num_files: int) -> None:
            if num_done == last:
                raise CancelledError(f"{num_done} of {num_files}")

        pools, before = KeptPools(), set(threading.enumerate())
        with pytest.raises(CancelledError, match=f"^{last} of 150$"):
            ingest([folder], tmp_path / "c", on_file=cancel, pool=pools)
        assert [path.name for path in tmp_path.iterdir()] == ["midi"]
        assert [pool.processes for pool in pools.pools] == [[]]
        assert set(threading.enumerate()) <= before

    def test_the_old_corpus_stays(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c", pool=InProcessPool)
        before = contents(tmp_path / "c")

        def cancel(num_done: int, num_files: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ingest([folder], tmp_path / "c", seed=1, force=True, on_file=cancel)
        assert contents(tmp_path / "c") == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "midi"]


# Prints the process ids of its workers, then the number of each file done, and waits for its input at a given one.
INGEST = """
import sys
from melodyrnn.corpus.ingest.config import Filters
from melodyrnn.corpus.ingest.pool import ProcessPool
from melodyrnn.corpus.ingest.run import ingest

folder, corpus, last = sys.argv[1:]
made = []

def make(config):
    made.append(ProcessPool(config, 2))
    return made[0]

def on_file(num_done, num_files):
    if num_done == int(last):
        print(*(process.pid for process in made[0].processes), flush=True)
        sys.stdin.read()

ingest([folder], corpus, Filters(min_notes=2), force=True, seed=2, on_file=on_file, pool=make)
"""


def start(folder: Path, corpus: Path, last: int) -> tuple[subprocess.Popen[bytes], list[int]]:
    """An ingest in a separate process that waits after a number of files, and handles of its workers."""
    with foreground():
        process = subprocess.Popen(
            [sys.executable, "-c", INGEST, str(folder), str(corpus), str(last)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
    assert process.stdout is not None
    handles = []
    for pid in map(int, process.stdout.readline().split()):
        with contextlib.suppress(ProcessLookupError):  # a worker without work left may have ended
            handles.append(os.pidfd_open(pid))
    return process, handles


def assert_ended(handles: list[int]) -> None:
    """Wait until processes have ended."""
    for handle in handles:
        assert select.select([handle], [], [], 60)[0] == [handle]
        os.close(handle)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="handles of processes are a thing of Linux")
@pytest.mark.parametrize("last", [1, 64, 150])  # 64 is the end of a batch
def test_killed_while_reading_it_leaves_the_old_corpus_and_no_process(tmp_path: Path, folder: Path, last: int) -> None:
    corpus = tmp_path / "c"
    ingest([folder], corpus, seed=1, pool=InProcessPool)
    before = contents(corpus)
    process, workers = start(folder, corpus, last)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert_ended(workers)
    assert contents(corpus) == before
    ingest([folder], corpus, seed=2, force=True, pool=InProcessPool)  # removes the files that the killed one left
    ingest([folder], tmp_path / "anew", seed=2, pool=InProcessPool)
    assert contents(corpus) == contents(tmp_path / "anew")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anew", "c", "midi"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="handles of processes are a thing of Linux")
def test_ctrl_c_leaves_the_old_corpus(tmp_path: Path, folder: Path) -> None:
    ingest([folder], tmp_path / "c", pool=InProcessPool)
    before = contents(tmp_path / "c")
    process, workers = start(folder, tmp_path / "c", 1)
    process.send_signal(signal.SIGINT)
    assert process.wait() != 0
    process.communicate()
    assert_ended(workers)
    assert contents(tmp_path / "c") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "midi"]
