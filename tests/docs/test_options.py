"""The page of options is what the commands say of themselves."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from documents import DOCS, command_named, options_of

from melodyrnn.cli.main import COMMANDS, run


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build_options", DOCS / "build_options.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_the_one_that_the_script_prints() -> None:
    """Write it anew: python docs/build_options.py > docs/options.md"""
    assert (DOCS / "options.md").read_text("utf-8") == load_script().page()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_the_help_is_on_the_page(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (DOCS / "options.md").read_text("utf-8")
    section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    command = command_named(name)
    assert command is not None
    assert run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    for option in options_of(command).keys() - {"--help", "-h"}:
        assert option in section
        assert option in shown
