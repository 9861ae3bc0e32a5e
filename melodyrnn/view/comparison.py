"""A comparison as one HTML page that stands alone: no script, nothing fetched."""

from __future__ import annotations

from html import escape

from ..evaluation.checks import Check, checks_of
from ..evaluation.compare import Comparison, Row
from .histogram import histogram

_STYLE = """
:root { color-scheme: light dark; --real: #9db4c8; --generated: #c2410c; }
@media (prefers-color-scheme: dark) { :root { --real: #4b6478; --generated: #fb923c; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 66rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
td, th { padding: .2rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #8884; }
td:first-child, th:first-child { text-align: left; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1.2rem; margin-top: 1.5rem; }
figure { margin: 0; } figcaption { font-size: .85rem; } svg { width: 100%; }
svg text { font-size: 10px; fill: currentColor; }
.real { fill: var(--real); } .generated { fill: none; stroke: var(--generated); stroke-width: 2; }
.key { display: inline-block; width: .8em; height: .8em; } .missed { color: var(--generated); font-weight: 600; }
"""


def page(comparison: Comparison, generated: str, real: str) -> str:
    """The page; `generated` and `real` say what was compared."""
    rows = "".join(map(_row, comparison.rows))
    checks = "".join(map(_check, checks_of(comparison)))
    figures = "".join(map(_figure, comparison.rows))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(generated)} beside {escape(real)}</title><style>{_STYLE}</style></head><body>
<h1>Are these melodies like those?</h1>
<p><span class="key" style="background:var(--generated)"></span> generated: {escape(generated)},
{comparison.generated.pieces} pieces<br>
<span class="key" style="background:var(--real)"></span> real: {escape(real)}, {comparison.real.pieces} pieces</p>
<table><tr><th>what must hold</th><th>generated</th><th>real</th><th>rule</th><th></th></tr>{checks}</table>
<h2>Features</h2>
<p>Mean ± standard deviation over pieces. Overlap: the overlapping area of the distances between generated and real
pieces with those among real ones, and KL, their Kullback-Leibler divergence in nats (Yang and Lerch 2018); beside them
the same between two halves of the real set. Overlap of values: of the two distributions drawn below.</p>
<table><tr><th>feature</th><th>real</th><th>generated</th><th>overlap</th><th>real to real</th><th>KL</th>
<th>real to real</th><th>overlap of values</th></tr>{rows}</table>
<div class="grid">{figures}</div></body></html>
"""


def _row(row: Row) -> str:
    cells = [
        f"{row.real.mean():.3f} ± {row.real.std():.3f}",
        f"{row.generated.mean():.3f} ± {row.generated.std():.3f}",
        *(f"{figure:.3f}" for figure in (row.likeness.overlap, row.yardstick.overlap)),
        *(f"{figure:.4f}" for figure in (row.likeness.divergence, row.yardstick.divergence)),
        f"{row.overlap_of_values:.3f}",
    ]
    return f"<tr><td>{_name(row)}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _check(check: Check) -> str:
    verdict = "<td>held</td>" if check.holds else '<td class="missed">missed</td>'
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
