"""`melodyrnn compare`: generated and real melodies → their features, similarity, and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..corpus.layout import SPLITS
from ..extract.registry import EXTRACTORS
from ..tasks.defaults import NUM_COMPARED
from .options import FiniteRange, MeterType, force_option, json_option, quiet_option
from .terminal import echo, echo_json, echo_left_out, echo_wrapped, shows_progress

if TYPE_CHECKING:
    from ..evaluation.classifier.classification import Classification
    from ..evaluation.compare import Comparison
    from ..evaluation.passages import Copies
    from ..evaluation.shares import Shares
    from ..music.meter import Meter
    from ..tasks.compare import CompareResult, CompareTask
    from ..tasks.progress import Progress

_INDENT = " " * 10
_SPREAD = 15  # columns of a mean and a standard deviation


@click.command("compare")
@click.argument("generated", metavar="GENERATED")
@click.argument("real", metavar="REAL")
@click.option("--split", type=click.Choice([*SPLITS, "all"]), help="Which pieces of a corpus REAL [default: test].")
@click.option(
    "--num",
    type=click.IntRange(4, 20_000),
    default=NUM_COMPARED,
    show_default=True,
    help="Number of pieces to generate with a model.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Seed of generated pieces and of the halves of REAL.",
)
@click.option(
    "--bars", type=click.IntRange(2), help="Compare only the first bars of both sets; shorter pieces are left out."
)
@click.option("--meter", type=MeterType(), help="Compare only pieces of this meter, such as 4/4.")
@click.option(
    "--parts",
    type=click.Choice(list(EXTRACTORS)),
    help="What is compared of MIDI files: one melody of each, or whole pieces, as in melodyrnn ingest "
    "[default: what a model GENERATED draws, else melody].",
)
@click.option(
    "--temperature", type=FiniteRange(0), help="Temperature of the model [default: that of melodyrnn generate]."
)
@click.option(
    "--index", "model", metavar="MODEL", help="A model in whose training tunes to search for copied passages."
)
@click.option(
    "--classifier",
    is_flag=True,
    help="Measure too how well a classifier tells the sets apart, by what, and in words by which ten features; needs "
    "scikit-learn and at least 40 pieces of 16 bars, or of --bars.",
)
@click.option(
    "--max-auc",
    type=FiniteRange(0, 1),
    help="Check that the AUC of the classifier, without pick-ups and last notes, is at most this; adds --classifier.",
)
@click.option("--html", metavar="FILE", help="Write a page with plots of all distributions.")
@click.option(
    "--write",
    metavar="FOLDER",
    help="Write both sets as MIDI files: FOLDER/real and FOLDER/generated, complete pieces also with --bars.",
)
@json_option
@quiet_option
@force_option
def command(
    generated: str,
    real: str,
    split: str | None,
    num: int,
    seed: int,
    bars: int | None,
    meter: Meter | None,
    parts: str | None,
    temperature: float | None,
    model: str | None,
    html: str | None,
    write: str | None,
    classifier: bool,
    max_auc: float | None,
    as_json: bool,
    force: bool,
) -> None:
    """Compare GENERATED melodies with REAL ones.

    Both are folders of MIDI files, single files or a corpus. GENERATED may be a model, as a .keras file or by its name:
    it then generates pieces of the lengths, meters, modes and parts of the real ones. Other pieces should be compared
    with --bars, because features depend on length. Pieces with several parts or chords have more features; those of
    melodies are then features of the leading line. "real" under overlap and KL is the same figure between two halves of
    the real set; "of all" is the overlap of the values of all pieces together.
    """
    from ..evaluation.checks import report
    from ..tasks.compare import CompareTask

    task = CompareTask(
        generated,
        real,
        split,
        num,
        seed,
        bars,
        meter,
        temperature,
        model,
        html,
        force,
        parts,
        write,
        classifier or max_auc is not None,
        max_auc,
    )
    comparison = _with_bar(task).comparison
    if as_json:
        echo_json(report(comparison))
    else:
        echo_left_out(comparison.left_out)
        _say(comparison, cut=bars is not None)


def _with_bar(task: CompareTask) -> CompareResult:
    """Compare, with a progress bar on a terminal while a model generates pieces and a classifier learns."""
    from ..tasks.compare import COMPARING, GENERATING, compare, model_of

    if model_of(task.generated) is None and not task.classifier:
        return compare(task)
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not shows_progress()) as bar:
        row = bar.add_task(GENERATING, total=None)

        def show(progress: Progress) -> None:
            if progress.stage == COMPARING:
                bar.stop()
            else:
                bar.update(row, description=progress.stage, completed=progress.done, total=progress.total)

        return compare(task, show)


def _say(comparison: Comparison, cut: bool) -> None:
    from ..evaluation.checks import checks_of
    from ..evaluation.compare import MIN_PIECES
    from ..evaluation.features import FEATURES
    from ..evaluation.part_features import PART_FEATURES

    echo(" " * 50 + "overlap".rjust(12) + "KL".rjust(12) + "of".rjust(6))
    header = ("gen.", "real", "gen.", "real", "all")
    echo("feature".ljust(20) + "real".rjust(15) + "generated".rjust(15) + "".join(h.rjust(6) for h in header))
    for row in comparison.rows:
        spreads = (_spread(values.mean(), values.std()) for values in (row.real, row.generated))
        figures = (row.likeness.overlap, row.yardstick.overlap, row.likeness.divergence, row.yardstick.divergence)
        cells = "".join(_short(figure) for figure in (*figures, row.overlap_of_values))
        echo(row.feature.name.ljust(20) + "".join(spread.rjust(_SPREAD) for spread in spreads) + cells)
    if any(row.feature in PART_FEATURES for row in comparison.rows):
        echo_wrapped(f"features from {FEATURES[0].name} to {FEATURES[-1].name} are those of the leading line", _INDENT)
    if missing := ", ".join(comparison.not_compared):
        echo_wrapped(f"not compared, because fewer than {MIN_PIECES} pieces of a set have them: {missing}", _INDENT)
    for name, shares in (("real", comparison.real), ("generated", comparison.generated)):
        echo_wrapped(f"{name:10s}{_words(shares, cut)}", _INDENT)
    of_lines = {} if comparison.copies is None else {"": comparison.copies}
    for part, both in {**of_lines, **comparison.part_copies}.items():
        for name, copies in zip(("generated", "real"), both, strict=True):
            echo_wrapped(f"{name:10s}{_words_of_copies(copies, part)}", _INDENT)
    if comparison.classification is not None:
        _say_classification(comparison.classification)
    echo("checks:")
    for check in checks_of(comparison):
        verdict = check.verdict.upper() if check.holds is False else check.verdict
        echo(f"  {verdict:7s}{check.name}: {check.generated:.3g}, real {check.real:.3g} ({check.rule})")


def _say_classification(found: Classification) -> None:
    control = found.control
    echo(f"classifier, first {found.num_bars} bars of the leading line of {found.pieces} pieces of each set:")
    rows = (
        ("inner (no pick-up, no last note)", found.inner, control.inner),
        ("with these edges", found.with_edges, control.with_edges),
    )
    for name, auc, halves in rows:
        echo(f"  AUC {name:33s}{auc}   real against real {halves}")
    by_group = ", ".join(f"{name} {auc.value:.3f}" for name, auc in found.groups.items())
    echo_wrapped(f"  by one group of features: {by_group}", _INDENT)
    echo("  what differs most, real → generated (in standard deviations):")
    for difference in found.strongest:
        echo_wrapped(f"    {difference.effect:+.2f}  {difference.group}: {difference}", _INDENT)


def _spread(mean: float, deviation: float) -> str:
    """Return a mean and a standard deviation in less than fifteen columns, with three decimals where they fit."""
    texts = [f"{mean:.{decimals}f} ± {deviation:.{decimals}f}" for decimals in (3, 2, 1, 0)]
    return next((text for text in texts if len(text) < _SPREAD), texts[-1])


def _short(figure: float) -> str:
    """Return a figure in six columns."""
    return f"{round(figure, 3) + 0.0:6.3f}" if abs(figure) < 10 else f"{figure:6.1f}"  # 0.0 for what rounds to -0.0


def _words(shares: Shares, cut: bool) -> str:
    returns = ", ".join(f"{share:.3f} after {bars}" for bars, share in shares.returns.items() if share is not None)
    ending = "" if cut else f"; {shares.ends_on_tonic:.3f} end on the tonic"
    opening = f"; {shares.begins_with_pickup:.3f} begin with a pick-up"
    return f"{shares.pieces} pieces; share whose first bars return: {returns or 'none is long enough'}{opening}{ending}"


def _words_of_copies(copies: Copies, part: str) -> str:
    """Return the figures of copies in words; `part` is the name of the slot, empty for those of leading lines."""
    whose = f" of the part {part}" if part else ""
    return (
        f"longest passage{whose} found in the training pieces: median {copies.median_notes:g} notes "
        f"({copies.median_bars:.2f} bars), 90th percentile {copies.p90_notes:g} ({copies.p90_bars:.2f})"
    )
