"""The rules of the tests: no clock, no patching of private names, no assertion that several results satisfy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
FILES = sorted(TESTS.rglob("*.py"))
CLOCKS = {"time", "monotonic", "perf_counter", "process_time", "sleep", "time_ns", "monotonic_ns", "perf_counter_ns"}
# Polling, instruments that play and listen in real time, and readers that hang or are slow for a test.
MAY_USE_TIME = {"waiting.py", "jack.py", "readers.py"}


def faults(source: str, may_use_time: bool = False) -> Iterator[tuple[int, str]]:
    """Line and rule of everything in a test's source that breaks a rule."""
    for node in ast.walk(ast.parse(source)):
        if not may_use_time and _uses_time(node):
            yield node.lineno, "a test must not read the clock or sleep: wait for a condition, or pass a fake clock"
        if _replaces_private(node):
            yield node.lineno, "a test must not replace a private name: pass an argument, or replace a public one"
        if _accepts_exit_codes(node):
            yield node.lineno, "a test must expect one exit code"


def _uses_time(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time"
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "time"
        and node.attr in CLOCKS
    )


def _replaces_private(node: ast.AST) -> bool:
    """Whether it is a call of `setattr`, of pytest or of Python, with a name that begins with one underscore."""
    if not (isinstance(node, ast.Call) and _name(node.func) in {"setattr", "delattr"}):
        return False
    texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    parts = [part for text in texts[:1] for part in text.split(".")]
    return any(part.startswith("_") and not part.startswith("__") for part in parts)


def _accepts_exit_codes(node: ast.AST) -> bool:
    """Whether it is a comparison like `process.returncode in (0, 1)` or `run(...) in {0, 2}`."""
    if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In)):
        return False
    left = node.left.func if isinstance(node.left, ast.Call) else node.left
    several = isinstance(node.comparators[0], ast.Tuple | ast.Set | ast.List)
    return several and _name(left) in {"returncode", "exit_code", "code", "run"}


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_the_tests_keep_their_rules(path: Path) -> None:
    assert list(faults(path.read_text("utf-8"), path.relative_to(TESTS).as_posix() in MAY_USE_TIME)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time\nassert time.monotonic() - began < 5",
        "import time\ntime.sleep(0.1)",
        "from time import monotonic",
        "monkeypatch.setattr(Monitor, '_bits', None)",
        "monkeypatch.setattr('melodyrnn.model.training._XLA_STEPS', 1)",
        "setattr(module, '_private', 1)",
        "assert process.returncode in (0, 1)",
        "assert run(['generate']) in {0, 1}",
    ],
)
def test_a_broken_rule_is_found(source: str) -> None:
    assert len(list(faults(source))) == 1


def test_what_keeps_the_rules_is_not_found() -> None:
    source = "monkeypatch.setattr(Adam, 'take_norms', None)\nassert step in (0, 4)\nassert code == 1\nprogress.time()"
    assert list(faults(source)) == []
