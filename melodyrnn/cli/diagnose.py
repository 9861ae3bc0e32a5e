"""`melodyrnn diagnose`: do a network's gradients explode, vanish, or neither?"""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from ..checkpoint import load_metadata
from ..corpus.store import SPLITS, open_corpus
from ..extras import require
from ..files import atomic_file, check_output
from ..shipped import model_path
from .options import force_option, json_option

if TYPE_CHECKING:
    from ..evaluation.diagnosis import Verdict
    from ..model.gradients import Influence


_ROWS = 8  # rounds of the training that the table shows


@click.command("diagnose")
@click.argument("model", metavar="MODEL")
@click.argument("corpus", metavar="CORPUS")
@click.option(
    "--split", type=click.Choice([*SPLITS, "all"]), default="all", show_default=True, help="Pieces to measure on."
)
@click.option("--html", metavar="FILE.html", help="Write tables and pictures as one page.")
@click.option("--png", metavar="FILE.png", help="Write the pictures, one below the other.")
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
            check_output(picture, force)
    if png:
        require("plot")
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
        from ..view.chart import write_png
        from ..view.diagnosis import diagnosis_charts

        write_png(diagnosis_charts(found.distances, found.norms, training.get("history", [])), png, force)
    if html:
        from ..view.diagnosis import diagnosis_page

        page = diagnosis_page(
            os.path.basename(model),
            verdict.word,
            _words(verdict),
            found.distances,
            found.norms,
            _table(found),
            _norms(training),
            training.get("history", []),
            training.get("baseline_bits_per_note"),
        )
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
    first = [row[0] or float("inf") for row in found.norms]
    heads = "".join(f"  {f'layer {n + 1}':>10} {'of first':>9}" for n in layers)
    lines = [f"{'notes back':>10}{heads}  pieces"]
    for place, k in enumerate(found.distances):
        cells = "".join(f"  {found.norms[n, place]:>10.3g} {found.norms[n, place] / first[n]:>9.2g}" for n in layers)
        lines.append(f"{k:>10}{cells}  {found.pieces[place]:>6}")
    return "\n".join(lines)


def _norms(training: dict[str, Any]) -> str:
    rows = [row for row in training.get("history", []) if "gradient_norm" in row]
    if not rows:
        return "gradients in training: this model keeps none (it was trained by an older melodyrnn)"
    clip = training.get("settings", {}).get("clip_norm", 0)
    lines = [
        f"gradients in training, norms over all weights, {f'clipped at {clip:g}' if clip else 'not clipped'}:",
        f"{'step':>10}  {'before':>9} {'after':>9} {'largest':>9}  clipped",
    ]
    for place in sorted({round(n * (len(rows) - 1) / (_ROWS - 1)) for n in range(_ROWS)}):
        row = rows[place]
        after = f"{row['clipped_gradient_norm']:.3g}" if "clipped_gradient_norm" in row else "not kept"
        lines.append(
            f"{row['step']:>10}  {row['gradient_norm']:>9.3g} {after:>9} {row['largest_gradient_norm']:>9.3g}  "
            f"{row['clipped_share']:>6.0%}"
        )
    return "\n".join(lines)


def _words(verdict: Verdict) -> str:
    reasons = "\n".join(f"  {reason}" for reason in verdict.reasons)
    return f"{verdict.word}\n{reasons}\n  to change: {verdict.advice}"
