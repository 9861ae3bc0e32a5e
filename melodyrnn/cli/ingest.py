"""`melodyrnn ingest`: folders of MIDI files → a corpus. Readers are imported when needed, so that --help is fast."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from ..corpus.ingest.config import DEFAULT_TEST, DEFAULT_VALIDATION, Filters, IngestConfig
from ..corpus.ingest.option_settings import WHOLE
from ..corpus.ingest.remote.urls import scrubbed
from ..corpus.ingest.shards import Shard
from ..corpus.ingest.sources import MAX_ARCHIVE_MEGABYTES, MAX_FILE_MEGABYTES, MAX_SECONDS, Limits
from ..corpus.layout import SPLITS
from ..extract.extractor import BAR_LINES, OFF_GRID, TRACK_ROLES, ExtractionSettings
from ..extract.registry import DEFAULT_EXTRACTOR, EXTRACTORS, finds_roles
from ..text import counted, shortened
from .options import FiniteRange, VoicesType, force_option, json_option, quiet_option
from .roles import AskedRole, RoleType
from .terminal import columns, command_line, echo, echo_json, echo_wrapped, repeated, shows_progress

if TYPE_CHECKING:
    from ..corpus.ingest.left_out import Reason
    from ..tasks.ingest import IngestResult, IngestTask
    from ..tasks.progress import Listener

_FILTERS, _EXTRACTION, _LIMITS = Filters(), ExtractionSettings(), Limits()
_Result = TypeVar("_Result")
_Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _option(name: str, kind: click.ParamType[object], default: str | int | float, words: str) -> _Decorator:
    return click.option(name, type=kind, default=default, show_default=True, help=words)


class ShardType(click.ParamType[Shard]):
    """A shard, such as 3/10."""

    name = "shard"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        if isinstance(value, Shard):
            return value
        try:
            return Shard.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


# What is told about guesses, see `IngestSummary.guesses`.
_GUESSES = {
    "bar lines": "bar lines moved to where the notes show them (--bar-lines file keeps those of the files)",
    "top line": "the top line of chords, thirds or octaves",
    "bass": "a bass, because the file has no other line",
    "ostinato": "an ostinato, because the file has no other line",
}


@click.command("ingest")
@click.argument("places", nargs=-1, metavar="FOLDER...")
@click.option("-o", "--output", metavar="CORPUS", help="Folder to write the corpus to.")
@click.option("--explain", "explained", metavar="FILE", help="Explain how one file is ingested, and write nothing.")
@_option("--parts", click.Choice(list(EXTRACTORS)), DEFAULT_EXTRACTOR, "melody: one line of each file; all: whole "
         "pieces, each track a part with the role that is found for it; piano: one or two hands; tracks: parts in the "
         "order of the file, such as four voices; leadsheet: a melody with its chord symbols.")  # fmt: skip
@click.option(
    "--role",
    "roles",
    type=RoleType(),
    multiple=True,
    metavar="TRACK=ROLE",
    help=f"Of whole pieces: the role of a track, by name or number: {', '.join(TRACK_ROLES)}. Repeatable.",
)
@_option("--max-bars", click.IntRange(1), _EXTRACTION.max_bars, "Most bars of a whole piece; a longer one is cut.")
@_option("--voices", VoicesType(), _EXTRACTION.voices, "Of melodies: auto: the likeliest melody of a file; all: "
         "every monophonic track; skyline: also the top line of chords; track:NAME_OR_NUMBER: that track.")  # fmt: skip
@_option("--off-grid", click.Choice(OFF_GRID), _EXTRACTION.off_grid, "Treatment of freely played melodies: dropped, "
         "snapped to sixteenths and triplets, or kept on the nearest of 12 steps per quarter.")  # fmt: skip
@_option("--max-grid-error", FiniteRange(0), _EXTRACTION.max_grid_error,
         "Largest mean distance of onsets from the grid, in steps, of a melody that is not freely played.")  # fmt: skip
@_option("--min-notes", click.IntRange(1), _FILTERS.min_notes, "Fewest notes of a melody.")
@_option("--min-bars", click.IntRange(1), _FILTERS.min_bars, "Fewest bars of a melody.")
@_option("--min-pitches", click.IntRange(1), _FILTERS.min_pitches, "Fewest distinct pitches of a melody.")
@_option("--max-rest", FiniteRange(0, min_open=True), _EXTRACTION.max_rest_quarters,
         "Longest silence within a melody, in quarter notes; a longer one splits it.")  # fmt: skip
@_option("--bar-lines", click.Choice(BAR_LINES), _EXTRACTION.bar_lines, "auto: bar lines are moved to where the notes "
         "show them, where those of the file do not fit; file: they stay.")  # fmt: skip
@click.option("--no-velocity", is_flag=True, help="Leave out the velocities of notes.")
@click.option("--keep-duplicates", is_flag=True, help="Keep files and tunes that occur again, in any key.")
@click.option("--keep-generated", is_flag=True, help="Also read files that melodyrnn generated.")
@_option("--max-notes", click.IntRange(1), _LIMITS.file_notes, "Largest number of notes in a file.")
@_option("--max-file-mb", FiniteRange(0, MAX_FILE_MEGABYTES, min_open=True), _LIMITS.file_megabytes,
         "Largest size of a file.")  # fmt: skip
@_option("--max-archive-mb", FiniteRange(0, MAX_ARCHIVE_MEGABYTES, min_open=True), _LIMITS.archive_megabytes,
         "Largest unpacked size of the MIDI files in an archive; of a packed tar, of all its files.")  # fmt: skip
@click.option("--any-names", is_flag=True, help="Also read members of archives whose names point outside them.")
@_option(
    "--time-limit",
    FiniteRange(0, MAX_SECONDS, min_open=True),
    _LIMITS.seconds,
    "Longest time, in seconds, to read a file.",
)
@click.option(
    "--workers", type=click.IntRange(1), help="Number of processes that read files.  [default: one for each core]"
)
@_option("--validation", FiniteRange(0, 1, max_open=True), DEFAULT_VALIDATION,
         "Share of pieces for the validation split.")  # fmt: skip
@_option("--test", FiniteRange(0, 1, max_open=True), DEFAULT_TEST, "Share of pieces for the test split.")
@_option("--seed", click.IntRange(0), 0, "Seed of the splits.")
@click.option(
    "--scheduler",
    metavar="ADDRESS|local",
    help="Read the files on a Dask cluster, such as tcp://10.0.0.1:8786, whose workers see the same folders, or on one "
    "of this machine. Interrupted and run again, it reads only what is missing.",
)
@click.option(
    "--shard",
    type=ShardType(),
    metavar="I/N",
    help="Read every N-th file alone and write a shard, such as 3/10, of which melodyrnn merge makes the corpus: on "
    "several machines at once, in any order. Interrupted and run again, it reads only what is missing.",
)
@json_option
@quiet_option
@force_option
@click.pass_context
def command(
    ctx: click.Context,
    places: tuple[str, ...],
    output: str | None,
    explained: str | None,
    parts: str,
    roles: tuple[AskedRole, ...],
    max_bars: int,
    voices: str,
    off_grid: str,
    max_grid_error: float,
    min_notes: int,
    min_bars: int,
    min_pitches: int,
    max_rest: float,
    bar_lines: str,
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
    scheduler: str | None,
    shard: Shard | None,
    as_json: bool,
    force: bool,
) -> None:
    """Turn folders of MIDI files, and zip and tar archives of them, into a corpus to train on.

    A FOLDER may also be a URL: https://HOST/songs.zip, the page of a folder, s3://BUCKET/FOLDER, gs://BUCKET/FOLDER, or
    another of fsspec (extras remote, s3, gs).

    Melodies, or with --parts whole pieces, are put on a grid of 12 steps per quarter note and divided into splits;
    duplicates, also in other keys, are dropped. CORPUS/report.jsonl tells for each file what was kept or dropped, and
    why. The word "samples" stands for the tunes that come with melodyrnn, unless there is a folder of that name.
    Ingesting into the same CORPUS again (--force) reads only files whose content has changed.
    """
    filters = Filters(
        min_notes=min_notes,
        min_pitches=min_pitches,
        keep_duplicates=keep_duplicates,
        keep_generated=keep_generated,
        min_bars=min_bars,
    )
    asked = tuple((one.track, one.role) for one in roles)
    extraction = ExtractionSettings(voices, off_grid, max_grid_error, max_rest, bar_lines, max_bars, asked)
    if asked and not finds_roles(EXTRACTORS[parts]):
        able = [name for name, extractor in EXTRACTORS.items() if finds_roles(extractor)]
        raise click.UsageError(f"--role is for whole pieces: --parts {' or '.join(able)}.")
    limits = Limits(max_file_mb, max_notes, max_archive_mb, any_names, time_limit)
    if explained is not None:
        from ..corpus.ingest.explain import explain

        for line in explain(explained, IngestConfig(filters, extraction, limits, parts)):
            echo(line)
        return
    if not places:
        raise click.UsageError("Missing argument 'FOLDER...'.")
    if output is None:
        raise click.UsageError(
            "Missing option '-o' / '--output', the folder of the corpus (--explain FILE is for one file)."
        )
    from ..tasks.ingest import IngestTask, ingest

    task = IngestTask(
        places,
        output,
        filters,
        extraction,
        limits,
        validation,
        test,
        seed,
        not no_velocity,
        workers,
        force,
        parts,
        scheduler,
    )
    if scheduler is not None and shard is not None:
        raise click.UsageError("--scheduler and --shard are two ways to divide the work: choose one.")
    if shard is not None:
        _ingest_shard(task, shard, as_json)
        return
    result = with_bar(lambda listener: ingest(task, listener))
    if as_json:
        echo_json(result.to_json())
    else:
        say(result, ctx)


def _ingest_shard(task: IngestTask, shard: Shard, as_json: bool) -> None:
    from ..tasks.ingest import ingest_shard

    summary = with_bar(lambda listener: ingest_shard(task, shard, listener))
    if as_json:
        echo_json({"shard": os.fspath(task.output), **summary._asdict()})
        return
    read = "all read now" if summary.num_read == summary.num_files else f"{summary.num_read} of them read now"
    echo(f"{task.output}: shard {shard} with {counted(summary.num_files, 'file')} of {summary.num_all:,}, {read}")
    echo(f"next, with all {shard.of} shards: melodyrnn merge SHARD... -o CORPUS")


def with_bar(work: Callable[[Listener | None], _Result]) -> _Result:
    """Return the result of a task that is called with a listener, with a progress bar of files on a terminal."""
    if not shows_progress():
        return work(None)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task("", total=None)
        return work(lambda p: bar.update(row, description=p.stage, completed=p.done, total=p.total))


def say(result: IngestResult, ctx: click.Context) -> None:
    """Print what an ingest or a merge wrote."""
    summary = result.summary
    largest_first = sorted(SPLITS, key=lambda split: -summary.splits.get(split, 0))
    splits = ", ".join(f"{summary.splits[split]} {split}" for split in largest_first if summary.splits.get(split))
    one, several = ("piece", "pieces") if summary.has_parts else ("melody", "melodies")
    echo_wrapped(f"{result.output}: {counted(summary.num_melodies, one, several)} ({splits}), "
                 f"{counted(summary.num_notes, 'note')}", "  ")  # fmt: skip
    files, lost = counted(summary.num_files, "file"), summary.num_files - summary.num_with_melody
    gave_none = f"; {lost} gave none:" if lost else ""
    echo(f"{summary.num_with_melody} of {files} gave a {one}{gave_none}")
    for left_out in summary.left_out:
        _say_reasons(left_out.reasons)
    if summary.remedy is not None:
        tried = f"all {lost}" if summary.remedy.num_tried == lost else f"{summary.remedy.num_tried} of these {lost}"
        kept = f"gets a {one} out of {summary.remedy.num_kept} of them"
        if WHOLE in summary.remedy.options:
            kept = f"keeps {summary.remedy.num_kept} of them, as whole pieces with all their tracks"
        echo(f"this command {kept} (tried on {tried}):")
        options = [word for option in summary.remedy.options for word in option.split()]
        echo("  " + scrubbed(repeated(ctx, [*options, "--force"])))  # a URL may hold credentials
    if summary.num_repaired:
        echo(f"damaged and repaired: {counted(summary.num_repaired, 'file')}")
    for guess, words in _GUESSES.items():
        if guess in summary.guesses:
            echo_wrapped(f"{words}: {counted(summary.guesses[guess], one, several)}", "  ")
    if sum(summary.dropped.values()) > lost:
        voices = ", ".join(f"{count} {reason}" for reason, count in summary.dropped.items())
        echo_wrapped(f"with the tracks and parts of all files, not used are: {voices}", "  ")
    if summary.dropped:
        echo_wrapped(f"each with its reason: {result.report}", "  ")
    echo("next: " + command_line(["melodyrnn", "train", os.fspath(result.output), "-o", _new_model()]))


def _say_reasons(reasons: Sequence[Reason]) -> None:
    """Print why files gave no melody: how many, the reason, and one of the files."""
    for reason in reasons:
        words = f"{reason.count:6d}  {reason.reason}, such as "
        room = max(20, columns() - len(words))
        echo(words + shortened(reason.example, room))


def _new_model() -> str:
    """Return the name of a model that does not exist yet."""
    names = (f"mine{number}.keras" for number in ("", *range(2, 1000)))
    return next(name for name in names if not os.path.exists(name) and not os.path.exists(f"{name}.run"))
