"""The page of a training: curves, bits per note and those of the baseline, gradient norms, samples, settings.

A row of the history is a mapping that may hold: step, epoch, seconds, learning_rate, train_bits, validation_bits,
best_bits (bits per note), gradient_norm, clipped_gradient_norm (means over a round), largest_gradient_norm. A value
that is absent, None or NaN leaves a gap in its curve.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from ..midi.file import file_of
from ..music.piece import Piece
from ..score.convert import to_piece
from ..score.score import Score
from .chart import Chart, Number, Series
from .page import Section, page
from .preview import PLAYER, article

Row = Mapping[str, Number]


def training_report(
    history: Sequence[Row],
    baseline_bits: float | None = None,
    samples: Sequence[tuple[str, Score | Piece]] = (),
    title: str = "Training",
    settings: Mapping[str, object] | None = None,
) -> str:
    """Return the HTML page of a training.

    Args:
        history: rows in order of step, see the module's conventions.
        baseline_bits: bits per note of the baseline, or None.
        samples: (label, score or piece), such as ("epoch 5", score), in order.
        title: of the page.
        settings: values by name, shown as a table.
    """
    sections = [Section("", _summary(history, baseline_bits)), Section("Curves", _charts(history, baseline_bits))]
    if samples:
        rolls = "".join(_sample(label, sample, n) for n, (label, sample) in enumerate(samples, start=1))
        sections.append(Section("Samples", rolls))
    if settings:
        sections.append(Section("Settings", _table((name, str(value)) for name, value in settings.items())))
    return page(title, sections, PLAYER if samples else ())


def report_charts(history: Sequence[Row], baseline_bits: float | None = None) -> list[Chart]:
    """Return the charts of bits per note, gradient norms and learning rate; charts without values are left out."""
    steps = _column(history, "step")
    bits = [
        Series(label, steps, column)
        for label, name in (("training", "train_bits"), ("validation", "validation_bits"), ("best", "best_bits"))
        if _known(column := _column(history, name))
    ]
    ends = _known(steps)
    if bits and baseline_bits is not None and ends:
        bits.append(Series("baseline", [ends[0], ends[-1]], [baseline_bits] * 2, dashed=True))
    charts = [Chart("Bits per note", "step", "bits per note", bits, log_y=True)] if bits else []
    if norms := norm_chart(history):
        charts.append(norms)
    if _known(rates := _column(history, "learning_rate")):
        charts.append(
            Chart("Learning rate", "step", "learning rate", [Series("learning rate", steps, rates)], log_y=True)
        )
    return charts


def norm_chart(history: Sequence[Row]) -> Chart | None:
    """Return the chart of gradient norms before and after clipping; None where the history has none."""
    steps = _column(history, "step")
    norms = [
        Series(label, steps, column, dashed)
        for label, name, dashed in (
            ("largest", "largest_gradient_norm", True),
            ("before clipping", "gradient_norm", False),
            ("after clipping", "clipped_gradient_norm", False),
        )
        if _known(column := _column(history, name))
    ]
    return Chart("Gradient norm", "step", "norm over all weights", norms, log_y=True) if norms else None


def _charts(history: Sequence[Row], baseline_bits: float | None) -> str:
    charts = report_charts(history, baseline_bits)
    if not charts:
        return "<p>No figures were recorded.</p>"
    return f'<div class="charts">{"".join(chart.to_svg() for chart in charts)}</div>'


def _summary(history: Sequence[Row], baseline_bits: float | None) -> str:
    rows = []
    validation = _known(_column(history, "validation_bits"))
    best = min([*validation, *_known(_column(history, "best_bits"))], default=None)
    if best is not None:
        rows.append(("best on validation pieces", f"{best:.3f} bits per note"))
    if baseline_bits is not None:
        rows.append(("baseline on the same pieces", f"{baseline_bits:.3f} bits per note"))
        if best is not None:
            rows.append(("gain", f"{baseline_bits - best:.3f} bits per note"))
    for name, column, unit in (("steps", "step", ""), ("epochs", "epoch", ""), ("time", "seconds", " s")):
        if known := _known(_column(history, column)):
            rows.append((name, f"{max(known):.6g}{unit}"))
    return _table(rows)


def _sample(label: str, sample: Score | Piece, number: int) -> str:
    piece = sample if isinstance(sample, Piece) else to_piece(sample)
    return article(file_of(piece, f"sample-{number}.mid"), label)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "<table>" + "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows) + "</table>"


def _column(history: Sequence[Row], name: str) -> list[Number]:
    return [row.get(name) for row in history]


def _known(values: Sequence[Number]) -> list[float]:
    return [float(v) for v in values if v is not None and math.isfinite(v)]
