"""Workers that die, hang and fail, each a real process: what is lost is the file at fault."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from readers import CRASH, HANG, RAISE

from melodyrnn.corpus.ingest.cache import CACHE, Cache, cache_key
from melodyrnn.corpus.ingest.examine import Filters
from melodyrnn.corpus.ingest.ingest import ingest
from melodyrnn.corpus.ingest.pool import IngestConfig, ProcessPool, Worker, WorkerError, batches
from melodyrnn.corpus.ingest.result import unpack
from melodyrnn.corpus.ingest.sources import Limits, Source, find_files
from melodyrnn.corpus.store import open_corpus
from melodyrnn.errors import CorpusError
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]


def lines_of(corpus: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (corpus / "report.jsonl").read_text("utf-8").splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def folder(tmp_path: Path, make_melody: Make) -> Path:
    """A hundred and fifty small tunes: three batches."""
    rng = random.Random(3)
    folder = tmp_path / "midi"
    folder.mkdir()
    for number in range(150):
        pitches = [rng.randrange(60, 80) for _ in range(20)]
        write_piece(to_piece(make_melody(pitches, 12)), folder / f"{number:03d}.mid")
    return folder


@pytest.mark.parametrize(
    ("bytes_", "reason", "option"),
    [
        (CRASH, "the reader crashed", None),
        pytest.param(HANG, "took over 2 seconds", "--time-limit", marks=pytest.mark.slow),
        (RAISE, "the reader failed: ZeroDivisionError: on purpose", None),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_bad_file_costs_itself_alone(
    tmp_path: Path, folder: Path, bytes_: bytes, reason: str, option: str | None, workers: int
) -> None:
    (folder / "070.mid").write_bytes(bytes_)
    summary = ingest([folder], tmp_path / "c", workers=workers, limits=Limits(seconds=2), examine="readers:misbehave")
    assert summary.files == 150
    assert sum(summary.splits.values()) == 149
    (line,) = (line for line in lines_of(tmp_path / "c") if line["status"] == "dropped")
    assert (line["file"], line["reason"], line["option"]) == (str(folder / "070.mid"), reason, option)


@pytest.mark.slow
def test_every_file_crashing_is_every_file_told(tmp_path: Path, folder: Path) -> None:
    for path in sorted(folder.iterdir())[5:]:
        path.unlink()
    for path in folder.iterdir():
        path.write_bytes(CRASH)
    with pytest.raises(CorpusError, match=r"the reader crashed \(1\), the same bytes|the reader crashed \(5\)"):
        ingest([folder], tmp_path / "c", examine="readers:misbehave")


def test_a_worker_that_is_killed_from_outside(folder: Path) -> None:
    sources = find_files([folder])
    worker = Worker(IngestConfig(Filters(), Limits()))
    assert len(worker.ask(sources[:3])) == 3
    worker.process.send_signal(signal.SIGKILL)
    with pytest.raises(WorkerError, match="the reader crashed"):
        worker.ask(sources[:3])


def test_a_worker_that_cannot_start() -> None:
    worker = Worker(IngestConfig(Filters(), Limits(), examine="nowhere:nothing"))
    with pytest.raises(CorpusError, match=r"a worker process must start\. Received: exit code"):
        worker.ask([Source("a.mid")])


def test_nothing_is_left_running_when_nothing_is_found(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="must exist"):
        ingest([tmp_path / "nowhere"], tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_leaving_early_ends_all_workers(folder: Path) -> None:
    crew = ProcessPool(enumerate(find_files([folder])), IngestConfig(Filters(), Limits(), examine="readers:slow"), 2)
    with crew:
        next(crew.results())
        processes = [worker.process for worker in crew._workers]
    assert processes
    assert all(process.poll() is not None for process in processes)
    assert not [t for t in threading.enumerate() if t is not threading.main_thread() and not t.daemon]


def test_batches_are_small_and_whole() -> None:
    sources = [(n, Source(str(n), size=300_000)) for n in range(10)] + [(n, Source(str(n))) for n in range(10, 200)]
    found = list(batches(iter(sources)))
    assert [one for batch in found for one in batch] == sources
    assert max(len(batch) for batch in found) == 64
    assert all(len(batch) == 1 or sum(s.size for _, s in batch) <= 1 << 20 for batch in found)


class TestDeterminism:
    @pytest.mark.slow
    def test_the_same_bytes_from_any_number_of_workers(self, tmp_path: Path, folder: Path) -> None:
        for workers in (1, 2, 3):
            ingest([folder], tmp_path / str(workers), workers=workers)
        one, two, three = (contents(tmp_path / str(n)) for n in (1, 2, 3))
        assert set(one) == {"corpus.json", "pieces.json", "events.npy", "report.jsonl", CACHE}
        assert one == two == three

    def test_again_and_from_the_cache(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c")
        before = contents(tmp_path / "c")
        ingest([folder], tmp_path / "c", force=True, examine="readers:refuse")
        assert contents(tmp_path / "c") == before


class TestCache:
    def read_again(self, folder: Path, corpus: Path, filters: Filters) -> list[str]:
        """Which files a second ingest asks its reader about: those that it fails on."""
        ingest([folder], corpus, filters, force=True, examine="readers:refuse")
        return sorted(Path(line["file"]).name for line in lines_of(corpus) if line["reason"] == "read again")

    def test_only_what_changed_is_read(self, tmp_path: Path, folder: Path, make_melody: Make) -> None:
        ingest([folder], tmp_path / "c")
        (folder / "000.mid").rename(folder / "renamed.mid")
        write_piece(to_piece(make_melody(list(range(60, 80)))), folder / "010.mid", force=True)
        (folder / "020.mid").unlink()
        assert self.read_again(folder, tmp_path / "c", Filters()) == ["010.mid"]
        assert "renamed" in {m.name for m in open_corpus(tmp_path / "c").melodies("all")}

    def test_other_settings_read_everything(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c")
        with pytest.raises(CorpusError, match=r"read again \(150\)"):
            self.read_again(folder, tmp_path / "c", Filters(min_notes=5))
        assert self.read_again(folder, tmp_path / "c", Filters(keep_duplicates=True)) == []

    @pytest.mark.parametrize("damage", [b"", b"\0" * 50, b'{"format": 1}\n', b"[]\n", None])
    def test_a_damaged_one_is_passed_over(self, tmp_path: Path, folder: Path, damage: bytes | None) -> None:
        ingest([folder], tmp_path / "c")
        before, path = contents(tmp_path / "c"), tmp_path / "c" / CACHE
        whole = path.read_bytes()
        path.write_bytes(whole[:-700] + bytes(300) if damage is None else damage)
        ingest([folder], tmp_path / "c", force=True)
        assert contents(tmp_path / "c") == before

    def test_what_it_gives(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c")
        cache = Cache(tmp_path / "c" / CACHE, cache_key(Filters(), Limits()))
        assert len(cache) == 150
        (outcome,) = unpack(cache.get(next(iter(cache._places))) or b"")
        assert outcome.facts is not None
        assert outcome.rows is not None
        assert outcome.rows.shape == (outcome.facts.notes, 4) == (20, 4)
        assert cache.get(bytes(16)) is None
        cache.close()


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path, folder: Path) -> None:
    """Twenty times: the corpus is the old one or the new one, nothing is left running, and the next one completes."""
    corpus, rng = tmp_path / "c", random.Random(0)
    sets = []
    for seed in (1, 2):
        ingest([folder], tmp_path / f"set{seed}", seed=seed)
        sets.append(contents(tmp_path / f"set{seed}"))
    started = time.monotonic()
    ingest([folder], corpus, seed=1)
    usual = time.monotonic() - started + 0.4  # and the start of Python
    outcomes = set()
    for turn in range(20):
        seed = 1 + (turn + 1) % 2
        arguments = ["ingest", str(folder), "-o", str(corpus), "--force", "--seed", str(seed)]
        process = subprocess.Popen([sys.executable, "-m", "melodyrnn", *arguments], stdout=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.2, 1.1) * usual)
        process.kill()
        outcomes.add(process.wait())
        assert contents(corpus) in sets
    assert -signal.SIGKILL in outcomes
    ingest([folder], corpus, seed=2, force=True)
    assert contents(corpus) == sets[1]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".melodyrnn-")] == []
    deadline = time.monotonic() + 10
    while any(_is_worker(process) for process in Path("/proc").glob("[0-9]*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [process for process in Path("/proc").glob("[0-9]*") if _is_worker(process)]


def _is_worker(process: Path) -> bool:
    """Whether a process is a worker whose parent is gone."""
    try:
        parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        return parent == 1 and b"melodyrnn.corpus.ingest.worker" in (process / "cmdline").read_bytes()
    except (OSError, ValueError):
        return False


@pytest.mark.slow
def test_ctrl_c_leaves_the_old_corpus(tmp_path: Path, folder: Path) -> None:
    ingest([folder], tmp_path / "c")
    before = contents(tmp_path / "c")
    code = (
        "import sys; from melodyrnn.corpus.ingest.ingest import ingest; from melodyrnn.corpus.ingest.examine import Filters\n"
        "ingest([sys.argv[1]], sys.argv[2], Filters(min_notes=2), force=True, examine='readers:slow',\n"
        "       on_file=lambda done, total: print(done, flush=True))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), str(tmp_path / "c")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert contents(tmp_path / "c") == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".melodyrnn-")]
