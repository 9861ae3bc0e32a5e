"""The rules of the package: which folder may import which (see CONTRIBUTING.md), no circles, cheap imports."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import melodyrnn

PACKAGE = Path(melodyrnn.__file__).resolve().parent
CONTRIBUTING = Path(__file__).resolve().parents[1] / "CONTRIBUTING.md"
# Where melodyrnn is installed, the scripts that lie beside tunes and checkpoints lie inside it; they are no part of it.
FILES = sorted(f for f in PACKAGE.rglob("*.py") if f.relative_to(PACKAGE).parts[0] not in ("samples", "checkpoints"))
ENTRIES = ("__init__", "__main__")  # the package's face and `python -m melodyrnn`, which are in no row of the table
MAX_LINES = 300


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
    """The folder of a module, or its own name where it lies in no folder."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def table() -> dict[str, set[str]]:
    """The rows of CONTRIBUTING's table: part → the parts it imports, from the lowest layer up."""
    found: dict[str, set[str]] = {}
    text = CONTRIBUTING.read_text("utf-8")
    for names, may in re.findall(r"^\| (`melodyrnn/[^|]*) \|[^|]*\| ([^|]*) ?\|$", text, re.M):
        for name in re.findall(r"melodyrnn/(\w+)", names):
            found[name] = set(re.findall(r"\w+", may))
    return found


def imported_parts(name: str) -> set[str]:
    """The other parts that the modules of a part import."""
    taken = {target[1] for path in FILES if part(path) == name for target in imports(path) if target[0] == "melodyrnn"}
    return taken - {name}


def test_the_scan_sees_imports() -> None:
    found = set(imports(PACKAGE / "cli" / "main.py"))
    assert {("sys",), ("melodyrnn", "errors", "MelodyRNNError"), ("melodyrnn", "version", "__version__")} <= found
    assert any("keras" in name for path in FILES for name in imports(path))


def test_the_table_names_every_part() -> None:
    assert set(table()) == {part(path) for path in FILES} - set(ENTRIES)


@pytest.mark.parametrize("name", table())
def test_a_part_imports_what_the_table_says_and_nothing_above_it(name: str) -> None:
    rows = table()
    assert imported_parts(name) == rows[name]
    order = list(rows)
    assert all(order.index(other) < order.index(name) for other in rows[name])


def modules() -> dict[str, set[str]]:
    """Each module → the modules that it imports anywhere, also in functions and for types alone."""
    names = {module_name(path): path for path in FILES}
    return {
        name: {target for taken in imports(path) if (target := longest_module(taken, names)) not in (None, name)}
        for name, path in names.items()
    }


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(("melodyrnn", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def longest_module(name: tuple[str, ...], known: Mapping[str, object]) -> str | None:
    """The module that a dotted name lies in."""
    for end in range(len(name), 1, -1):
        if ".".join(name[:end]) in known:
            return ".".join(name[:end])
    return None


def circle(graph: Mapping[str, set[str]]) -> list[str] | None:
    """A circle of imports, first module last again; None where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return None


def test_there_is_no_circle() -> None:
    graph = modules()
    assert sum(map(len, graph.values())) > 300
    assert circle(graph) is None


def test_a_circle_would_be_found() -> None:
    graph = modules()
    assert "melodyrnn.music.keys" not in graph["melodyrnn.errors"]
    planted = {**graph, "melodyrnn.errors": {"melodyrnn.music.keys"}}
    assert set(circle(planted) or ()) >= {"melodyrnn.errors", "melodyrnn.music.keys"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_model_imports_keras_and_nothing_a_backend(path: Path) -> None:
    tops = {name[0] for name in imports(path)}
    assert not tops & {"tensorflow", "jax", "torch", "pickle", "cPickle", "dill", "joblib"}
    assert "keras" not in tops or part(path) == "model"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_hold_one_idea(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES


def test_nothing_is_unpickled() -> None:
    for path in FILES:
        assert "allow_pickle=True" not in path.read_text("utf-8"), path


def test_every_folder_is_installed() -> None:
    """setup.cfg names packages one by one."""
    listed = set(re.findall(r"^    (melodyrnn[\w.]*)$", (CONTRIBUTING.parent / "setup.cfg").read_text("utf-8"), re.M))
    folders = {module_name(path) for path in FILES if path.name == "__init__.py"}
    assert listed - {"melodyrnn.samples", "melodyrnn.checkpoints"} == folders


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        ("import melodyrnn", {"numpy", "keras", "tensorflow", "jax", "torch", "symusic", "rich", "click", "mido"}),
        (
            "import melodyrnn.generation.generator",
            {"keras", "tensorflow", "jax", "torch", "symusic", "rich", "pretty_midi", "melodyrnn.midi.read"},
        ),
        (
            "import melodyrnn; melodyrnn.generate(bars=1, seed=1)",
            {"keras", "tensorflow", "jax", "torch", "rich", "pretty_midi", "h5py", "melodyrnn.evaluation.novelty"},
        ),
        ("import melodyrnn.cli.ingest", {"rich", "symusic", "mido", "melodyrnn.tasks.ingest"}),
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


def test_help_imports_no_task(tmp_path: Path) -> None:
    """The help of all commands: what runs them is imported when it is needed."""
    code = (
        "from melodyrnn.cli.main import COMMANDS, run\n"
        "import sys\n"
        "for name in COMMANDS:\n    assert run([name, '--help']) == 0\n"
        "print(sorted(sys.modules))"
    )
    loaded = set(ast.literal_eval(python(code, tmp_path).stdout.splitlines()[-1]))
    assert not loaded & {"symusic", "mido", "rich", "h5py", "concurrent.futures", "multiprocessing"}
    ours = {name.removeprefix("melodyrnn.") for name in loaded if name.startswith("melodyrnn.")}
    assert {name.partition(".")[0] for name in ours}.isdisjoint({"network", "model", "view", "api"})
    light = {"backend", "choice", "defaults", "devices", "paths", "progress", "train_task"}
    assert {name for name in ours if name.startswith("tasks.")} <= {f"tasks.{name}" for name in light}


def test_public_names_are_found() -> None:
    for name in melodyrnn.__all__:
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
