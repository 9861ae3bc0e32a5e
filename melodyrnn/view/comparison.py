"""The page of a comparison: the checks, a table of every feature of both sets, and their distributions."""

from __future__ import annotations

from html import escape

from ..evaluation.checks import Check, checks_of
from ..evaluation.compare import Comparison, Row
from .classification import classification_section
from .histogram import histogram
from .page import Section, figures_table, page

_DEFINITIONS = """<p>Mean ± standard deviation over pieces. Overlap: the overlapping area of two densities, that of the
distances between generated and real pieces and that of the distances among real pieces. KL: the Kullback-Leibler
divergence of these two densities in nats (Yang and Lerch 2018). Real to real: the same figure between two halves of the
real set. Overlap of values: the overlapping area of the two distributions drawn below.</p>"""


def comparison_page(comparison: Comparison, generated: str, real: str) -> str:
    """Return the HTML page of a comparison; `generated` and `real` are the names of the two sets."""
    checks = figures_table(("check", "generated", "real", "rule", ""), map(_check, checks_of(comparison)))
    columns = ("feature", "real", "generated", "overlap", "real to real", "KL", "real to real", "overlap of values")
    features = figures_table(columns, map(_row, comparison.rows))
    figures = "".join(map(_figure, comparison.rows))
    legend = (
        f'<p><span class="swatch generated"></span> generated: {escape(generated)}, '
        f"{comparison.generated.pieces} pieces<br>"
        f'<span class="swatch real"></span> real: {escape(real)}, {comparison.real.pieces} pieces</p>'
    )
    return page(
        f"{generated} beside {real}",
        [
            Section("Are the generated melodies like the real ones?", legend + checks),
            *([] if comparison.classification is None else [classification_section(comparison.classification)]),
            Section("Features", _DEFINITIONS + features),
            Section("Distributions", f'<div class="histograms">{figures}</div>'),
        ],
    )


def _row(row: Row) -> str:
    cells = [
        f"{row.real.mean():.3f} ± {row.real.std():.3f}",
        f"{row.generated.mean():.3f} ± {row.generated.std():.3f}",
        f"{row.likeness.overlap:.3f}",
        f"{row.yardstick.overlap:.3f}",
        f"{row.likeness.divergence:.4f}",
        f"{row.yardstick.divergence:.4f}",
        f"{row.overlap_of_values:.3f}",
    ]
    return f"<tr><td>{_name(row)}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _check(check: Check) -> str:
    verdict = f'<td class="missed">{check.verdict}</td>' if check.holds is False else f"<td>{check.verdict}</td>"
    return (
        f"<tr><td>{escape(check.name)}</td><td>{check.generated:.3g}</td><td>{check.real:.3g}</td>"
        f"<td>{escape(check.rule)}</td>{verdict}</tr>"
    )


def _figure(row: Row) -> str:
    chart = histogram(row.real, row.generated, f"{row.feature.name}: real and generated pieces by value")
    return f"<figure>{chart}<figcaption>{_name(row)}</figcaption></figure>"


def _name(row: Row) -> str:
    unit = f" ({row.feature.unit})" if row.feature.unit else ""
    return escape(row.feature.name.replace("_", " ") + unit)
