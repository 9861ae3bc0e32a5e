"""docs/notebook.ipynb runs from top to bottom, in a process and a folder of its own, and shows what it says."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
MAX_BYTES = 100_000

# Runs the cells of a notebook as Jupyter does, and prints for each the type and the form of what it shows.
RUNNER = """
import ast, json, sys
names = {"__name__": "__main__"}
for number, source in enumerate(json.load(sys.stdin)):
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, f"cell {number}", "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
        html = getattr(value, "_repr_html_", None)
        print("SHOWN", number, type(value).__name__, "html" if html and html().startswith("<") else repr(value))
"""


def sources() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.slow
def test_the_notebook_runs(tmp_path: Path) -> None:
    if importlib.util.find_spec("matplotlib") is None:
        pytest.skip("matplotlib is not installed: it is in the extra plot")
    ran = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", RUNNER],
        input=json.dumps(sources()),
        env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "PYTHONUTF8": "1"},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    shown = [line.split()[2:] for line in ran.stdout.splitlines() if line.startswith("SHOWN")]
    kinds = [kind for kind, *_ in shown]
    assert kinds == [
        *("IngestedCorpus", "Score", "Page", "NoneType", "TrainedModel"),
        *("Piece", "Piece", "Comparison", "NoneType"),
    ]
    assert [kind for kind, *form in shown if form == ["html"]] == ["IngestedCorpus", "Score", "Page", "Piece", "Piece"]
    assert "folk, shipped" in ran.stdout
    assert len(list((tmp_path / "beginnings").glob("*.mid"))) == 20
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_the_notebook_is_small_and_each_cell_is_python() -> None:
    assert NOTEBOOK.stat().st_size < MAX_BYTES
    assert len(sources()) >= 10
    for source in sources():
        ast.parse(source)
