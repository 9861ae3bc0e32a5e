"""Every block of Python in README and docs runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import PAGES, Block, blocks, text_of
from materials import Materials

import melodyrnn

SHOWN = [block for page in PAGES for block in blocks(page) if block.language == "python"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning")
@pytest.mark.parametrize("block", SHOWN, ids=[block.name for block in SHOWN])
def test_shown_code_runs(
    block: Block,
    materials: Materials,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in block.directives.get("needs", "").split():
        materials.copy(name, tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(compile(block.text, block.name, "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert ("print(" in block.text) <= bool(printed)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_of_the_package_are_public(page: Path) -> None:
    named = set(re.findall(r"\bmelodyrnn\.([a-z_]+)\(", text_of(page)))
    assert named <= set(melodyrnn.__all__)


def test_readme_shows_python() -> None:
    assert any(block.page.name == "README.md" for block in SHOWN)
