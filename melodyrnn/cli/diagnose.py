"""`melodyrnn diagnose`: do a network's gradients explode, vanish, or neither?"""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from ..checkpoint import Metadata, load_metadata
from ..corpus.store import SPLITS, open_corpus
from ..files import atomic_file, refuse_existing
from ..shipped import model_path
from .options import force_option, json_option

if TYPE_CHECKING:
    from ..evaluation.diagnosis import Verdict
    from ..model.gradients import Influence
    from ..view.chart import Chart


@click.command("diagnose")
@click.argument("model", metavar="MODEL")
@click.argument("corpus", metavar="CORPUS")
@click.option(
    "--split", type=click.Choice([*SPLITS, "all"]), default="all", show_default=True, help="Pieces to measure on."
)
@click.option("--html", metavar="FILE.html", help="Write tables and pictures as one page.")
@click.option("--png", metavar="FILE.png", help="Write the picture of how far back the loss reaches.")
@json_option
@force_option
def command(model: str, corpus: str, split: str, html: str | None, png: str | None, as_json: bool, force: bool) -> None:
    """Show how strongly the loss at one note still depends on the network's state notes earlier.

    A recurrent network multiplies its gradients once a note: what grows explodes, what shrinks vanishes. The verdict
    also reads the norms of the gradients in training, which the model keeps.
    """
    path = model_path(model)
    metadata, opened = load_metadata(path), open_corpus(corpus)
    for picture in (html, png):
        if picture:
            refuse_existing(picture, force)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("measuring gradients") if console.is_terminal else nullcontext():
        from ..evaluation.diagnosis import judge
        from ..model.gradients import influence
        from ..model.saving import load_model

        found = influence(load_model(path), metadata.vocabulary, opened.melodies(split))
    training = metadata.training
    verdict = judge(found.distances, found.norms, training.get("history", []), training.get("stopped", ""))
    if as_json:
        click.echo(json.dumps(_to_json(found, verdict, training), indent=1))
    else:
        click.echo(_table(found))
        click.echo(_norms(training) + "\n" + _words(verdict))
    if png:
        _chart(found).to_png(png, force)
    if html:
        page = _page(model, metadata, found, verdict)
        with atomic_file(html, force) as temporary:
            temporary.write_text(page, "utf-8")


def _to_json(found: Influence, verdict: Verdict, training: dict[str, Any]) -> dict[str, Any]:
    return {
        "verdict": verdict.word,
        "reasons": list(verdict.reasons),
        "advice": verdict.advice,
        "distances": list(found.distances),
        "influence": found.norms.tolist(),
        "pieces": list(found.pieces),
        "gradient_norms": training.get("history", []),
    }


def _table(found: Influence) -> str:
    """A row a distance: the gradient's norm in each layer and its share of that at the first distance."""
    layers = range(len(found.norms))
    heads = "".join(f"  {f'layer {n + 1}':>10} {'of first':>9}" for n in layers)
    lines = [f"{'notes back':>10}{heads}  pieces"]
    for place, k in enumerate(found.distances):
        cells = "".join(
            f"  {found.norms[n, place]:>10.3g} {found.norms[n, place] / found.norms[n, 0]:>9.2g}" for n in layers
        )
        lines.append(f"{k:>10}{cells}  {found.pieces[place]:>6}")
    return "\n".join(lines)


def _norms(training: dict[str, Any]) -> str:
    rows = [row for row in training.get("history", []) if "gradient_norm" in row]
    if not rows:
        return "gradients in training: this model keeps none (it was trained by an older melodyrnn)"
    clip = training.get("settings", {}).get("clip_norm", 0)
    largest = max(row["largest_gradient_norm"] for row in rows)
    clipped = sum(row["clipped_share"] for row in rows) / len(rows)
    after = f"at most {clip:g} after clipping, which met {clipped:.0%} of the steps" if clip else "none was clipped"
    return (
        f"gradients in training: norm {rows[0]['gradient_norm']:.3g} in the first round, "
        f"{rows[-1]['gradient_norm']:.3g} in the last, {largest:.3g} at most; {after}"
    )


def _words(verdict: Verdict) -> str:
    reasons = "\n".join(f"  {reason}" for reason in verdict.reasons)
    return f"{verdict.word}\n{reasons}\n  to change: {verdict.advice}"


def _chart(found: Influence) -> Chart:
    from ..view.chart import Chart, Series

    series = [Series(f"layer {n + 1}", found.distances, row.tolist()) for n, row in enumerate(found.norms)]
    return Chart("How far back the loss reaches", "notes back", "norm of the gradient", series, log_y=True, log_x=True)


def _page(model: str, metadata: Metadata, found: Influence, verdict: Verdict) -> str:
    from html import escape

    from ..view.page import Section, page
    from ..view.report import report_charts

    training = metadata.training
    charts = "".join(
        chart.to_svg() for chart in report_charts(training.get("history", []), training.get("baseline_bits_per_note"))
    )
    return page(
        f"Gradients of {os.path.basename(model)}",
        [
            Section(verdict.word, f"<pre>{escape(_words(verdict))}</pre>"),
            Section("How far back the loss reaches", f"{_chart(found).to_svg()}<pre>{escape(_table(found))}</pre>"),
            Section("In training", f"<pre>{escape(_norms(training))}</pre>{charts}"),
        ],
    )
