"""Shards, read apart and in any order, merge into the corpus that one ingest writes, byte for byte."""

from __future__ import annotations

import contextlib
import json
import shutil
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from melodyrnn.cli.main import run
from melodyrnn.corpus.ingest.cache import Cache, CacheWriter
from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.merge import merge
from melodyrnn.corpus.ingest.nothing_kept import NothingKept
from melodyrnn.corpus.ingest.pool import Pool, PoolResult
from melodyrnn.corpus.ingest.reader import SourceReader
from melodyrnn.corpus.ingest.run import drawn_by, ingest
from melodyrnn.corpus.ingest.shard_writer import ShardSummary, ingest_shard
from melodyrnn.corpus.ingest.shards import HEAD, RESULTS, SOURCES, Shard
from melodyrnn.corpus.ingest.sources import Source
from melodyrnn.errors import CorpusError, OutputError
from melodyrnn.midi.read import read_piece
from melodyrnn.midi.write import write_piece
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.shipped import data_folder

DRAWN = drawn_by(0.05, 0.1, 0, True)
TUNES = data_folder("samples") / "tunes"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real tunes: some of them twice, once in another key, some in an archive, with damaged files and a text."""
    folder = tmp_path_factory.mktemp("shards") / "midi"
    shutil.copytree(TUNES, folder / "tunes")
    files = sorted(folder.rglob("*.mid"))
    for number, file in enumerate(files[:9]):
        shutil.copy(file, folder / f"again {number}.mid")
    for number, file in enumerate(files[10:16]):
        piece = read_piece(file)
        moved = [replace(one, notes=replace(one.notes, pitch=one.notes.pitch + 2)) for one in piece.tracks]
        write_piece(replace(piece, tracks=tuple(moved)), folder / f"moved {number}.mid")
    (folder / "bad.mid").write_bytes(b"MThd")
    (folder / "text.mid").write_text("no music")
    (folder / "other.rar").write_bytes(b"Rar!")
    with zipfile.ZipFile(folder / "songs.zip", "w") as archive:
        for file in files[20:30]:
            archive.write(file, f"songs/{file.name}")
    return folder


@pytest.fixture(scope="module")
def plain(folder: Path) -> Path:
    """The corpus of one ingest."""
    ingest([folder], folder.parent / "plain", workers=1)
    return folder.parent / "plain"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def read(folder: Path, output: Path, shard: Shard, **more: object) -> ShardSummary:
    return ingest_shard([folder], output, shard, IngestConfig(), DRAWN, **more)  # type: ignore[arg-type]


class Local:
    """A pool that reads in this process, in the reverse order, and fails after `most` files."""

    def __init__(self, config: IngestConfig, most: int = 10**6) -> None:
        self.reader, self.most = SourceReader(config), most
        self.sources: list[tuple[int, Source]] = []

    def submit(self, sources: Collection[tuple[int, Source]]) -> None:
        self.sources = list(sources)

    def __iter__(self) -> Iterator[PoolResult]:
        for done, (number, source) in enumerate(reversed(self.sources)):
            if done == self.most:
                raise KeyboardInterrupt
            yield PoolResult(number, *self.reader.read(source))

    def close(self) -> None:
        self.reader.close()

    def __enter__(self) -> Local:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


def local(config: IngestConfig) -> Pool:
    return Local(config)  # type: ignore[return-value]


@pytest.mark.parametrize("of", [1, 2, 3, 7, 200])
def test_merged_they_are_the_corpus_of_one_ingest(tmp_path: Path, folder: Path, plain: Path, of: int) -> None:
    shards = [tmp_path / f"s{number}" for number in range(1, of + 1)]
    done = [read(folder, path, Shard(number, of), pool=local) for number, path in enumerate(shards, start=1)]
    assert sum(one.num_files for one in done) == done[0].num_all == 104
    calls: list[tuple[int, int]] = []
    summary = merge(shards[::-1], tmp_path / "merged", on_file=lambda *call: calls.append(call))
    assert contents(tmp_path / "merged") == contents(plain)
    assert calls == [(number, 104) for number in range(1, 105)]
    assert summary.num_melodies == sum(summary.splits.values()) > 60
    assert summary.dropped["the same bytes as another file"] == 19


def test_an_interrupted_shard_reads_only_what_is_missing(tmp_path: Path, folder: Path, plain: Path) -> None:
    path, shard = tmp_path / "s", Shard(1, 1)
    with pytest.raises(KeyboardInterrupt):
        read(folder, path, shard, pool=lambda config: Local(config, 40))
    assert not path.exists()
    results = tmp_path / "s.part" / RESULTS
    results.write_bytes(results.read_bytes()[:-7])  # as after a power cut
    with pytest.raises(KeyboardInterrupt):
        read(folder, path, shard, pool=lambda config: Local(config, 10))
    found = read(folder, path, shard, pool=local)
    assert found.num_files == 104
    assert 20 < found.num_read < 60
    assert not results.parent.exists()
    merge([path], tmp_path / "merged")
    assert contents(tmp_path / "merged") == contents(plain)


def test_before_the_first_result_nothing_is_left_behind(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        read(folder, tmp_path / "s", Shard(1, 2), pool=lambda config: Local(config, most=0))
    assert list(tmp_path.iterdir()) == []


def test_a_complete_shard_is_left_as_it_is(tmp_path: Path, folder: Path) -> None:
    path, shard = tmp_path / "s", Shard(2, 5)
    read(folder, path, shard, pool=local)
    before = contents(path)

    def no_pool(config: IngestConfig) -> Pool:
        raise AssertionError("nothing is to be read")

    assert read(folder, path, shard, pool=no_pool).num_read == 0
    assert contents(path) == before
    with pytest.raises(OutputError, match="--force"):
        read(folder, path, Shard(3, 5), pool=local)
    assert contents(path) == before
    read(folder, path, Shard(3, 5), pool=local, force=True)
    assert json.loads((path / HEAD).read_text())["shard"] == 3


def test_only_the_shards_of_one_ingest_are_merged(tmp_path: Path, folder: Path) -> None:
    names = {(number, of): tmp_path / f"{number} of {of}" for number, of in [(1, 3), (2, 3), (3, 3), (1, 2)]}
    for (number, of), path in names.items():
        read(folder, path, Shard(number, of), pool=local)
    strict = tmp_path / "strict"
    ingest_shard([folder], strict, Shard(3, 3), IngestConfig(Filters(min_notes=20)), DRAWN, pool=local)
    seeded = tmp_path / "seeded"
    ingest_shard([folder], seeded, Shard(3, 3), IngestConfig(), {**DRAWN, "seed": 1}, pool=local)
    fewer = tmp_path / "fewer"
    ingest_shard([folder / "tunes"], fewer, Shard(3, 3), IngestConfig(), DRAWN, pool=local)
    one, two, three = (names[number, 3] for number in (1, 2, 3))
    for shards, message in [
        ([one, three], r"needs all 3 shards\. Received: 2, without 2/3"),
        ([one, two, one], r"given once\. Received: 1/3 as"),
        ([one, two, names[1, 2]], "another number of shards than"),
        ([one, two, strict], "other settings than"),
        ([one, two, seeded], "other splits than"),
        ([one, two, fewer], "other files than"),
        ([one, two, folder], r"a shard must be a folder that `melodyrnn ingest --shard I/N` wrote"),
        ([], "Received: none"),
    ]:
        with pytest.raises(CorpusError, match=message):
            merge(shards, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


@pytest.mark.parametrize(
    "damage", ["results", "place", "line", "text", "lines", "more", "garbage", "after", "head", "newer", "older"]
)
def test_damage_is_told_and_nothing_written(tmp_path: Path, folder: Path, damage: str) -> None:
    path = tmp_path / "s"
    read(folder, path, Shard(1, 1), pool=local)
    lines = (path / SOURCES).read_text().splitlines(keepends=True)
    versions = {"newer": 9, "older": 1}
    if damage == "results":
        data = bytearray((path / RESULTS).read_bytes())
        data[len(data) // 2] ^= 1
        (path / RESULTS).write_bytes(data)
    elif damage == "place":
        number = next(n for n, line in enumerate(lines) if line.startswith("[") and json.loads(line)[-2])
        *told, place, voices = json.loads(lines[number])
        lines[number] = json.dumps([*told, -place, voices]) + "\n"
        (path / SOURCES).write_text("".join(lines))
    elif damage == "line":
        (path / SOURCES).write_text("".join([*lines[:5], "[1, 2]\n", *lines[6:]]))
    elif damage == "text":
        (path / SOURCES).write_text("".join(lines).replace('"notes": 2', '"notes": 3', 1))
    elif damage == "more":
        (path / SOURCES).write_text("".join([*lines, next(line for line in lines if line.endswith("]\n"))]))
    elif damage == "garbage":
        (path / SOURCES).write_text("".join([*lines, "no JSON\n"]))
    elif damage == "after":
        (path / SOURCES).write_text("".join([lines[0].rstrip() + " []\n", *lines[1:]]))
    elif damage == "lines":
        (path / SOURCES).write_text("".join(lines[:-3]))
    else:
        head = json.loads((path / HEAD).read_text())
        (path / HEAD).write_text(json.dumps({**head, "version": versions[damage]} if damage in versions else {}))
    message = {"newer": "upgrade it", "older": "write the shard again"}.get(damage, r"damaged|lacks the result")
    with pytest.raises(CorpusError, match=message):
        merge([path], tmp_path / "merged")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["s"]


@pytest.mark.parametrize("change", [{"version": 1}, {"format": "x"}])
def test_one_that_cannot_be_merged_is_written_again(tmp_path: Path, folder: Path, change: dict[str, object]) -> None:
    path, shard = tmp_path / "s", Shard(1, 2)
    read(folder, path, shard, pool=local)
    before = contents(path)
    head = json.loads((path / HEAD).read_text())
    (path / HEAD).write_text(json.dumps({**head, **change}))
    with pytest.raises(OutputError, match="--force overwrites"):
        read(folder, path, shard, pool=local)
    assert read(folder, path, shard, pool=local, force=True).num_read == 51  # one is refused unread
    assert contents(path) == before


def test_without_a_melody_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "midi").mkdir()
    short = Score.line([0, 12], [12, 12], [60, 62], [80, 80], Meter(4, 4), Key(0, "major"))
    write_piece(to_piece(short), tmp_path / "midi" / "short.mid")
    read(tmp_path / "midi", tmp_path / "s", Shard(1, 1), pool=local)
    with pytest.raises(NothingKept, match=r"at least one file must hold a usable melody.*too few notes"):
        merge([tmp_path / "s"], tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


@pytest.mark.parametrize("text", ["3", "0/3", "4/3", "1/0", "a/b", "1/1000000", "-1/3", "1/2/3"])
def test_a_shard_is_a_number_of_a_number(text: str) -> None:
    with pytest.raises(ValueError, match="a shard must be written as"):
        Shard.parse(text)


def test_a_cache_goes_on_after_its_last_whole_result(tmp_path: Path) -> None:
    path = tmp_path / "c"
    for add in ([b"a" * 16, b"b" * 16], [b"c" * 16]):
        with contextlib.closing(Cache(path if path.exists() else None, "key")) as cache:
            writer = CacheWriter.after(cache, path, "key")
        for content in add:
            writer.add(content, content * 3)
        writer.close()
        path.write_bytes(path.read_bytes() + b"x" * 5)
    with contextlib.closing(Cache(path, "key")) as found:
        assert len(found) == 3
        assert all(letter * 16 in found for letter in (b"a", b"b", b"c"))
        assert found.get(b"c" * 16) == b"c" * 48
    with contextlib.closing(Cache(path, "other")) as other:
        assert other.end == 0


@pytest.mark.slow
def test_as_a_user_types_it(tmp_path: Path, folder: Path, plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shards = [str(tmp_path / f"s{number}") for number in (1, 2)]
    for number, path in enumerate(shards, start=1):
        assert run(["ingest", str(folder), "-o", path, "--shard", f"{number}/2", "--workers", "1"]) == 0
    assert "shard 2/2 with 52 files of 104" in capsys.readouterr().out
    assert run(["merge", *shards, "-o", str(tmp_path / "merged")]) == 0
    assert "next: melodyrnn train" in capsys.readouterr().out
    assert contents(tmp_path / "merged") == contents(plain)
    assert run(["merge", *shards, "-o", str(tmp_path / "merged")]) == 1
    assert "--force" in capsys.readouterr().err
    assert run(["ingest", str(folder), "-o", str(tmp_path / "x"), "--shard", "3/2"]) == 2


def test_what_cannot_be_written_is_one_line(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write .*file/s\.part"):
        read(folder, tmp_path / "file" / "s", Shard(1, 1), pool=local)

    def full(self: CacheWriter, content: bytes, packed: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CacheWriter, "add", full)
    with pytest.raises(OutputError, match=r"cannot write .*s\.part: No space left on device"):
        read(folder, tmp_path / "s", Shard(1, 1), pool=local)
    assert not (tmp_path / "s").exists()
