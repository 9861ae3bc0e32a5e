"""The section of a page on a classifier: how well it tells two sets apart, and the features that differ most."""

from __future__ import annotations

from html import escape

from ..evaluation.classifier.auc import Auc
from ..evaluation.classifier.classification import Classification
from ..evaluation.classifier.differences import Difference
from .page import Section, figures_table

_DEFINITIONS = """<p>The first {bars} full bars of the leading line of {pieces} pieces of each set. AUC: the share of
pairs of a generated and a real piece in which a classifier, trained on other pieces, finds the generated one; 0.5 where
the sets cannot be told apart, 1 where they always can; in brackets the interval of 95 % over resampled pieces. Inner:
without pick-ups and last notes. Real against real: the same for two halves of the real set, {control} pieces
each.</p>"""


def classification_section(found: Classification) -> Section:
    """Return the section on a classification, with its heading."""
    control = found.control
    rows = [
        _auc_row("inner", found.inner, control.inner),
        _auc_row("with pick-ups and last notes", found.with_edges, control.with_edges),
        *(_auc_row(f"{name} alone", auc, None) for name, auc in found.groups.items()),
    ]
    text = _DEFINITIONS.format(bars=found.num_bars, pieces=found.pieces, control=control.pieces)
    strongest = figures_table(
        ("what differs most", "group", "real", "generated", "in standard deviations"),
        map(_difference_row, found.strongest),
    )
    tables = figures_table(("features", "AUC", "real against real"), rows) + strongest
    return Section("Can a classifier tell them apart?", text + tables)


def _auc_row(name: str, auc: Auc, control: Auc | None) -> str:
    return f"<tr><td>{escape(name)}</td><td>{auc}</td><td>{'' if control is None else control}</td></tr>"


def _difference_row(found: Difference) -> str:
    cells = (found.group, f"{found.real:.3f}", f"{found.generated:.3f}", f"{found.effect:+.2f}")
    return f"<tr><td>{escape(found.feature)}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
