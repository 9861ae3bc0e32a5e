"""What the README shows runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import melodyrnn
from melodyrnn.cli.main import COMMANDS, run

README = Path(__file__).parents[1] / "README.md"


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert melodyrnn.read_piece(tmp_path / "tune-1.mid").num_notes > 4
    assert re.search(r"\d+ notes", capsys.readouterr().out)


def test_every_name_of_the_package_in_the_readme_is_a_public_one() -> None:
    named = set(re.findall(r"\bmelodyrnn\.([A-Za-z_]+)", README.read_text("utf-8")))
    assert {"load", "preview"} <= named
    assert named <= set(melodyrnn.__all__)


def test_every_command_is_shown() -> None:
    text = README.read_text("utf-8")
    for command in COMMANDS:
        assert f"melodyrnn {command}" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_options_in_the_readme_are_options_of_the_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    shown = capsys.readouterr().out
    for line in re.findall(rf"^melodyrnn {command} .*", README.read_text("utf-8"), re.MULTILINE):
        for option in re.findall(r"(?<=\s)--[a-z-]+", line.split("#")[0].split("&&")[0]):
            assert option in shown
