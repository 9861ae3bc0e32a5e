"""The modules of the studio's page that need no browser, in Node; and the rules of all files that the browser gets."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "melodyrnn" / "studio" / "page"
NODE = shutil.which("node")
TESTS = sorted((Path(__file__).parent / "page").glob("*.test.mjs"))
TYPES = (".js", ".css", ".html", ".svg")
OWN = [path for path in sorted(PAGE.rglob("*")) if path.suffix in TYPES and "vendor" not in path.parts]
MAX_BYTES = 320_000  # of the page without what is bundled


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_modules_of_the_page(path: Path) -> None:
    found = subprocess.run(["node", "--test", str(path)], capture_output=True, text=True, encoding="utf-8")
    assert found.returncode == 0, found.stdout


def test_the_page_is_small() -> None:
    assert sum(path.stat().st_size for path in OWN) < MAX_BYTES


def modules_from(name: str, found: set[str]) -> set[str]:
    """The modules that a module of the page imports at its top, and those that they import."""
    for other in re.findall(r'^import [^;]*?from "\./([\w/.-]+)";', (PAGE / name).read_text("utf-8"), re.MULTILINE):
        if other not in found and (PAGE / other).is_file():
            found |= modules_from(other, found | {other})
    return found


def test_the_page_asks_for_all_modules_at_once() -> None:
    """Without the links, a browser finds each module in the one before it."""
    listed = re.findall(r'<link rel="modulepreload" href="page/([\w/.-]+)">', (PAGE / "index.html").read_text("utf-8"))
    assert {name for name in listed if (PAGE / name).is_file()} == modules_from("main.js", set())
    assert listed == sorted(set(listed))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(PAGE).as_posix())
def test_nothing_is_read_as_html_or_code(path: Path) -> None:
    """What a policy of "self" refuses, and what would let a name of a file become a part of the page."""
    text = path.read_text("utf-8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(", text) == []
    assert re.findall(r"<script>|<style|\son\w+=\"|\sstyle=\"", text) == []


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(PAGE).as_posix())
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://[^\s\"'`]+", text) == []
