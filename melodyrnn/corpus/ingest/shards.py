"""Shards of an ingest: each reads every n-th file of the same places, on any machine, and needs no other.

A shard is a folder:

    shard.json      its number, how many there are, the settings, and a digest of the names of all files
    sources.jsonl   a line for each of its files: number, path, member, size, refusal; then the digest of its bytes in
                    hexadecimal and the place of its result in results.bin or, of a file that could not be read, its
                    result in base64
    results.bin     the results of its files by content (cache.py)

shard_writer.py writes shards; merge.py makes of all shards the corpus that one ingest would have written.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ...errors import CorpusError
from .cache import cache_key, open_results, result_at
from .config import ConfigJson, IngestConfig
from .identity import NO_DIGEST
from .remote.urls import shown
from .sources import Source
from .spool import Numbered, from_json, to_json

HEAD, SOURCES, RESULTS = "shard.json", "sources.jsonl", "results.bin"
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
        raise CorpusError(f"this melodyrnn merges shards of version {VERSION}; {remedy}. Received: {path}, {version}")
    return head


def line_of(numbered: Numbered, content: bytes | None, place: int | None, failure: bytes | None) -> str:
    """Return the line of a source in sources.jsonl, without credentials in its URL.

    Args:
        content: the digest of its bytes; None for a source that was not or could not be read.
        place: of its result in results.bin.
        failure: the result of a source that could not be read.
    """
    number, path, *others = to_json(numbered)
    named = [number, shown(path), *others]
    if failure is not None:
        return _encode([*named, None, base64.b64encode(failure).decode("ascii")]) + "\n"
    return _encode([*named, content and content.hex(), place]) + "\n"


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
        *told, digest, place = json.loads(line)
        _, source = from_json(told)
        if isinstance(place, str):
            return source, NO_DIGEST, base64.b64decode(place)
        if digest is None:
            if source.refusal is None:
                raise ValueError(f"{source.name} was not read")
            return source, NO_DIGEST, None
        content = bytes.fromhex(digest)
        packed = result_at(self._results, place, content)
        if packed is None:
            raise CorpusError(f"{RESULTS} in {self.path} lacks the result of {source.name}, or it is damaged")
        return source, content, packed

    def close(self) -> None:
        """Close its files."""
        self._results.close()
