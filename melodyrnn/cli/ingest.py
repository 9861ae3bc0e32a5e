"""`melodyrnn ingest`: folders of MIDI files → a corpus. Readers are imported when needed, so that --help is fast."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ..corpus.ingest.config import DEFAULT_TEST, DEFAULT_VALIDATION, Filters, IngestConfig
from ..corpus.ingest.sources import Limits
from ..extract.extractor import OFF_GRID, ExtractionSettings
from .options import FiniteRange, VoicesType, force_option
from .terminal import echo

if TYPE_CHECKING:
    from ..tasks.ingest import IngestResult, IngestTask

_FILTERS, _EXTRACTION, _LIMITS = Filters(), ExtractionSettings(), Limits()
_Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _option(name: str, kind: click.ParamType[object], default: str | int | float, words: str) -> _Decorator:
    return click.option(name, type=kind, default=default, show_default=True, help=words)


@click.command("ingest")
@click.argument("places", nargs=-1, metavar="FOLDER...")
@click.option("-o", "--output", metavar="CORPUS", help="Folder to write the corpus to.")
@click.option("--explain", "explained", metavar="FILE", help="Explain how one file is ingested, and write nothing.")
@_option("--voices", VoicesType(), _EXTRACTION.voices, "auto: the likeliest melody of a file; all: every "
         "monophonic track; skyline: also the top line of chords; track:NAME_OR_NUMBER: that track.")  # fmt: skip
@_option("--off-grid", click.Choice(OFF_GRID), _EXTRACTION.off_grid, "Treatment of freely played melodies: dropped, "
         "snapped to sixteenths and triplets, or kept on the nearest of 12 steps per quarter.")  # fmt: skip
@_option("--max-grid-error", FiniteRange(0), _EXTRACTION.max_grid_error,
         "Largest mean distance of onsets from the grid, in steps, of a melody that is not freely played.")  # fmt: skip
@_option("--min-notes", click.IntRange(1), _FILTERS.min_notes, "Fewest notes of a melody.")
@_option("--min-bars", click.IntRange(1), _FILTERS.min_bars, "Fewest bars of a melody.")
@_option("--min-pitches", click.IntRange(1), _FILTERS.min_pitches, "Fewest distinct pitches of a melody.")
@_option("--max-rest", FiniteRange(0, min_open=True), _EXTRACTION.max_rest_quarters,
         "Longest silence within a melody, in quarter notes; a longer one splits it.")  # fmt: skip
@click.option("--no-velocity", is_flag=True, help="Leave out the velocities of notes.")
@click.option("--keep-duplicates", is_flag=True, help="Keep files and tunes that occur again, in any key.")
@click.option("--keep-generated", is_flag=True, help="Also read files that melodyrnn generated.")
@_option("--max-notes", click.IntRange(1), _LIMITS.file_notes, "Largest number of notes in a file.")
@_option("--max-file-mb", FiniteRange(0, 1024, min_open=True), _LIMITS.file_megabytes, "Largest size of a file.")
@_option("--max-archive-mb", FiniteRange(0, 1_000_000, min_open=True), _LIMITS.archive_megabytes,
         "Largest unpacked size of the MIDI files in a zip archive.")  # fmt: skip
@click.option("--any-names", is_flag=True, help="Also read members of archives whose names point outside them.")
@_option(
    "--time-limit",
    FiniteRange(0, 86_400, min_open=True),
    _LIMITS.seconds,
    "Longest time, in seconds, to read a file.",
)
@click.option(
    "--workers", type=click.IntRange(1), help="Number of processes that read files.  [default: one for each core]"
)
@_option(
    "--validation",
    FiniteRange(0, 1, max_open=True),
    DEFAULT_VALIDATION,
    "Share of pieces for the validation split.",
)
@_option("--test", FiniteRange(0, 1, max_open=True), DEFAULT_TEST, "Share of pieces for the test split.")
@_option("--seed", click.IntRange(0), 0, "Seed of the splits.")
@force_option
def command(
    places: tuple[str, ...],
    output: str | None,
    explained: str | None,
    voices: str,
    off_grid: str,
    max_grid_error: float,
    min_notes: int,
    min_bars: int,
    min_pitches: int,
    max_rest: float,
    no_velocity: bool,
    keep_duplicates: bool,
    keep_generated: bool,
    max_notes: int,
    max_file_mb: float,
    max_archive_mb: float,
    any_names: bool,
    time_limit: float,
    workers: int | None,
    validation: float,
    test: float,
    seed: int,
    force: bool,
) -> None:
    """Turn folders of MIDI files, and zip archives of them, into a corpus to train on.

    Melodies are extracted, put on a grid of 12 steps per quarter note, and divided into splits; duplicates, also in
    other keys, are dropped. CORPUS/report.jsonl tells for each file what was kept or dropped, and why. The word
    "samples" stands for the tunes that come with melodyrnn, unless there is a folder of that name. Ingesting into the
    same CORPUS again (--force) reads only files whose content has changed.
    """
    filters = Filters(
        min_notes=min_notes,
        min_pitches=min_pitches,
        keep_duplicates=keep_duplicates,
        keep_generated=keep_generated,
        min_bars=min_bars,
    )
    extraction = ExtractionSettings(voices, off_grid, max_grid_error, max_rest)
    limits = Limits(max_file_mb, max_notes, max_archive_mb, any_names, time_limit)
    if explained is not None:
        from ..corpus.ingest.explain import explain

        for line in explain(explained, IngestConfig(filters, extraction, limits)):
            echo(line)
        return
    if not places:
        raise click.UsageError("Missing argument 'FOLDER...'.")
    if output is None:
        raise click.UsageError(
            "Missing option '-o' / '--output', the folder of the corpus (--explain FILE is for one file)."
        )
    from ..tasks.ingest import IngestTask

    task = IngestTask(
        places, output, filters, extraction, limits, validation, test, seed, not no_velocity, workers, force
    )
    _say(_with_bar(task))


def _with_bar(task: IngestTask) -> IngestResult:
    """Ingest, with a progress bar on a terminal while files are read."""
    from ..tasks.ingest import ingest

    if not sys.stderr.isatty():
        return ingest(task)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("files"), TimeRemainingColumn()
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task("", total=None)
        return ingest(task, lambda p: bar.update(row, completed=p.done, total=p.total))


def _say(result: IngestResult) -> None:
    summary = result.summary
    pieces = sum(summary.splits.values())
    shares = ", ".join(f"{n} {split}" for split, n in sorted(summary.splits.items(), key=lambda s: -s[1]))
    echo(f"{result.output}: {pieces} melodies ({shares}), {summary.num_notes} notes from {summary.num_files} files")
    if summary.num_repaired:
        echo(f"  damaged and repaired: {summary.num_repaired} files")
    width = max(map(len, summary.dropped), default=0)
    for reason, count in summary.dropped.items():
        option = f"  {summary.options[reason]} would keep it" if reason in summary.options else ""
        echo(f"  not kept: {count:5d}  {reason:{width}s}{option}".rstrip())
    if summary.dropped:
        echo(f"  the files and reasons are in {result.report}")
