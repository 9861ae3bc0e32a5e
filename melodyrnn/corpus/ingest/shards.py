"""Shards of an ingest: each reads every n-th file of the same places, on any machine, and needs no other.

A shard is a folder:

    shard.json      its number, how many there are, the settings, and a digest of the names of all files
    sources.jsonl   for each of its files a line: path, member, size, refusal, the digest of its bytes in hexadecimal,
                    the place of its result in results.bin, and its voices in short (prepared.py); then, for each
                    voice, its lines of the report and of pieces.json
    results.bin     the results of its files by content (cache.py)

shard_writer.py writes shards; merge.py makes of all shards the corpus that one ingest would have written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypedDict

from ...errors import CorpusError
from .cache import cache_key, open_results, result_at
from .config import ConfigJson, IngestConfig
from .identity import NO_DIGEST
from .kept_results import RESULTS
from .prepared import PreparedVoice, from_lines, prepare, to_lines
from .remote.urls import shown
from .sources import Source
from .spool import from_json, to_json

HEAD, SOURCES = "shard.json", "sources.jsonl"
FORMAT, VERSION = "shard of an ingest of melodyrnn", 2
MAX_SHARDS = 100_000

Drawn = Mapping[str, bool | int | float]  # what the corpus is drawn by: validation, test, seed, velocity
_encode = json.JSONEncoder().encode


@dataclass(frozen=True, slots=True)
class Shard:
    """Which part of an ingest: number `number`, from 1, of `of`."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def has(self, number: int) -> bool:
        """Return whether it reads the file of this number, from 0."""
        return number % self.of == self.number - 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that is written as "3/10". Raises ValueError for other text."""
        number, slash, of = text.partition("/")
        if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= MAX_SHARDS):
            raise ValueError(f'a shard must be written as "3/10", 1 to {MAX_SHARDS:,}. Received: {text!r}')
        return cls(int(number), int(of))


class HeadJson(TypedDict):
    """shard.json; `files` counts those of all shards, `found` is a digest of their names."""

    format: str
    version: int
    shard: int
    of: int
    files: int
    found: str
    places: str
    config: ConfigJson
    drawn: dict[str, bool | int | float]


def is_shard(path: str | os.PathLike[str]) -> bool:
    """Return whether a folder is a complete shard."""
    return (Path(path) / HEAD).is_file()


def head_of(path: str | os.PathLike[str]) -> HeadJson:
    """Return the head of a shard. Raises CorpusError where it is damaged or of a newer version."""
    try:
        head: HeadJson = json.loads((Path(path) / HEAD).read_text("utf-8"))
        if head["format"] != FORMAT or not 1 <= head["shard"] <= head["of"]:
            raise ValueError("not that of a shard")
        version = head["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{HEAD} in {path} is damaged: {error}") from error
    if version != VERSION:
        remedy = "upgrade it" if version > VERSION else "write the shard again"
        raise CorpusError(f"this melodyrnn reads shards of version {VERSION}; {remedy}. Received: {path}, {version}")
    return head


def lines_of(source: Source, content: bytes, place: int | None, packed: bytes | None) -> Iterator[str]:
    """Yield the lines of a source in sources.jsonl, without credentials in its URL.

    Args:
        content: the digest of its bytes; NO_DIGEST for a source that was not or could not be read.
        place: of its result in results.bin; None for such a source.
        packed: its result; None for a source that is refused unread.
    """
    short, lines = to_lines(prepare(source, packed))
    path, *others = to_json(source)
    yield _encode([shown(path), *others, None if place is None else content.hex(), place, short]) + "\n"
    for line in lines:
        yield line + "\n"


class Found(NamedTuple):
    """A source of a shard, the digest of its bytes, its result where it could be read, and its voices."""

    source: Source
    content: bytes
    packed: bytes | None
    voices: list[PreparedVoice]


class SavedShard:
    """A complete shard, opened for reading."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Raises CorpusError where it is none, damaged or of a newer version."""
        self.path = Path(path)
        if not is_shard(path):
            raise CorpusError(
                f"a shard must be a folder that `melodyrnn ingest --shard I/N` wrote. Received: {os.fspath(path)}"
            )
        self.head = head_of(path)
        results = open_results(self.path / RESULTS, cache_key(self.config))
        if results is None:
            raise CorpusError(f"{RESULTS} in {self.path} is missing, damaged, or of another version of melodyrnn")
        self._results = results

    @property
    def config(self) -> IngestConfig:
        """The configuration of the ingest."""
        return IngestConfig.from_json(self.head["config"])

    def __iter__(self) -> Iterator[Found]:
        """Yield each source with what was found in it. Raises CorpusError where something is missing or damaged."""
        try:
            with (self.path / SOURCES).open(encoding="utf-8", errors="surrogateescape") as file:
                lines = iter(file)
                for line in lines:
                    yield self._read(line, lines)
        except (OSError, ValueError, TypeError) as error:
            raise CorpusError(f"{SOURCES} in {self.path} is damaged: {error}") from error

    def _read(self, line: str, lines: Iterator[str]) -> Found:
        *told, digest, place, short = json.loads(line)
        source, voices = from_json(told), from_lines(short, lines)
        if digest is None:
            return Found(source, NO_DIGEST, None, voices)
        content = bytes.fromhex(digest)
        packed = result_at(self._results, place, content)
        if packed is None:
            raise CorpusError(f"{RESULTS} in {self.path} lacks the result of {source.name}, or it is damaged")
        return Found(source, content, packed, voices)

    def close(self) -> None:
        """Close its files."""
        self._results.close()
