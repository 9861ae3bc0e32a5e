"""`melodyrnn ingest`: folders of MIDI → a corpus."""

from __future__ import annotations

from pathlib import Path

import click

from ..corpus.build import Summary, ingest
from ..corpus.ingest import Filters
from ..generation.generator import data_folder
from .options import force_option

_DEFAULTS = Filters()


@click.command("ingest")
@click.argument("places", nargs=-1, required=True, metavar="FOLDER...")
@click.option("-o", "--output", required=True, metavar="CORPUS", help="Folder to write the corpus to.")
@click.option(
    "--min-notes",
    type=click.IntRange(1),
    default=_DEFAULTS.min_notes,
    show_default=True,
    help="Fewest notes of a melody.",
)
@click.option(
    "--min-pitches",
    type=click.IntRange(1),
    default=_DEFAULTS.min_pitches,
    show_default=True,
    help="Fewest distinct pitches of a melody.",
)
@click.option(
    "--max-rest",
    type=click.FloatRange(0, min_open=True),
    default=_DEFAULTS.max_rest_quarters,
    show_default=True,
    help="Longest silence within a melody, in quarter notes; a longer one cuts it in two.",
)
@click.option(
    "--max-grid-error",
    type=click.FloatRange(0),
    default=_DEFAULTS.max_grid_error,
    show_default=True,
    help="Largest mean distance of onsets from the grid (12 steps per quarter), in steps; free playing shows 0.25.",
)
@click.option("--keep-duplicates", is_flag=True, help="Keep tunes that are heard again, in whatever key.")
@click.option("--keep-generated", is_flag=True, help="Take files that melodyrnn itself wrote, too.")
@click.option(
    "--validation",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.05,
    show_default=True,
    help="Share of pieces to stop training by.",
)
@click.option(
    "--test",
    "test_share",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.1,
    show_default=True,
    help="Share of pieces to measure by.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Draws the split.")
@force_option
def command(
    places: tuple[str, ...],
    output: str,
    min_notes: int,
    min_pitches: int,
    max_rest: float,
    max_grid_error: float,
    keep_duplicates: bool,
    keep_generated: bool,
    validation: float,
    test_share: float,
    seed: int,
    force: bool,
) -> None:
    """Turn folders of MIDI files into a corpus to train on.

    Melodies are found, put on a grid of 12 steps per quarter note, freed of duplicates (also in other keys) and split
    by piece. What becomes of each file is written to CORPUS/report.jsonl. The word "samples" stands for the tunes
    that come with melodyrnn, unless there is a folder of that name.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    filters = Filters(min_notes, min_pitches, max_rest, max_grid_error, keep_duplicates, keep_generated)
    found = [str(data_folder("samples")) if p == "samples" and not Path(p).exists() else p for p in places]
    console = Console(stderr=True)
    columns = (
        TextColumn("reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        summary = ingest(
            found,
            output,
            filters,
            validation,
            test_share,
            seed,
            force,
            on_file=lambda done, total: bar.update(task, completed=done, total=total),
        )
    _say(summary, output)


def _say(summary: Summary, output: str) -> None:
    pieces = sum(summary.splits.values())
    shares = ", ".join(f"{n} {split}" for split, n in sorted(summary.splits.items(), key=lambda s: -s[1]))
    click.echo(f"{output}: {pieces} melodies ({shares}), {summary.notes} notes from {summary.files} files")
    for reason, count in summary.dropped.items():
        click.echo(f"  not kept: {count:5d}  {reason}")
    if summary.dropped:
        click.echo(f"  each with its file in {Path(output) / 'report.jsonl'}")
