"""`melodyrnn ingest`: folders of MIDI → a corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..corpus.ingest.config import Filters, IngestConfig
from ..corpus.ingest.explain import explain
from ..corpus.ingest.run import IngestSummary, ingest
from ..corpus.ingest.sources import Limits
from ..extract.extractor import OFF_GRID, ExtractionSettings
from ..shipped import data_folder
from .options import VoicesType, force_option

_FILTERS, _EXTRACTION, _LIMITS = Filters(), ExtractionSettings(), Limits()


_Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _option(name: str, kind: Any, default: Any, words: str) -> _Decorator:
    return click.option(name, type=kind, default=default, show_default=True, help=words)


@click.command("ingest")
@click.argument("places", nargs=-1, metavar="FOLDER...")
@click.option("-o", "--output", metavar="CORPUS", help="Folder to write the corpus to.")
@click.option("--explain", "explained", metavar="FILE", help="Tell the whole story of one file, and write nothing.")
@_option("--voices", VoicesType(), _EXTRACTION.voices, "auto: the likeliest melody of a file; all: every line of "
         "single notes; skyline: the top line of chords too; track:NAME_OR_NUMBER: that one.")  # fmt: skip
@_option("--off-grid", click.Choice(OFF_GRID), _EXTRACTION.off_grid, "What becomes of free playing: left out, snapped "
         "to sixteenths and triplets, short rests closed, or kept on the nearest of 12 steps per quarter.")  # fmt: skip
@_option("--max-grid-error", click.FloatRange(0), _EXTRACTION.max_grid_error,
         "Mean distance of onsets from the grid, in steps, from which on playing is free.")  # fmt: skip
@_option("--min-notes", click.IntRange(1), _FILTERS.min_notes, "Fewest notes of a melody.")
@_option("--min-bars", click.IntRange(1), _FILTERS.min_bars, "Fewest bars of a melody.")
@_option("--min-pitches", click.IntRange(1), _FILTERS.min_pitches, "Fewest distinct pitches of a melody.")
@_option("--max-rest", click.FloatRange(0, min_open=True), _EXTRACTION.max_rest_quarters,
         "Longest silence within a melody, in quarter notes; a longer one cuts it in two.")  # fmt: skip
@click.option("--no-velocity", is_flag=True, help="Leave out how loud each note was played.")
@click.option("--keep-duplicates", is_flag=True, help="Keep files and tunes that are found again, in whatever key.")
@click.option("--keep-generated", is_flag=True, help="Take files that melodyrnn itself wrote, too.")
@_option("--max-notes", click.IntRange(1), _LIMITS.file_notes, "Most notes in a file.")
@_option("--max-file-mb", click.FloatRange(0, min_open=True), _LIMITS.file_megabytes, "Largest file.")
@_option("--max-archive-mb", click.FloatRange(0, min_open=True), _LIMITS.archive_megabytes,
         "Most that the MIDI files of one zip archive may unpack to.")  # fmt: skip
@click.option("--any-names", is_flag=True, help="Read members of archives whose names lead out of them, too.")
@_option("--time-limit", click.FloatRange(0, min_open=True), _LIMITS.seconds, "Longest time for a file, in seconds.")
@click.option("--workers", type=click.IntRange(1), help="Processes that read.  [default: one for each core]")
@_option("--validation", click.FloatRange(0, 1, max_open=True), 0.05, "Share of pieces to stop training by.")
@_option("--test", click.FloatRange(0, 1, max_open=True), 0.1, "Share of pieces to measure by.")
@_option("--seed", click.IntRange(0), 0, "Draws the split.")
@force_option
def command(places: tuple[str, ...], output: str | None, explained: str | None, **options: Any) -> None:
    """Turn folders of MIDI files, and zip archives of them, into a corpus to train on.

    Melodies are found, put on a grid of 12 steps per quarter note, freed of duplicates (also in other keys) and split
    by piece. What becomes of each file is written to CORPUS/report.jsonl. The word "samples" stands for the tunes
    that come with melodyrnn, unless there is a folder of that name. Ingesting into the same CORPUS again (--force)
    reads only files whose content has changed.
    """
    config = _config(options)
    if explained is not None:
        for line in explain(explained, config):
            click.echo(line)
        return
    if not places:
        raise click.UsageError("Missing argument 'FOLDER...'.")
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output'.")
    found = [str(data_folder("samples")) if p == "samples" and not Path(p).exists() else p for p in places]
    summary = _with_bar(found, output, config, options)
    _say(summary, output)


def _config(options: dict[str, Any]) -> IngestConfig:
    named = ("min_notes", "min_bars", "min_pitches", "keep_duplicates", "keep_generated")
    extraction = ExtractionSettings(
        options["voices"], options["off_grid"], options["max_grid_error"], options["max_rest"]
    )
    return IngestConfig(Filters(**{name: options[name] for name in named}), extraction, _limits(options))


def _limits(options: dict[str, Any]) -> Limits:
    return Limits(
        options["max_file_mb"],
        options["max_notes"],
        options["max_archive_mb"],
        options["any_names"],
        options["time_limit"],
    )


def _with_bar(found: list[str], output: str, config: IngestConfig, options: dict[str, Any]) -> IngestSummary:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("files"), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        return ingest(
            found,
            output,
            config.filters,
            options["validation"],
            options["test"],
            options["seed"],
            options["force"],
            on_file=lambda done, total: bar.update(task, completed=done, total=total) if bar.live.is_started else None,
            workers=options["workers"],
            limits=config.limits,
            with_velocity=not options["no_velocity"],
            extraction=config.extraction,
        )


def _say(summary: IngestSummary, output: str) -> None:
    pieces = sum(summary.splits.values())
    shares = ", ".join(f"{n} {split}" for split, n in sorted(summary.splits.items(), key=lambda s: -s[1]))
    click.echo(f"{output}: {pieces} melodies ({shares}), {summary.num_notes} notes from {summary.num_files} files")
    if summary.num_repaired:
        click.echo(f"  damaged and repaired: {summary.num_repaired} files")
    width = max(map(len, summary.dropped), default=0)
    for reason, count in summary.dropped.items():
        option = f"  {summary.options[reason]} would keep it" if reason in summary.options else ""
        click.echo(f"  not kept: {count:5d}  {reason:{width}s}{option}".rstrip())
    if summary.dropped:
        click.echo(f"  each with its file in {Path(output) / 'report.jsonl'}")
