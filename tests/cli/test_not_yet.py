"""What no command does is answered with the nearest thing that one does."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from melodyrnn.cli.main import cli, run
from melodyrnn.cli.not_yet import NEAREST


@pytest.mark.parametrize("option", NEAREST)
def test_the_nearest_thing_is_named_in_one_line(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["generate", f"--{option}", "x"]) == 2
    error = capsys.readouterr().err
    assert error == f"Error: No such option: --{option} ({NEAREST[option]}).\n"
    assert not list(tmp_path.iterdir())


def test_no_such_option_exists() -> None:
    command = cli.get_command(click.Context(cli), "generate")
    assert command is not None
    options = {name for parameter in command.params for name in parameter.opts}
    assert "--primer" in options
    assert not options & {f"--{name}" for name in NEAREST}


def test_any_other_option_gets_the_line_of_click(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "--primr", "x"]) == 2
    assert "--primer" in capsys.readouterr().err
