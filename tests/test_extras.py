"""Extras are those of setup.cfg, and every command that installs one works in a checkout."""

from __future__ import annotations

import configparser
import re
import sys
from pathlib import Path

import pytest

from melodyrnn.errors import MissingExtraError
from melodyrnn.extras import EXTRAS, check_installed, is_installed, require

ROOT = Path(__file__).resolve().parents[1]
SETUP = ROOT / "setup.cfg"
PACKAGES = {
    "rtmidi": "python-rtmidi",
    "pythonosc": "python-osc",
    "sklearn": "scikit-learn",
}  # where the names of package and module differ


def listed() -> dict[str, list[str]]:
    parser = configparser.ConfigParser()
    parser.read(SETUP, "utf-8")
    extras = parser["options.extras_require"]
    return {name: re.findall(r"^[\w-]+", extras[name], re.MULTILINE) for name in extras}


def test_each_extra_installs_its_modules() -> None:
    packages_by_extra = listed()
    assert set(packages_by_extra) == {*EXTRAS, "test", "docs", "lint"}
    for extra, modules in EXTRAS.items():
        assert packages_by_extra[extra] == [PACKAGES.get(module, module) for module in modules]


def test_the_tests_have_every_extra_but_large_ones() -> None:
    """PyTorch, and what Google's packages bring."""
    packages_by_extra = listed()
    brought = set(packages_by_extra["test"])
    assert {extra for extra in EXTRAS if set(packages_by_extra[extra]) <= brought} == set(EXTRAS) - {"torch", "gs"}


def test_the_error_has_the_command_that_installs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    command = r"this needs the extra live: pip install '\.\[live\]' in the folder of melodyrnn\. Received: "
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(MissingExtraError, match=f"{command}import of rtmidi halted"):
        require("live")
    with pytest.raises(MissingExtraError, match=f"{command}no rtmidi"):
        check_installed("live")
    assert require("live", "json").loads("1") == 1


def installs(text: str) -> list[str]:
    """What each `pip install` of a text installs."""
    return re.findall(r"pip install (?:--?[\w-]+ )*(['\"]?[^\s`;]+)", text)


def test_commands_that_install_are_found() -> None:
    text = "run `pip install '.[a]'`, pip install -q . && pip install 'melodyrnn[b]'; f\"pip install {name}\""
    assert installs(text) == ["'.[a]'", ".", "'melodyrnn[b]'", '{name}"']


def test_every_command_that_installs_is_one_for_a_checkout() -> None:
    """Melodyrnn is installed from its folder; no package index has it."""
    right = {".", "'.[{extra}]'", *(f"'.[{extra}]'" for extra in listed())}
    texts = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("melodyrnn/**/*.py"),
        *ROOT.glob("benchmarks/*"),
    ]
    found = {what for path in texts if path.is_file() for what in installs(path.read_text("utf-8"))}
    assert {".", "'.[train]'", "'.[plot]'"} <= found
    assert found - right == set()


def test_a_folder_without_code_is_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("with_code", "without_code"):
        (tmp_path / name).mkdir()
    (tmp_path / "with_code" / "__init__.py").touch()
    assert is_installed("with_code")
    assert not is_installed("without_code")
    assert not is_installed("no_such_module")
