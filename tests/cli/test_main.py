"""The command line as a whole: what is mistyped or said twice."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from melodyrnn.cli.main import COMMANDS, run

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(("typed", "meant"), [("generat", "generate"), ("evalute", "evaluate"), ("imfo", "info")])
def test_a_mistyped_command_gets_the_nearest_one(capsys: Capture, typed: str, meant: str) -> None:
    assert run([typed]) == 2
    assert capsys.readouterr().err == f"Error: No such command '{typed}'. Did you mean '{meant}'?\n"


def test_a_command_like_no_other_gets_none(capsys: Capture) -> None:
    assert run(["xyz"]) == 2
    assert capsys.readouterr().err == "Error: No such command 'xyz'.\n"


def test_an_option_given_twice_is_told(tmp_path: Path, model_file: Path, capsys: Capture) -> None:
    words = ["generate", "--checkpoint", str(model_file), "--bars", "1", "--seed", "1", "-n", "1"]
    assert run([*words, "--tempo", "96", "--tempo=120", "-o", str(tmp_path / "a.mid")]) == 0
    assert capsys.readouterr().err == "--tempo is given more than once; the last one counts\n"
    assert run([*words, "--tempo", "120", "-o", str(tmp_path / "b.mid")]) == 0
    assert capsys.readouterr().err == ""
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()


def test_options_that_take_several_values_may_be_repeated(capsys: Capture) -> None:
    assert run(["jam", "--learn", "tempo", "--learn", "x"]) == 2
    assert "more than once" not in capsys.readouterr().err


def test_a_range_in_midi_numbers(tmp_path: Path, model_file: Path) -> None:
    words = ["generate", "--checkpoint", str(model_file), "--bars", "2", "--seed", "1", "-n", "1", "-o"]
    assert run([*words, str(tmp_path / "a.mid"), "--range", "60:79"]) == 0
    assert run([*words, str(tmp_path / "b.mid"), "--range", "C4:G5"]) == 0
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
    assert run([*words, str(tmp_path / "c.mid"), "--range", "60:128"]) == 2


def test_a_second_preview_has_its_own_page(tmp_path: Path, model_file: Path) -> None:
    words = [
        "generate",
        "--checkpoint",
        str(model_file),
        "--bars",
        "1",
        "-n",
        "1",
        "--preview",
        "-o",
        str(tmp_path / "x"),
    ]
    for seed in "123":
        assert run([*words, "--seed", seed]) == 0
    assert {p.name for p in (tmp_path / "x").glob("*.html")} == {"preview.html", "preview-2.html", "preview-3.html"}


def test_info_on_several_files(model_file: Path, corpus_folder: Path, capsys: Capture) -> None:
    assert run(["info", str(model_file), "no", str(corpus_folder)]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("model ")
    assert "\n\ncorpus " in captured.out
    assert captured.err == "left out: a model, a corpus or a MIDI file must exist. Received: no\n"
    assert run(["info", "no", "none"]) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_quiet_on_request_and_prints_json(name: str) -> None:
    """`play` and `jam` print no results."""
    command = import_module(f"melodyrnn.cli.{name}").command
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--quiet" in options
    assert ("--json" in options) == (name not in ("play", "jam"))
