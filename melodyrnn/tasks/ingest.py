"""The tasks of `melodyrnn ingest` and `melodyrnn merge`: write a corpus folder, or a shard of one, from MIDI files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from ..corpus.ingest.config import DEFAULT_TEST, DEFAULT_VALIDATION, Filters, IngestConfig
from ..corpus.ingest.left_out import LeftOutJson
from ..corpus.ingest.merge import merge as merge_shards
from ..corpus.ingest.pool import Pool
from ..corpus.ingest.remedy import RemedyJson
from ..corpus.ingest.run import IngestSummary, drawn_by
from ..corpus.ingest.run import ingest as ingest_files
from ..corpus.ingest.shard_writer import ShardSummary
from ..corpus.ingest.shard_writer import ingest_shard as read_shard
from ..corpus.ingest.shards import Shard
from ..corpus.ingest.sources import Limits
from ..extract.extractor import ExtractionSettings
from ..extract.registry import DEFAULT_EXTRACTOR
from ..extras import check_installed
from ..shipped import data_folder
from .paths import StrPath, refuse_other_file
from .progress import Cancellation, Listener, Progress, reporter
from .reading import READING

MERGING = "merging shards"
SAMPLES = "samples"  # the name of the tunes that come with melodyrnn


@dataclass(frozen=True, slots=True)
class IngestTask:
    """The settings of an ingest.

    Attributes:
        places: folders, MIDI files, zip and tar archives, and URLs of them; "samples" stands for the tunes that come
            with melodyrnn, unless there is such a file or folder.
        output: folder to write the corpus to.
        filters: the conditions that a melody must meet to be kept.
        extraction: how melodies are found in a file and put on the grid.
        parts: what is taken from a file, an extractor by name: "melody", or whole pieces, "all", "piano" or "tracks".
        limits: how large a file may be and how long it may take.
        validation, test: shares of the pieces, 0..1, in the validation and the test split.
        seed: of the random numbers that draw the split.
        with_velocity: whether models learn velocities, where the notes were played.
        workers: number of processes that read files; None for one per core.
        force: whether to overwrite `output`.
        scheduler: address of a Dask scheduler whose workers read the files, or "local" for workers of Dask on this
            machine; None for processes without Dask.
    """

    places: tuple[StrPath, ...]
    output: StrPath
    filters: Filters = field(default_factory=Filters)
    extraction: ExtractionSettings = field(default_factory=ExtractionSettings)
    limits: Limits = field(default_factory=Limits)
    validation: float = DEFAULT_VALIDATION
    test: float = DEFAULT_TEST
    seed: int = 0
    with_velocity: bool = True
    workers: int | None = None
    force: bool = False
    parts: str = DEFAULT_EXTRACTOR
    scheduler: str | None = None


class IngestJson(TypedDict):
    """An `IngestResult` as JSON; `dropped` counts files and voices by reason, `guesses` pieces by what was guessed.

    `parts` is that of the task; "melodies" counts pieces where it is not "melody".
    """

    corpus: str
    parts: str
    melodies: int
    notes: int
    splits: dict[str, int]
    files: int
    files_with_melody: int
    files_repaired: int
    guesses: dict[str, int]
    left_out: list[LeftOutJson]
    dropped: dict[str, int]
    remedy: RemedyJson | None
    report: str


@dataclass(frozen=True, slots=True)
class IngestResult:
    """A corpus that was written.

    Attributes:
        output: its folder, as given.
        report: the file that lists for each MIDI file what was kept or dropped.
        summary: counts of files, pieces, notes and reasons.
    """

    output: StrPath
    report: Path
    summary: IngestSummary

    def to_json(self) -> IngestJson:
        """Return the output of `melodyrnn ingest --json`."""
        summary, remedy = self.summary, self.summary.remedy
        return {
            "corpus": os.fspath(self.output),
            "parts": summary.extractor,
            "melodies": summary.num_melodies,
            "notes": summary.num_notes,
            "splits": summary.splits,
            "files": summary.num_files,
            "files_with_melody": summary.num_with_melody,
            "files_repaired": summary.num_repaired,
            "guesses": summary.guesses,
            "left_out": [one.to_json() for one in summary.left_out],
            "dropped": summary.dropped,
            "remedy": None if remedy is None else remedy.to_json(),
            "report": str(self.report),
        }


def ingest(
    task: IngestTask, listener: Listener | None = None, cancellation: Cancellation | None = None
) -> IngestResult:
    """Read MIDI files and write a corpus; where the task fails or is cancelled, nothing is written.

    With a scheduler what was read is kept in a folder beside the output, and the next call goes on from there.

    Raises:
        ClusterError: where the scheduler does not answer, or is gone.
        MissingExtraError: for a scheduler where Dask is not installed.
        CorpusError: where a place does not exist; NothingKept where no melody is found.
        SettingError: for `parts` that do not exist, and for the role of a track that no file has.
        OutputError: where the output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked after each file.
    """
    report = reporter(listener, cancellation)
    refuse_other_file(task.output, "a folder")
    report(Progress(0, None, READING))
    cluster = None if task.scheduler is None else _Cluster(task.scheduler, task.workers)
    summary = ingest_files(
        [_place(place) for place in task.places],
        task.output,
        task.filters,
        task.validation,
        task.test,
        task.seed,
        task.force,
        on_file=lambda done, total: report(Progress(done, total, READING + (cluster.where if cluster else ""))),
        workers=task.workers,
        limits=task.limits,
        with_velocity=task.with_velocity,
        extraction=task.extraction,
        extractor=task.parts,
        tries_options=True,
        pool=cluster,
        part=None if cluster is None else f"{os.fspath(task.output)}.part",
    )
    return IngestResult(task.output, Path(task.output) / "report.jsonl", summary)


class _Cluster:
    """Makes a pool on a Dask cluster.

    Attributes:
        where: how to see what it does, for the stage of the progress; "" before it is there.
    """

    def __init__(self, scheduler: str, num_workers: int | None) -> None:
        """Raises MissingExtraError where Dask is not installed."""
        from ..corpus.ingest.dask_pool import EXTRA

        check_installed(EXTRA)
        self._scheduler, self._num_workers = scheduler, num_workers
        self.where = ""

    def __call__(self, config: IngestConfig) -> Pool:
        """Return the pool. Raises ClusterError where the scheduler does not answer."""
        from ..corpus.ingest.dask_pool import DaskPool

        pool = DaskPool(config, self._scheduler, self._num_workers)
        self.where = f", dashboard: {pool.dashboard}" if pool.dashboard else ""
        return pool


def ingest_shard(
    task: IngestTask,
    shard: Shard,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
    pool: Callable[[IngestConfig], Pool] | None = None,
) -> ShardSummary:
    """Read the MIDI files of a shard of a task and write it to the folder `task.output`, which `merge` reads.

    `pool` makes the pool that reads; None for processes of this machine. Where it is interrupted, the next call reads
    only what is missing. A shard that is complete is left as it is.

    Raises:
        CorpusError: where a place does not exist, or there is no music.
        OutputError: where the output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked after each file.
    """
    report = reporter(listener, cancellation)
    refuse_other_file(task.output, "a folder")
    report(Progress(0, None, READING))
    return read_shard(
        [_place(place) for place in task.places],
        task.output,
        shard,
        IngestConfig(task.filters, task.extraction, task.limits, task.parts),
        drawn_by(task.validation, task.test, task.seed, task.with_velocity),
        task.force,
        on_file=lambda done, total: report(Progress(done, total, READING)),
        workers=task.workers,
        pool=pool,
    )


def merge(
    shards: Sequence[StrPath],
    output: StrPath,
    force: bool = False,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
) -> IngestResult:
    """Write the corpus of all shards of an ingest, which is the one that the ingest without shards would have written.

    Raises:
        CorpusError: where a shard is missing, there twice, damaged or one of another ingest; NothingKept where no
            melody is found.
        OutputError: where the output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked after each file.
    """
    report = reporter(listener, cancellation)
    refuse_other_file(output, "a folder")
    report(Progress(0, None, MERGING))
    summary = merge_shards(shards, output, force, lambda done, total: report(Progress(done, total, MERGING)))
    return IngestResult(output, Path(output) / "report.jsonl", summary)


def _place(place: StrPath) -> str:
    text = os.fspath(place)
    return str(data_folder(SAMPLES)) if text == SAMPLES and not Path(text).exists() else text
