"""`melodyrnn evaluate`: a model and music → bits per note, compared with simpler models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from ..corpus.layout import SPLITS
from .options import NamesType, json_option, quiet_option
from .terminal import echo, echo_json, echo_left_out, echo_wrapped

if TYPE_CHECKING:
    from ..evaluation.figures import BaselineFigures, PartFigures, VerseFigures
    from ..evaluation.report import EvaluationReport
    from ..evaluation.surprise import PieceFigures


@click.command("evaluate")
@click.argument("model", metavar="MODEL")
@click.argument("music", metavar="CORPUS_OR_FOLDER")
@click.option(
    "--split",
    type=click.Choice([*SPLITS, "all"]),
    help="Split of the corpus to evaluate [default: test; for a folder of MIDI: all].",
)
@click.option(
    "--baselines/--no-baselines",
    default=True,
    show_default=True,
    help="Whether to compare with simpler models, which are trained on the corpus in seconds.",
)
@click.option(
    "--pieces", is_flag=True, help="Show every piece, those with the most bits first, and its bars with the most bits."
)
@click.option(
    "--given",
    type=NamesType(),
    metavar="NAMES",
    default=(),
    help="Parts that are given, such as melody: measures the others, told what is given ahead.",
)
@json_option
@quiet_option
def command(
    model: str, music: str, split: str | None, baselines: bool, pieces: bool, given: tuple[str, ...], as_json: bool
) -> None:
    """Measure how well a model predicts melodies, in bits per note; fewer are better.

    Brackets hold 95 % confidence intervals, by resampling the pieces.
    """
    from ..tasks.evaluate import EvaluateTask, evaluate

    result = evaluate(EvaluateTask(model, music, split, baselines, pieces, given))
    if as_json:
        echo_json(result.figures)
        return
    echo_left_out(result.left_out)
    _say(result.figures)
    if result.lacks_baselines:
        echo("no baselines: they are trained on the training split of a corpus and evaluated on its test split")


def _say(result: EvaluationReport) -> None:
    echo(
        f"{result['bits_per_note']:.3f} bits per note {_range(result['interval'])} "
        f"over {result['notes']} notes of {result['pieces']} pieces"
    )
    for name, bits in result["fields"].items():
        echo(f"  {name:10s} {bits:.3f} {_range(result['field_intervals'][name])}")
    echo(f"  {'key':10s} {result['key']:.3f}  (estimated from the piece; its bits count once per piece)")
    echo(f"  {'length':10s} {result['length']:.3f}  (in bars; its bits count once per piece)")
    if "parts" in result:
        _say_parts(result["parts"])
    echo("by length of the passage that had occurred before:")
    for label, row in result["by_match"].items():
        if row["notes"]:
            echo(f"  {label:10s} {row['bits_per_note']:.3f}  ({row['notes']} notes)")
    if result["verses"]["notes"]:
        _say_verses(result["verses"])
    if "baselines" in result:
        _say_baselines(result, result["baselines"])
    if "by_piece" in result:
        _say_pieces(result["by_piece"])
    if result["rounded_values"]:
        echo(
            f"{result['rounded_values']} values were not in the vocabulary of the model and were rounded to the nearest"
        )


def _say_parts(parts: Mapping[str, PartFigures]) -> None:
    echo("by part, in bits per note:")
    for name, own in parts.items():
        count = "given: that nothing new comes before its notes" if own["given"] else f"{own['notes']} notes"
        echo(f"  {name:10s} {own['bits_per_note']:.3f}  ({count})")


def _say_verses(verses: VerseFigures) -> None:
    pieces = f"{verses['pieces']} piece{'s' * (verses['pieces'] != 1)}"
    echo(f"verses that repeat within {pieces}: {verses['bits_per_note']:.3f}  ({verses['notes']} notes)")
    echo(f"  {'without':10s} {verses['without']:.3f} {_range(verses['without_interval'])}")


def _say_baselines(result: EvaluationReport, baselines: Mapping[str, BaselineFigures]) -> None:
    from ..evaluation.baselines import DESCRIPTIONS

    names = list(result["fields"])
    echo_wrapped(
        "simpler models on the same notes, in bits per note (with the key; they do not read the length):", "  "
    )
    echo("  " + "".ljust(10) + "all".rjust(8) + "".ljust(18) + "".join(name.rjust(10) for name in names))
    rows: dict[str, EvaluationReport | BaselineFigures] = {"this model": result, **baselines}
    for name, row in rows.items():
        cells = "".join(f"{row['fields'][field]:10.3f}" for field in names)
        echo(f"  {name:10s}{row['bits_per_note']:8.3f} {_range(row['interval']):17s}{cells}")
    for name in baselines:
        echo_wrapped(f"  {name}: {DESCRIPTIONS[name]}", "    ")
    nearest = min(baselines, key=lambda name: baselines[name]["bits_per_note"])
    least = baselines[nearest]
    pitch = _range(least["fields_more_than_model_interval"]["pitch"])
    more = f"{least['more_than_model']:.3f} more {_range(least['more_than_model_interval'])}"
    echo(f"the best of them, {nearest}, needs {more}; pitch: {pitch}")


def _say_pieces(rows: Sequence[PieceFigures]) -> None:
    echo("bits per note of every piece, and the bars with the most bits:")
    width = min(40, max(len(row["name"]) for row in rows))
    for row in rows:
        bars = ", ".join(f"{bar['bar']} ({bar['bits']:.1f})" for bar in row["surprising_bars"])
        echo(f"  {row['bits_per_note']:7.3f}  {row['name'][:width]:{width}s}  {row['notes']:4d} notes  bars {bars}")


def _range(interval: Sequence[float]) -> str:
    return "[{:.3f}, {:.3f}]".format(*interval)
