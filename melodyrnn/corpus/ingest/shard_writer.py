"""Writes a shard of an ingest, see `shards`.

Until a shard is complete its results are in a folder beside it, NAME.part, from which an interrupted run goes on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ...extract.registry import is_external
from ...files import as_output_error, atomic_folder, refuse_existing
from ..scratch import Scratch
from .cache import Cache, CacheWriter, cache_key
from .cached_pool import CachedPool
from .config import IngestConfig
from .fetched import Fetched, is_unfetched
from .finding import iter_files
from .identity import NO_DIGEST
from .listing import Listing, no_music
from .nothing_kept import names_of
from .pool import Pool, PoolResult, ProcessPool
from .remote.urls import is_url
from .shards import (
    FORMAT,
    HEAD,
    RESULTS,
    SOURCES,
    VERSION,
    Drawn,
    HeadJson,
    SavedShard,
    Shard,
    head_of,
    is_shard,
    line_of,
)
from .spool import Numbered

OnFile = Callable[[int, int], None]
MakePool = Callable[[IngestConfig], Pool]
FETCHED = "fetched.jsonl"
_UNREAD = ".unread"


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
    pool: MakePool | None = None,
) -> ShardSummary:
    """Read the files of a shard and write it to the folder `output`; one that is complete already is left as it is.

    Of a complete one only the objects are read that could not be fetched.

    Args:
        drawn: by what the splits of the corpus are drawn; all shards need the same.
        force: whether a folder `output` that is something else may be replaced.
        on_file, workers, pool: see `run.ingest`.

    Raises:
        CorpusError: where a place does not exist, or there is no music.
        OutputError: where `output` exists without `force`, or cannot be written.
    """
    make_pool = pool or partial(ProcessPool, size=workers)
    with tempfile.TemporaryDirectory(prefix="melodyrnn-", ignore_cleanup_errors=True) as scratch:
        head, own = _own_files(places, shard, config, drawn, Path(scratch))
        with contextlib.closing(own):
            part = Path(f"{os.fspath(output)}.part")
            has_urls = any(is_url(os.fspath(place)) for place in places)
            is_there = is_shard(output) and head_of(output) == head
            if is_there and not (has_urls and _take_up(output, part, head)):
                return ShardSummary(len(own), head["files"], 0)
            refuse_existing(output, force or is_there)
            with as_output_error(part):
                part.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(_Results(part, config, head if has_urls else None)) as results:
                results.read(own, make_pool, Path(scratch, _UNREAD), on_file)
                with atomic_folder(output, force or is_there) as folder:
                    _link(part / RESULTS, folder / RESULTS)
                    with (folder / SOURCES).open("w", encoding="ascii") as file:
                        file.writelines(results.lines(own))
                    (folder / HEAD).write_text(json.dumps(head, indent=1), "utf-8")
            shutil.rmtree(part, ignore_errors=True)
            return ShardSummary(len(own), head["files"], results.num_read)


def _own_files(
    places: Sequence[str | os.PathLike[str]], shard: Shard, config: IngestConfig, drawn: Drawn, folder: Path
) -> tuple[HeadJson, Listing]:
    """Return the head of a shard and its files, listed in `folder`. Raises CorpusError where there is no music."""
    found, num_files = hashlib.blake2b(digest_size=16), 0

    def own() -> Iterator[Numbered]:
        nonlocal num_files
        for number, source in enumerate(iter_files(places, config.limits, shard.has)):
            found.update(source.name.encode("utf-8", "surrogatepass") + b"\0")
            num_files += 1
            if shard.has(number):
                yield number, source

    sources = Listing(folder, own())
    if not num_files:
        sources.close()
        raise no_music(places)
    head: HeadJson = {
        "format": FORMAT,
        "version": VERSION,
        "shard": shard.number,
        "of": shard.of,
        "files": num_files,
        "found": found.hexdigest(),
        "places": names_of(places),
        "config": config.to_json(),
        "drawn": dict(drawn),
    }
    read: HeadJson = json.loads(json.dumps(head))  # as it will be read: lists in the place of tuples
    return read, sources


def _take_up(output: str | os.PathLike[str], part: Path, head: HeadJson) -> bool:
    """Return whether a complete shard lacks objects that could not be fetched; `part` then has what it does not lack.

    That is what an interrupted run leaves, so that the next one fetches the others.
    """
    with contextlib.closing(SavedShard(output)) as shard:
        if not any(content == NO_DIGEST and packed and is_unfetched(packed) for _, content, packed in shard):
            return False
        with as_output_error(part):
            part.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(output, RESULTS), part / RESULTS)
            (part / FETCHED).unlink(missing_ok=True)
        with contextlib.closing(Fetched(part / FETCHED, head)) as fetched:
            for place, (_, content, _) in enumerate(shard):
                if content != NO_DIGEST:
                    fetched.add(head["shard"] - 1 + place * head["of"], content)
    return True


class _Results:
    """The results of a shard, which are written as they come.

    Attributes:
        num_read: number of files whose result was not there before.
    """

    def __init__(self, part: Path, config: IngestConfig, head: HeadJson | None) -> None:
        """Begin the files of a folder, or go on with those that an interrupted run has left there.

        Args:
            head: of the shard, where some of its sources are behind URLs.
        """
        self.num_read = 0
        path = part / RESULTS
        self._fetched = None if head is None else Fetched(part / FETCHED, head)
        self._config = config
        is_known = path.is_file() and not is_external(config.extractor)
        self._known = Cache(path if is_known else None, cache_key(config))
        self._before = self._known.end
        with as_output_error(path):
            self._writer = CacheWriter.after(self._known, path, cache_key(config))
        self._by_number = Scratch("results(number INTEGER PRIMARY KEY, content BLOB, place INTEGER, failure BLOB)")

    def read(self, sources: Listing, make_pool: MakePool, unread: Path, on_file: OnFile | None) -> None:
        """Read sources; `unread` is the path of a file for the names of those that are not known."""
        fetched = self._fetched.get if self._fetched is not None else lambda number: None
        pool = CachedPool(self._known, make_pool, self._config, unread, fetched)
        with pool as readers, as_output_error(self._writer.path):
            try:
                if len(sources.wanted):
                    readers.submit(sources.wanted)
                    for done, result in enumerate(readers, start=1):
                        self._add(result)
                        if on_file is not None:
                            on_file(done, len(sources.wanted))
            finally:
                self._writer.close()

    def _add(self, result: PoolResult) -> None:
        number, content, packed = result
        if content == NO_DIGEST:
            self.num_read += 1
            self._by_number.execute("INSERT INTO results (number, failure) VALUES (?, ?)", (number, packed))
            return
        place = self._known.places.get(content)
        if place is None:
            place = self._writer.add(content, packed)
            self._known.places.add(content, place)
        self.num_read += place >= self._before
        if self._fetched is not None and self._fetched.get(number) != content:
            self._fetched.add(number, content)
        values = number, content, place
        self._by_number.execute("INSERT INTO results (number, content, place) VALUES (?, ?, ?)", values)

    def lines(self, sources: Listing) -> Iterator[str]:
        """Yield the lines of sources.jsonl."""
        rows = iter(self._by_number.execute("SELECT content, place, failure FROM results ORDER BY number"))
        for number, source in sources:
            content, place, failure = (None, None, None) if source.refusal is not None else next(rows)
            yield line_of((number, source), content, place, failure)

    def close(self) -> None:
        """Close all files."""
        self._writer.close()
        self._known.close()
        if self._fetched is not None:
            self._fetched.close()
        self._by_number.close()


def _link(path: Path, link: Path) -> None:
    """Give a file a second name, or copy it where the file system cannot."""
    try:
        os.link(path, link)
    except OSError:
        shutil.copyfile(path, link)
