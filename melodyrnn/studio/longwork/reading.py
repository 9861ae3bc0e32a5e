"""The work "corpus": reads a folder of music and writes a corpus, in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, cast

from ...corpus.ingest.config import IngestConfig
from ...corpus.ingest.nothing_kept import NothingKept
from ...corpus.ingest.option_settings import SETTINGS, Options, config_with, option_key, split_options
from ...errors import SettingError
from ...files import write_text
from ...json_types import JsonObject
from ...tasks.ingest import IngestTask, ingest
from .folder import Status, WorkFolder
from .reporter import Reporter


class CorpusTask(TypedDict):
    """What is asked of a corpus; task.json.

    Attributes:
        name: of the corpus, for people.
        created: seconds since 1970.
        place: the folder to read; None for the files that are uploaded into `files/` beside it.
        options: of `melodyrnn ingest`, each with its value, such as "--voices skyline".
    """

    name: str
    created: float
    place: str | None
    options: list[str]


def task_of(work: WorkFolder) -> CorpusTask:
    """Return what is asked. Raises OutputError where it cannot be read."""
    return cast(CorpusTask, work.task())


def corpus_path(work: WorkFolder) -> Path:
    """Return the folder of the corpus."""
    return work.path / "corpus"


def upload_path(work: WorkFolder) -> Path:
    """Return the folder of uploaded files."""
    return work.path / "files"


def place_of(work: WorkFolder) -> Path:
    """Return the folder that is read."""
    place = task_of(work)["place"]
    return upload_path(work) if place is None else Path(place)


def report_path(work: WorkFolder) -> Path:
    """Return the file with a line for each file that was read: that of the corpus, or of the last failure."""
    failed = _report_of_failure(work)
    return failed if failed.exists() else corpus_path(work) / "report.jsonl"


def read_corpus(work: WorkFolder, reporter: Reporter) -> tuple[Status, JsonObject]:
    """Read the folder. Where no file gives anything, the report and the advice are kept, and NothingKept is raised."""
    failed = _report_of_failure(work)
    failed.unlink(missing_ok=True)
    reporter.figures = {}
    config = config_of(task_of(work)["options"])
    task = IngestTask(
        (place_of(work),),
        corpus_path(work),
        config.filters,
        config.extraction,
        config.limits,
        parts=config.extractor,
        force=True,
    )
    try:
        return "done", dict(ingest(task, reporter, reporter.cancellation).to_json())
    except NothingKept as error:
        write_text(failed, error.report)
        reporter.figures = {"remedy": None if error.remedy is None else error.remedy.to_json()}
        raise


def config_of(options: Sequence[str]) -> IngestConfig:
    """Return the configuration of an ingest with options. Raises SettingError for one that no advice names."""
    words = list(split_options(options))
    for option in words:
        if option_key(option) not in SETTINGS:
            raise SettingError(f"an option must be one of {', '.join(SETTINGS)}. Received: {option[:100]}")
        if SETTINGS[option_key(option)].bound and " " not in option:
            raise SettingError(f"an option must have its value. Received: {option}")
    try:
        return config_with(IngestConfig(), Options(words))
    except ValueError as error:  # a number that is none
        raise SettingError(f"an option must have its value. Received: {' '.join(words)[:100]}") from error


def _report_of_failure(work: WorkFolder) -> Path:
    return work.path / "report.jsonl"
