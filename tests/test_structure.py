"""The two laws of the house: who may import whom, and what an import costs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import melodyrnn

PACKAGE = Path(melodyrnn.__file__).resolve().parent
# Where melodyrnn is installed, the scripts that lie beside tunes and checkpoints lie inside it; they are no part of it.
FILES = sorted(f for f in PACKAGE.rglob("*.py") if f.relative_to(PACKAGE).parts[0] not in ("samples", "checkpoints"))
# A part may import those with a smaller number and itself; two of one number are strangers.
RANKS = {
    "errors": 0,
    "arrays": 0,
    "files": 1,
    "extras": 1,
    "shipped": 1,
    "music": 2,
    "midi": 3,
    "score": 3,
    "extract": 4,
    "conditions": 4,
    "events": 5,
    "checkpoint": 6,
    "corpus": 7,
    "network": 8,
    "evaluation": 9,
    "model": 10,
    "generation": 10,
    "view": 11,
    "sound": 11,
    "live": 11,
    "tasks": 12,
    "api": 13,
    "cli": 14,
    "__main__": 15,
}


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """Everything a file imports, anywhere in it, as absolute dotted names in parts."""
    package = ("melodyrnn", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            module = (*start, *(node.module.split(".") if node.module else ()))
            yield from ((*module, alias.name) for alias in node.names)


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_the_scan_sees_imports() -> None:
    found = set(imports(PACKAGE / "cli" / "main.py"))
    assert {("sys",), ("melodyrnn", "errors", "MelodyRNNError"), ("melodyrnn", "__version__")} <= found
    assert any("keras" in name for path in FILES for name in imports(path))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_folder_imports_one_below_it(path: Path) -> None:
    own = part(path)
    for name in imports(path):
        if name[0] == "melodyrnn" and name[1] != "__version__" and own != "__init__":
            assert name[1] == own or RANKS[name[1]] < RANKS[own], ".".join(name)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_model_imports_keras_and_nothing_a_backend(path: Path) -> None:
    tops = {name[0] for name in imports(path)}
    assert not tops & {"tensorflow", "jax", "torch", "pickle", "cPickle", "dill", "joblib"}
    assert "keras" not in tops or part(path) == "model"


def test_nothing_is_unpickled() -> None:
    for path in FILES:
        assert "allow_pickle=True" not in path.read_text("utf-8"), path


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        ("import melodyrnn", {"numpy", "keras", "tensorflow", "jax", "torch", "symusic", "rich", "click", "mido"}),
        (
            "import melodyrnn.generation.generator",
            {"keras", "tensorflow", "jax", "torch", "symusic", "rich", "pretty_midi"},
        ),
        (
            "from melodyrnn.cli.main import run; assert run(['--help']) == 0",
            {"numpy", "keras", "tensorflow", "jax", "torch", "symusic", "rich"},
        ),
    ],
)
def test_imports_stay_cheap(tmp_path: Path, code: str, forbidden: set[str]) -> None:
    run = python(f"{code}\nimport sys\nprint(sorted(sys.modules))", tmp_path)
    assert run.stderr == ""
    loaded = set(ast.literal_eval(run.stdout.splitlines()[-1]))
    assert "melodyrnn" in loaded
    assert not loaded & forbidden


def test_public_names_are_found(tmp_path: Path) -> None:
    """All but those that need Keras."""
    light = set(melodyrnn.__all__) - {"train", "TrainingSettings", "save_model"}
    for name in light:
        assert getattr(melodyrnn, name) is not None
    assert dir(melodyrnn) == melodyrnn.__all__
    with pytest.raises(AttributeError, match=r"module 'melodyrnn' has no attribute 'nonsense'"):
        _ = melodyrnn.nonsense  # type: ignore[attr-defined]


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-c", code],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
