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
MAX_BYTES = 250_000  # of the page without what is bundled


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_modules_of_the_page(path: Path) -> None:
    found = subprocess.run(["node", "--test", str(path)], capture_output=True, text=True, encoding="utf-8")
    assert found.returncode == 0, found.stdout


def test_the_page_is_small() -> None:
    assert sum(path.stat().st_size for path in OWN) < MAX_BYTES


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
