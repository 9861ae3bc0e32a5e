"""docs/notebook.ipynb runs from top to bottom, in a folder of its own, and shows what it says."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from documents import DOCS

NOTEBOOK = DOCS / "notebook.ipynb"
MAX_BYTES = 100_000
# Words of the notebook -> words that save time: each must be there once.
SMALL = {
    "epochs=2, units=64, length=64, batch_size=8": "epochs=1, units=8, num_layers=1, length=16, batch_size=64",
    "num=24": "num=12",
}


def sources() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def shown_by(cells: list[str]) -> list[object]:
    """Run cells as Jupyter does, and return what they show: the value of each that ends with an expression."""
    names: dict[str, object] = {"__name__": "__main__"}
    values = []
    for number, source in enumerate(cells):
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"cell {number}", "exec"), names)
        if isinstance(last, ast.Expr):
            values.append(eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names))
    return values


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning")
@pytest.mark.filterwarnings("ignore:.*non-interactive, and thus cannot be shown.*:UserWarning")
def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="it is in the extra plot")
    pyplot.switch_backend("agg")
    monkeypatch.chdir(tmp_path)
    text = "\f".join(sources())
    for shown, small in SMALL.items():
        assert text.count(shown) == 1
        text = text.replace(shown, small)
    values = shown_by(text.split("\f"))
    pyplot.close("all")
    assert [type(value).__name__ for value in values] == [
        *("IngestedCorpus", "Score", "Page", "NoneType", "TrainedModel"),
        *("Piece", "Piece", "Comparison", "NoneType"),
    ]
    pages = [value for value in values if hasattr(value, "_repr_html_")]
    assert [type(value).__name__ for value in pages] == ["IngestedCorpus", "Score", "Page", "Piece", "Piece"]
    assert all(page._repr_html_().startswith("<") for page in pages)
    assert "folk, shipped" in capsys.readouterr().out
    assert len(list((tmp_path / "beginnings").glob("*.mid"))) == 20
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_the_notebook_is_small_and_each_cell_is_python() -> None:
    assert NOTEBOOK.stat().st_size < MAX_BYTES
    assert len(sources()) >= 10
    for source in sources():
        ast.parse(source)
