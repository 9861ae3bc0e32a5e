"""An ingest from a server with faults: every object is in the corpus or in the report."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import repeat
from pathlib import Path
from typing import Self

import pytest
from object_server import ObjectServer

from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.merge import merge
from melodyrnn.corpus.ingest.pool import PoolResult
from melodyrnn.corpus.ingest.reader import SourceReader
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.ingest.shard_writer import ShardSummary, ingest_shard
from melodyrnn.corpus.ingest.shards import Shard
from melodyrnn.corpus.ingest.sources import Limits
from melodyrnn.corpus.ingest.spool import Numbered
from melodyrnn.errors import CorpusError

pytest.importorskip("fsspec")
pytest.importorskip("aiohttp")

LIMITS = Limits(tries=3, retry_seconds=0.002)
CORPUS = ("cache.bin", "corpus.json", "events.npy", "pieces.json")
PASSING = ("500", "429 0", "cut", "503 0", "short", "slow", "to /copy.bin")
DRAWN = {"validation": 0.05, "test": 0.1, "seed": 0, "velocity": True}
STAYING = {
    "404": "404 Not Found",
    "403": "403 Forbidden",
    "500": "500 Internal Server Error",
    "cut": "the connection was cut",
    "503 9999": "503 Service Unavailable",
}


@pytest.fixture(scope="module")
def files(tunes: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{'folk' if number % 2 else 'old songs'}/{name}": tunes[name] for number, name in enumerate(tunes)}


@pytest.fixture(scope="module")
def local(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of the same files on disk."""
    tmp_path = tmp_path_factory.mktemp("local")
    for name, data in files.items():
        path = tmp_path / "disk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    ingest([tmp_path / "disk"], tmp_path / "local", workers=1)
    return tmp_path / "local"


def with_faults(files: dict[str, bytes], each: Iterator[Iterator[str]]) -> ObjectServer:
    return ObjectServer(files, {f"/{name}": fault for name, fault in zip(files, each, strict=False)})


def same(one: Path, other: Path) -> list[bool]:
    return [(one / name).read_bytes() == (other / name).read_bytes() for name in CORPUS]


def report(corpus: Path) -> dict[str, str | None]:
    """The reason of each line by the last part of its file; None where it was kept."""
    lines = [json.loads(line) for line in (corpus / "report.jsonl").read_text("utf-8").splitlines()]
    return {line["file"].rpartition("/")[2]: line["reason"] for line in lines}


class InThisProcess:
    """A pool that reads in this process, and is interrupted after `most` files."""

    def __init__(self, config: IngestConfig, most: int = 1000) -> None:
        self.reader, self.most, self.sources = SourceReader(config), most, list[Numbered]()

    def submit(self, sources: Collection[Numbered]) -> None:
        self.sources = list(sources)

    def __iter__(self) -> Iterator[PoolResult]:
        for done, (number, source) in enumerate(self.sources):
            if done == self.most:
                raise KeyboardInterrupt
            yield PoolResult(number, *self.reader.read(source))

    def close(self) -> None:
        self.reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_faults_that_pass_leave_the_corpus_of_the_files(
    files: dict[str, bytes], local: Path, tmp_path: Path, workers: int
) -> None:
    last = list(files)[len(PASSING) - 1]
    with with_faults({**files, "copy.bin": files[last]}, (iter([fault]) for fault in PASSING)) as server:
        url = server.url.replace("//", "//ann:secret@") + "/"
        ingest([url], tmp_path / "c", workers=workers, limits=LIMITS)
    assert same(tmp_path / "c", local) == [True] * len(CORPUS)
    assert not any(b"secret" in path.read_bytes() for path in (tmp_path / "c").iterdir())


def test_what_cannot_be_had_is_in_the_report_and_is_fetched_by_the_next_run(
    files: dict[str, bytes], local: Path, tmp_path: Path
) -> None:
    with with_faults(files, (repeat(fault) for fault in STAYING)) as server:
        summary = ingest([server.url + "/"], tmp_path / "c", pool=InThisProcess, limits=LIMITS)
        reasons = report(tmp_path / "c")
        assert {name: reason for name, reason in reasons.items() if reason} == {
            name.rpartition("/")[2]: f"cannot be fetched: {words}"
            for name, words in zip(files, STAYING.values(), strict=False)
        }
        assert sorted(reasons) == sorted(name.rpartition("/")[2] for name in files)
        assert (summary.num_files, summary.num_with_melody) == (len(files), len(files) - len(STAYING))
        (left_out,) = summary.left_out
        assert {reason.reason: reason.count for reason in left_out.reasons} == {
            f"cannot be fetched: {words}": 1 for words in STAYING.values()
        }
        server.faults.clear()
        ingest([server.url + "/"], tmp_path / "c", pool=InThisProcess, limits=LIMITS, force=True)
    assert same(tmp_path / "c", local) == [True] * len(CORPUS)


def test_shards_are_merged_to_the_same(files: dict[str, bytes], local: Path, tmp_path: Path) -> None:
    config = IngestConfig(Filters(), limits=LIMITS)
    with with_faults(files, (iter([fault]) for fault in PASSING[:-1])) as server:
        url = server.url.replace("//", "//ann:secret@") + "/?sig=secret"
        for number in (1, 2):
            ingest_shard([url], tmp_path / f"{number}", Shard(number, 2), config, DRAWN, pool=InThisProcess)
    assert not any(b"secret" in path.read_bytes() for number in "12" for path in (tmp_path / number).iterdir())
    merge([tmp_path / "1", tmp_path / "2"], tmp_path / "c")
    assert same(tmp_path / "c", local) == [True] * len(CORPUS)


def shard(server: ObjectServer, output: Path, most: int = 1000) -> ShardSummary:
    config = IngestConfig(Filters(), limits=LIMITS)
    return ingest_shard(
        [server.url + "/"], output, Shard(1, 1), config, DRAWN, pool=lambda config: InThisProcess(config, most)
    )


def requested(server: ObjectServer) -> dict[str, int]:
    """How often each file was requested since the last call."""
    found = {path: number for path, number in server.requests.items() if path.endswith(".mid")}
    server.requests.clear()
    return found


def test_what_a_shard_has_fetched_it_does_not_fetch_again(files: dict[str, bytes], tmp_path: Path, local: Path) -> None:
    with ObjectServer(files) as server:
        with pytest.raises(KeyboardInterrupt):
            shard(server, tmp_path / "s", 5)
        first = requested(server)
        assert shard(server, tmp_path / "s") == (len(files), len(files), len(files) - 5)
        assert {**first, **requested(server)} == {f"/{name}": 1 for name in files}
        assert len(first) == 5
        assert shard(server, tmp_path / "s") == (len(files), len(files), 0)
        assert requested(server) == {}
    merge([tmp_path / "s"], tmp_path / "c")
    assert same(tmp_path / "c", local) == [True] * len(CORPUS)


def test_what_a_complete_shard_could_not_fetch_it_fetches_when_run_again(
    files: dict[str, bytes], tmp_path: Path, local: Path
) -> None:
    with with_faults(files, (repeat(fault) for fault in STAYING)) as server:
        assert shard(server, tmp_path / "s") == (len(files), len(files), len(files))
        requested(server)
        server.faults[f"/{next(iter(files))}"] = iter(())
        assert shard(server, tmp_path / "s") == (len(files), len(files), len(STAYING))
        assert set(requested(server)) == {f"/{name}" for name in list(files)[: len(STAYING)]}
        server.faults.clear()
        assert shard(server, tmp_path / "s") == (len(files), len(files), len(STAYING) - 1)
    merge([tmp_path / "s"], tmp_path / "c")
    assert same(tmp_path / "c", local) == [True] * len(CORPUS)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_nothing_can_be_had(files: dict[str, bytes], tmp_path: Path) -> None:
    with ObjectServer(files, {"/": repeat("403"), "/x.mid": repeat("404")}) as server:
        with pytest.raises(CorpusError) as caught:
            ingest([server.url + "/?sig=secret"], tmp_path / "c", limits=LIMITS)
        assert str(caught.value) == f"a URL must lead to files of music. Received: {server.url}/ (403 Forbidden)"
        with pytest.raises(
            CorpusError, match=r"Received 1 in http://.*/x\.mid: cannot be fetched: 404 Not Found \(1\)$"
        ):
            ingest([server.url + "/x.mid"], tmp_path / "c", pool=InThisProcess, limits=LIMITS)
    assert not (tmp_path / "c").exists()
