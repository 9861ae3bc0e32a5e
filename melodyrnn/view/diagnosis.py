"""The page and the charts of a diagnosis: how far back the loss depends on the state, and gradients in training.

Conventions: `distances` are in notes, shape (D,); `norms` are the norms of the loss's gradient with respect to the
state of each layer at each distance, shape (L, D); `history` holds the rows that view/report.py describes.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..arrays import Float64s
from .chart import Chart, Series
from .page import Section, page
from .report import Row, norm_chart, report_charts

INFLUENCE = "How far back the loss reaches"


def influence_chart(distances: Sequence[int], norms: Float64s) -> Chart:
    """Return a chart with one line per layer: the norm of the gradient over the distance, both axes logarithmic."""
    series = [Series(f"layer {number}", distances, row.tolist()) for number, row in enumerate(norms, start=1)]
    return Chart(INFLUENCE, "notes back", "norm of the gradient", series, log_y=True, log_x=True)


def diagnosis_charts(distances: Sequence[int], norms: Float64s, history: Sequence[Row]) -> list[Chart]:
    """Return the charts: the influence by distance and, where the history has them, the gradient norms in training."""
    training = norm_chart(history)
    return [influence_chart(distances, norms), *([training] if training is not None else [])]


def diagnosis_page(
    model: str,
    verdict: str,
    words: str,
    distances: Sequence[int],
    norms: Float64s,
    influence_table: str,
    norms_table: str,
    history: Sequence[Row],
    baseline_bits: float | None = None,
) -> str:
    """Return the HTML page of a diagnosis.

    Args:
        model: name of the model's file.
        verdict: "exploding", "vanishing" or "healthy".
        words: the verdict with its reasons and the advice, as text.
        distances, norms, history: see the module's conventions.
        influence_table: `norms` as a table in text.
        norms_table: the norms of the gradients in training as a table in text.
        baseline_bits: bits per note of the baseline, or None.
    """
    charts = "".join(chart.to_svg() for chart in report_charts(history, baseline_bits))
    influence = influence_chart(distances, norms).to_svg()
    return page(
        f"Gradients of {model}",
        [
            Section(verdict, f"<pre>{escape(words)}</pre>"),
            Section(INFLUENCE, f"{influence}<pre>{escape(influence_table)}</pre>"),
            Section("In training", f"<pre>{escape(norms_table)}</pre>{charts}"),
        ],
    )
