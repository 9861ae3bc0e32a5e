"""Writes a shard of an ingest, see `shards`.

Until a shard is complete its results are in a folder beside it, NAME.part, from which an interrupted run goes on.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ...errors import CorpusError
from ...files import as_output_error, atomic_folder, refuse_existing
from .cached_pool import CachedPool
from .config import IngestConfig
from .fetched import Fetched, is_unfetched
from .finding import iter_own
from .identity import NO_DIGEST
from .kept_results import FETCHED, RESULTS, KeptResults
from .listing import Listing, Names, no_music
from .nothing_kept import names_of
from .pool import Pool, ProcessPool
from .remote.urls import is_url
from .reorder import InOrder
from .shards import (
    FORMAT,
    HEAD,
    SOURCES,
    VERSION,
    Drawn,
    HeadJson,
    SavedShard,
    Shard,
    head_of,
    is_shard,
    lines_of,
)
from .sources import Source
from .spool import Numbered

OnFile = Callable[[int, int], None]
MakePool = Callable[[IngestConfig], Pool]
_UNREAD, _EARLY = ".unread", ".early"


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
    make_pool: MakePool = pool or partial(ProcessPool, size=workers)
    part = Path(f"{os.fspath(output)}.part")
    with contextlib.ExitStack() as opened:
        scratch = opened.enter_context(tempfile.TemporaryDirectory(prefix="melodyrnn-", ignore_cleanup_errors=True))
        if not (is_shard(output) or part.exists()):
            readers = opened.enter_context(make_pool(config))  # it becomes ready while files are listed

            def make_pool(config: IngestConfig) -> Pool:
                return readers

        head, own = _own_files(places, shard, config, drawn, Path(scratch))
        with contextlib.closing(own):
            has_urls = any(is_url(os.fspath(place)) for place in places)
            is_there = _is_of(output, head)
            if is_there and not (has_urls and _take_up(output, part, head)):
                return ShardSummary(len(own), head["files"], 0)
            refuse_existing(output, force or is_there)
            results = KeptResults(part, config)
            try:
                with contextlib.closing(results):
                    if has_urls:
                        results.know_fetched(head)
                    _read(own, results, part / SOURCES, make_pool, config, on_file, Path(scratch))
            except BaseException:
                with contextlib.suppress(OSError):
                    (part / SOURCES).unlink(missing_ok=True)
                results.remove_if_empty()
                raise
            with atomic_folder(output, force or is_there) as folder:
                for name in (RESULTS, SOURCES):
                    _link(part / name, folder / name)
                (folder / HEAD).write_text(json.dumps(head, indent=1), "utf-8")
            shutil.rmtree(part, ignore_errors=True)
            return ShardSummary(len(own), head["files"], results.num_new)


def _is_of(output: str | os.PathLike[str], head: HeadJson) -> bool:
    """Return whether a folder is a complete shard with this head; a damaged one, or one of another version, is not."""
    try:
        return is_shard(output) and head_of(output) == head
    except CorpusError:
        return False


def _own_files(
    places: Sequence[str | os.PathLike[str]], shard: Shard, config: IngestConfig, drawn: Drawn, folder: Path
) -> tuple[HeadJson, Listing]:
    """Return the head of a shard and its files, listed in `folder`. Raises CorpusError where there is no music."""
    names, num_files = Names(), 0

    def own() -> Iterator[Numbered]:
        nonlocal num_files
        for name, source in iter_own(places, config.limits, shard.has):
            names.add(name)
            if source is not None and shard.has(num_files):
                yield num_files, source
            num_files += 1

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
        "found": names.digest(),
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
        if not any(is_unfetched(found.voices) for found in shard):
            return False
        with as_output_error(part):
            part.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(output, RESULTS), part / RESULTS)
            (part / FETCHED).unlink(missing_ok=True)
        with contextlib.closing(Fetched(part / FETCHED, head)) as fetched:
            for place, (_, content, *_) in enumerate(shard):
                if content != NO_DIGEST:
                    fetched.add(head["shard"] - 1 + place * head["of"], content)
    return True


def _read(
    sources: Listing,
    results: KeptResults,
    path: Path,
    make_pool: MakePool,
    config: IngestConfig,
    on_file: OnFile | None,
    scratch: Path,
) -> None:
    """Read sources, keep their results, and write sources.jsonl to `path`; `scratch` is for files that are removed."""
    with as_output_error(path.parent), path.open("w", encoding="utf-8", errors="surrogateescape") as lines:

        def write(source: Source, content: bytes, packed: bytes | None) -> None:
            lines.writelines(lines_of(source, content, results.place(content), packed))

        with (
            CachedPool(results.known, make_pool, config, scratch / _UNREAD, results.fetched) as readers,
            contextlib.closing(InOrder(scratch / _EARLY, sources, write)) as in_order,
        ):
            if not len(sources.wanted):
                return
            readers.submit(sources.wanted)
            for done, (number, content, packed) in enumerate(readers, start=1):
                results.add(number, content, packed)
                in_order.offer(number, content, packed)
                if on_file is not None:
                    on_file(done, len(sources.wanted))


def _link(path: Path, link: Path) -> None:
    """Give a file a second name, or copy it where the file system cannot."""
    try:
        os.link(path, link)
    except OSError:
        shutil.copyfile(path, link)
