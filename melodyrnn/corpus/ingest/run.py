"""The complete ingest: reads folders of MIDI files and writes a corpus folder with a report on every file.

A pool reads files and returns results in any order. They are written in the order of the files, so that the same
folder gives the same bytes for any number of workers.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path

from ...errors import CorpusError, SettingError
from ...extract.extractor import ExtractionSettings
from ...extract.registry import DEFAULT_EXTRACTOR, find_extractor, finds_roles, has_parts, is_external
from ...files import atomic_folder, refuse_existing
from ..scratch import Digests
from ..splits import split_files
from .builder import CorpusBuilder
from .cache import CACHE, Cache, cache_key
from .cached_pool import CachedPool
from .config import EXAMINE, Filters, IngestConfig
from .kept_results import KeptResults
from .left_out import LeftOut
from .listing import Listing, listed
from .nothing_kept import nothing_kept
from .pool import Pool, ProcessPool
from .remedy import Remedy, find_remedy, to_try
from .remote.urls import is_url
from .reorder import InOrder
from .sources import Limits

MAX_WORKERS = 256  # each takes about 50 MB
_UNREAD, _EARLY = ".unread", ".early"  # files that are removed at the end

OnFile = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """The counts of an ingest.

    Attributes:
        num_files: number of files found.
        splits: number of pieces by split.
        num_notes: number of notes of all pieces.
        dropped: number of files and voices that were dropped, by reason, the most common first.
        num_repaired: number of files that were damaged and repaired.
        left_out: the files that gave no melody, by the first reason of each; empty where all gave one.
        remedy: the options that get melodies out of most of these files; None where none does, or none was tried.
        extractor: the name of the extractor; that of several parts gives pieces in the place of melodies.
        guesses: number of pieces by what was guessed about them, see `CorpusBuilder.guesses`.
    """

    num_files: int
    splits: dict[str, int]
    num_notes: int
    dropped: dict[str, int]
    num_repaired: int = 0
    left_out: tuple[LeftOut, ...] = ()
    remedy: Remedy | None = None
    extractor: str = DEFAULT_EXTRACTOR
    guesses: dict[str, int] = field(default_factory=dict)

    @property
    def has_parts(self) -> bool:
        """Whether the pieces of the corpus have several parts."""
        return has_parts(find_extractor(self.extractor))

    @property
    def num_melodies(self) -> int:
        """The number of pieces of the corpus."""
        return sum(self.splits.values())

    @property
    def num_with_melody(self) -> int:
        """The number of files that gave one or more melodies."""
        return self.num_files - sum(one.num for one in self.left_out)

    def __repr__(self) -> str:
        return f"IngestSummary({self.num_files} files, {sum(self.splits.values())} pieces, {self.num_notes} notes)"


def ingest(
    places: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    filters: Filters | None = None,
    validation: float = 0.05,
    test: float = 0.1,
    seed: int = 0,
    force: bool = False,
    on_file: OnFile | None = None,
    workers: int | None = None,
    limits: Limits | None = None,
    examine: str = EXAMINE,
    with_velocity: bool = True,
    extraction: ExtractionSettings | None = None,
    extractor: str = DEFAULT_EXTRACTOR,
    pool: Callable[[IngestConfig], Pool] | None = None,
    tries_options: bool = False,
    part: str | os.PathLike[str] | None = None,
) -> IngestSummary:
    """Read all MIDI files under `places` and write a corpus to the folder `output`.

    Args:
        filters: the conditions that a score must meet to be kept; None for the defaults.
        validation, test: shares of the pieces in these splits, drawn by `seed` after duplicates are dropped.
        force: whether a folder `output` may be replaced.
        on_file: called after each file with the number of files done and the number of all; an exception that it
            raises ends the ingest, and nothing is written.
        workers: number of processes that read; None for one per core, and fewer for few files.
        limits: limits of size and time for each file.
        examine: "module:function", called with the bytes of each file, for custom readers.
        with_velocity: False for a vocabulary without velocities even where the notes were played.
        extraction: settings of the extractor.
        extractor: a name in `extract.registry.EXTRACTORS`, or "package.module:attribute".
        pool: makes the pool that reads the files; None for `workers` processes on this machine.
        tries_options: whether to find out which options would get melodies out of the files that gave none; at most
            `remedy.MAX_TRIED` files are read for that.
        part: a folder for results as they come, from which the next ingest goes on where this one is interrupted; it
            is removed at the end. None keeps none.

    Raises:
        CorpusError: where a place does not exist; NothingKept where no usable melody is found.
        SettingError: where there is no such extractor, or a role is that of a track that no file has.
        OutputError: where `output` exists without `force`, or cannot be written.
    """
    drawn = drawn_by(validation, test, seed, with_velocity)
    if workers is not None and not 1 <= workers <= MAX_WORKERS:
        raise CorpusError(f"workers must be 1..{MAX_WORKERS}. Received: {workers}")
    extraction = extraction or ExtractionSettings()
    if not finds_roles(find_extractor(extractor)) and extraction.roles:
        raise SettingError(f"roles are for an extractor that finds roles. Received: {extractor!r}")
    refuse_existing(output, force)
    config = IngestConfig(
        filters or Filters(),
        extraction,
        limits or Limits(),
        extractor,
        examine,
    )
    make_pool = pool or partial(ProcessPool, size=workers)
    with contextlib.closing(Digests()) as tunes:
        with contextlib.ExitStack() as opened:
            folder = opened.enter_context(atomic_folder(output, force))
            kept = KeptResults(Path(part), config) if part else None
            if kept:
                opened.callback(kept.remove_if_empty)
                opened.enter_context(contextlib.closing(kept))
            known = kept.known if kept else _usable_cache(Path(output), config)
            fetched = kept.fetched if kept else lambda number: None
            readers = opened.enter_context(CachedPool(known, make_pool, config, folder / _UNREAD, fetched))
            sources = opened.enter_context(contextlib.closing(listed(places, config, folder)))
            if kept and any(is_url(os.fspath(place)) for place in places):
                kept.know_fetched({"found": sources.names(), "config": config.to_json()})
            builder = opened.enter_context(contextlib.closing(CorpusBuilder(folder, config, tunes)))
            import_module("numpy.random")  # it takes 25 ms, here while the worker starts
            _read(sources, builder, readers, on_file, folder, kept)
            if not builder.writer.num_pieces:
                raise nothing_kept(places, builder, config, tries_options)
            splits = finish(builder, config, drawn)
            lost = to_try(builder.lost)
        if part:
            shutil.rmtree(part, ignore_errors=True)
        remedy = find_remedy(lost, config, tunes) if tries_options else None
    return summary_of(len(sources), splits, builder, remedy, extractor)


def drawn_by(validation: float, test: float, seed: int, with_velocity: bool) -> dict[str, bool | int | float]:
    """Return by what a corpus is drawn, as corpus.json holds it. Raises CorpusError for shares that cannot be drawn."""
    _check_shares(validation, test)
    return {"validation": validation, "test": test, "seed": seed, "velocity": with_velocity}


def finish(builder: CorpusBuilder, config: IngestConfig, drawn: Mapping[str, bool | int | float]) -> Sequence[str]:
    """Finish the corpus of a builder that has all results and some pieces; return the split of each piece.

    Raises SettingError for the role of a track that no file has.
    """
    _check_asked(config.extraction, builder)
    splits = split_files(builder.files(), drawn["validation"], drawn["test"], int(drawn["seed"]))
    builder.writer.finish(splits, {**config.settings(), **drawn}, bool(drawn["velocity"]))
    return splits


def _check_shares(validation: float, test: float) -> None:
    """Raise CorpusError for shares that cannot be drawn."""
    for name, share in (("validation", validation), ("test", test)):
        if not 0 <= share < 1:
            raise CorpusError(f"{name} must be at least 0 and under 1. Received: {share}")
    if validation + test >= 1:
        raise CorpusError(f"validation and test must leave pieces to train on. Received: {validation} and {test}")


def _check_asked(extraction: ExtractionSettings, builder: CorpusBuilder) -> None:
    """Raise SettingError for the role of a track that no file has."""
    for track, role in extraction.roles:
        if track not in builder.asked:
            raise SettingError(f"a role must be that of a track of some file. Received: {track}={role}, of none")


def _usable_cache(corpus: Path, config: IngestConfig) -> Cache:
    """Return the cache of an older corpus, empty for an extractor that may have changed without a new version."""
    path = corpus / CACHE
    return Cache(path if path.is_file() and not is_external(config.extractor) else None, cache_key(config))


def _read(
    sources: Listing,
    builder: CorpusBuilder,
    pool: Pool,
    on_file: OnFile | None,
    folder: Path,
    kept: KeptResults | None,
) -> None:
    """Read every source that is not refused with the pool, and pass its result to the builder."""
    num_done = len(sources) - len(sources.wanted)
    with contextlib.closing(InOrder(folder / _EARLY, sources, builder.write)) as in_order:
        if not len(sources.wanted):
            return
        pool.submit(sources.wanted)
        for number, content, packed in pool:
            if kept is not None:
                kept.add(number, content, packed)
            in_order.offer(number, content, packed)
            num_done += 1
            if on_file is not None:
                on_file(num_done, len(sources))


def summary_of(
    num_files: int, splits: Sequence[str], builder: CorpusBuilder, remedy: Remedy | None, extractor: str
) -> IngestSummary:
    """Return the counts of an ingest that is finished."""
    return IngestSummary(
        num_files,
        dict(Counter(splits)),
        builder.num_notes,
        dict(builder.dropped.most_common()),
        builder.num_repaired,
        LeftOut.of_reasons("files", num_files, builder.lost_reasons),
        remedy,
        extractor,
        dict(builder.guesses),
    )
