"""The task of `melodyrnn ingest`: writes a corpus folder from MIDI files."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from ..corpus.ingest.config import DEFAULT_TEST, DEFAULT_VALIDATION, Filters
from ..corpus.ingest.left_out import LeftOutJson
from ..corpus.ingest.remedy import RemedyJson
from ..corpus.ingest.run import IngestSummary
from ..corpus.ingest.run import ingest as ingest_files
from ..corpus.ingest.sources import Limits
from ..extract.extractor import ExtractionSettings
from ..extract.registry import DEFAULT_EXTRACTOR
from ..shipped import data_folder
from .paths import StrPath, refuse_other_file
from .progress import Cancellation, Listener, Progress, reporter
from .reading import READING

SAMPLES = "samples"  # the name of the tunes that come with melodyrnn


@dataclass(frozen=True, slots=True)
class IngestTask:
    """The settings of an ingest.

    Attributes:
        places: folders, MIDI files and zip archives; "samples" stands for the tunes that come with melodyrnn, unless
            there is such a file or folder.
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

    Raises:
        CorpusError: where a place does not exist; NothingKept where no melody is found.
        SettingError: for `parts` that do not exist, and for the role of a track that no file has.
        OutputError: where the output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked after each file.
    """
    report = reporter(listener, cancellation)
    refuse_other_file(task.output, "a folder")
    report(Progress(0, None, READING))
    summary = ingest_files(
        [_place(place) for place in task.places],
        task.output,
        task.filters,
        task.validation,
        task.test,
        task.seed,
        task.force,
        on_file=lambda done, total: report(Progress(done, total, READING)),
        workers=task.workers,
        limits=task.limits,
        with_velocity=task.with_velocity,
        extraction=task.extraction,
        extractor=task.parts,
        tries_options=True,
    )
    return IngestResult(task.output, Path(task.output) / "report.jsonl", summary)


def _place(place: StrPath) -> str:
    text = os.fspath(place)
    return str(data_folder(SAMPLES)) if text == SAMPLES and not Path(text).exists() else text
