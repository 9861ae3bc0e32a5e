"""Shards of an ingest: each reads every n-th file of the same places, on any machine, and needs no other.

A shard is a folder:

    shard.json      its number, how many there are, the settings, and a digest of all files that were found
    sources.jsonl   a line for each of its files: path, member, size, refusal, and the digest of its bytes in
                    hexadecimal or, of a file that could not be read, its result in base64
    results.bin     the results of its files by content (cache.py)

merge.py makes of all shards the corpus that one ingest would have written. Until a shard is complete its results are
in a folder beside it, NAME.part, from which an interrupted run goes on.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypedDict

from ...errors import CorpusError
from ...extract.registry import is_external
from ...files import as_output_error, atomic_folder, refuse_existing
from ...music.units import MUSIC_SUFFIXES
from .cache import Cache, CacheWriter, cache_key
from .cached_pool import CachedPool
from .config import ConfigJson, IngestConfig
from .finding import find_files
from .identity import NO_DIGEST
from .nothing_kept import names_of
from .pool import Pool, ProcessPool
from .sources import Source

HEAD, SOURCES, RESULTS = "shard.json", "sources.jsonl", "results.bin"
FORMAT, VERSION = "shard of an ingest of melodyrnn", 1
MAX_SHARDS = 100_000

OnFile = Callable[[int, int], None]
Drawn = Mapping[str, bool | int | float]  # what the corpus is drawn by: validation, test, seed, velocity


@dataclass(frozen=True, slots=True)
class Shard:
    """Which part of an ingest: number `number`, from 1, of `of`."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that is written as "3/10". Raises ValueError for other text."""
        number, slash, of = text.partition("/")
        if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= MAX_SHARDS):
            raise ValueError(f'a shard must be written as "3/10", 1 to {MAX_SHARDS:,}. Received: {text!r}')
        return cls(int(number), int(of))


class HeadJson(TypedDict):
    """shard.json; `files` counts those of all shards, `found` is a digest of their names and sizes."""

    format: str
    version: int
    shard: int
    of: int
    files: int
    found: str
    places: str
    config: ConfigJson
    drawn: dict[str, bool | int | float]


class ShardSummary(NamedTuple):
    """What a shard holds.

    Attributes:
        num_files, num_all: files of this shard, and of all.
        num_read: those that were read now; the others were known from an earlier run.
    """

    num_files: int
    num_all: int
    num_read: int


def ingest_shard(
    places: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    shard: Shard,
    config: IngestConfig,
    drawn: Drawn,
    force: bool = False,
    on_file: OnFile | None = None,
    workers: int | None = None,
    pool: Callable[[IngestConfig], Pool] | None = None,
) -> ShardSummary:
    """Read the files of a shard and write it to the folder `output`; one that is complete already is left as it is.

    Args:
        drawn: by what the splits of the corpus are drawn; all shards need the same.
        force: whether a folder `output` that is something else may be replaced.
        on_file, workers, pool: see `run.ingest`.

    Raises:
        CorpusError: where a place does not exist, or there is no music.
        OutputError: where `output` exists without `force`, or cannot be written.
    """
    sources = find_files(places, config.limits)
    if not sources:
        raise CorpusError(f"a folder must hold music ({', '.join(MUSIC_SUFFIXES)}). Received: {names_of(places)}")
    head = _head(sources, shard, config, drawn, places)
    own = [(number, sources[number]) for number in range(shard.number - 1, len(sources), shard.of)]
    if is_shard(output) and _head_of(output) == head:
        return ShardSummary(len(own), len(sources), 0)
    refuse_existing(output, force)
    part = Path(f"{os.fspath(output)}.part")
    with as_output_error(part):
        part.mkdir(parents=True, exist_ok=True)
    key = cache_key(config)
    known = Cache(part / RESULTS if (part / RESULTS).is_file() and not is_external(config.extractor) else None, key)
    contents: dict[int, bytes] = {}
    failures: dict[int, bytes] = {}
    wanted = [(number, source) for number, source in own if source.refusal is None]
    earlier = known.contents
    written = set(earlier)
    num_read = 0
    with CachedPool(known, pool or partial(ProcessPool, size=workers), config) as readers, as_output_error(part):
        writer = CacheWriter.after(known, part / RESULTS, key)
        try:
            if wanted:
                readers.submit(wanted)
                for number, content, packed in readers:
                    contents[number] = content
                    num_read += content not in earlier
                    if content == NO_DIGEST:
                        failures[number] = packed
                    elif content not in written:
                        writer.add(content, packed)
                        written.add(content)
                    if on_file is not None:
                        on_file(len(contents), len(wanted))
        finally:
            writer.close()
    with atomic_folder(output, force) as folder:
        shutil.copyfile(part / RESULTS, folder / RESULTS)
        with (folder / SOURCES).open("w", encoding="ascii") as file:
            for number, source in own:
                file.write(json.dumps(_line(source, contents.get(number), failures.get(number))) + "\n")
        (folder / HEAD).write_text(json.dumps(head, indent=1), "utf-8")
    shutil.rmtree(part, ignore_errors=True)
    return ShardSummary(len(own), len(sources), num_read)


def is_shard(path: str | os.PathLike[str]) -> bool:
    """Return whether a folder is a complete shard."""
    return (Path(path) / HEAD).is_file()


def _head(
    sources: Sequence[Source],
    shard: Shard,
    config: IngestConfig,
    drawn: Drawn,
    places: Sequence[str | os.PathLike[str]],
) -> HeadJson:
    found = hashlib.blake2b(digest_size=16)
    for source in sources:
        found.update(json.dumps([source.name, source.size, source.refusal]).encode())
    head: HeadJson = {
        "format": FORMAT,
        "version": VERSION,
        "shard": shard.number,
        "of": shard.of,
        "files": len(sources),
        "found": found.hexdigest(),
        "places": names_of(places),
        "config": config.to_json(),
        "drawn": dict(drawn),
    }
    read: HeadJson = json.loads(json.dumps(head))  # as it will be read: lists in the place of tuples
    return read


def _head_of(path: str | os.PathLike[str]) -> HeadJson:
    """Return the head of a shard. Raises CorpusError where it is damaged or of a newer version."""
    try:
        head: HeadJson = json.loads((Path(path) / HEAD).read_text("utf-8"))
        if head["format"] != FORMAT or not 1 <= head["shard"] <= head["of"]:
            raise ValueError("not that of a shard")
        newer = head["version"] > VERSION
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{HEAD} in {path} is damaged: {error}") from error
    if newer:
        raise CorpusError(f"this melodyrnn reads shards up to version {VERSION}; upgrade it. Received: {path}")
    return head


def _line(source: Source, content: bytes | None, failure: bytes | None) -> list[object]:
    result = None if failure is None else base64.b64encode(failure).decode("ascii")
    digest = None if content in (None, NO_DIGEST) else (content or b"").hex()
    return [source.path, source.member, source.size, source.refusal, digest, result]


class SavedShard:
    """A complete shard, opened for reading."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Raises CorpusError where it is none, damaged or of a newer version."""
        self.path = Path(path)
        if not is_shard(path):
            raise CorpusError(
                f"a shard must be a folder that `melodyrnn ingest --shard I/N` wrote. Received: {os.fspath(path)}"
            )
        self.head = _head_of(path)
        self._results = Cache(self.path / RESULTS, cache_key(self.config))

    @property
    def config(self) -> IngestConfig:
        """The configuration of the ingest."""
        return IngestConfig.from_json(self.head["config"])

    def __iter__(self) -> Iterator[tuple[Source, bytes, bytes | None]]:
        """Yield each source with the digest of its bytes and its result, None for one that is refused unread.

        Raises CorpusError where something is missing or damaged.
        """
        try:
            with (self.path / SOURCES).open(encoding="ascii") as lines:
                for line in lines:
                    yield self._read(line)
        except (OSError, ValueError, TypeError) as error:
            raise CorpusError(f"{SOURCES} in {self.path} is damaged: {error}") from error

    def _read(self, line: str) -> tuple[Source, bytes, bytes | None]:
        path, member, size, refusal, digest, failure = json.loads(line)
        source = Source(path, member, size, None if refusal is None else (refusal[0], refusal[1]))
        if failure is not None:
            return source, NO_DIGEST, base64.b64decode(failure)
        if digest is None:
            if source.refusal is None:
                raise ValueError(f"{source.name} was not read")
            return source, NO_DIGEST, None
        content = bytes.fromhex(digest)
        packed = self._results.get(content)
        if packed is None:
            raise CorpusError(f"{RESULTS} in {self.path} lacks the result of {source.name}, or it is damaged")
        return source, content, packed

    def close(self) -> None:
        """Close its files."""
        self._results.close()
