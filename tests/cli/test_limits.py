"""Numbers that cannot be meant are refused in one line that says the limit, before anything is done."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

from melodyrnn.cli.main import COMMANDS, cli, run
from melodyrnn.cli.options import FiniteRange
from melodyrnn.generation.request import MAX_BARS, Request

TRAIN = "train {}/corpus -o {}/m.keras"
CASES = [
    ("generate --bars 100000", 2, "20,000 bars (--num times --bars times --rank) take minutes or more and need --yes"),
    ("generate --num 100000000", 2, "Received: 100000000 × 16 × 1 = 1,600,000,000"),
    ("generate --rank 1000000", 2, "Received: 4 × 16 × 1000000 = 64,000,000"),
    ("generate --num 100 --bars 100 --rank 3", 2, "= 30,000"),
    (f"{TRAIN} --epochs 1000000000", 1, "epochs must be from 1 to 100000. Received: 1000000000"),
    (f"{TRAIN} --units 1000000", 1, "units must be from 1 to 4096. Received: 1000000"),
    (f"{TRAIN} --layers 1000000", 1, "num_layers must be from 1 to 16. Received: 1000000"),
    (f"{TRAIN} --window 1000000 --cell feedforward", 1, "window must be from 1 to 1024. Received: 1000000"),
    (f"{TRAIN} --batch-size 1000000", 1, "batch_size must be from 1 to 4096. Received: 1000000"),
    (f"{TRAIN} --length 1000000", 1, "length must be from 2 to 4096. Received: 1000000"),
    (f"{TRAIN} --seed 4294967296", 1, "seed must be from 0 to 4294967295. Received: 4294967296"),
    ("ingest {}/corpus -o {}/c --workers 1000000", 1, "workers must be 1..256. Received: 1000000"),
    ("ingest {}/corpus -o {}/c --time-limit 1e300", 2, "86400"),
    ("ingest {}/corpus -o {}/c --max-file-mb 1e300", 2, "1024"),
    ("compare {}/model.keras {}/corpus --num 100000000", 2, "20000"),
    ("play {}/no.mid --wait 1e300", 2, "86400"),
]


@pytest.mark.parametrize(("line", "code", "words"), CASES)
def test_absurd_numbers_are_refused(
    tmp_path: Path, corpus_folder: Path, model_file: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], line: str, code: int, words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert run(line.replace("{}", str(tmp_path)).split()) == code
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert words in captured.err
    assert sorted(tmp_path.rglob("*")) == before


def real_options() -> list[tuple[str, str]]:
    """Every option of every command that takes a number with a fraction."""
    context = click.Context(cli)
    found = []
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        for option in command.params:
            assert not isinstance(option.type, click.types.FloatParamType) or isinstance(option.type, FiniteRange)
            if isinstance(option.type, FiniteRange):
                found.append((name, option.opts[-1]))
    return found


@pytest.mark.parametrize("number", ["nan", "inf"])
@pytest.mark.parametrize(("command", "option"), real_options())
def test_what_is_no_number_is_refused(
    capsys: pytest.CaptureFixture[str], command: str, option: str, number: str
) -> None:
    assert run([command, "x", "y", option, number]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert option in captured.err or "unexpected extra argument" in captured.err


@pytest.mark.parametrize(("number", "yes"), [(MAX_BARS // 16, False), (MAX_BARS // 16 + 1, True)])
def test_a_recipe_of_a_late_piece_says_yes(number: int, yes: bool) -> None:
    words = shlex.split(Request(num=5000, seed=1).recipe(None, number), comments=True)
    assert ("--yes" in words) is yes


def test_many_bars_are_drawn_where_they_are_meant(tmp_path: Path, model_file: Path) -> None:
    words = ["generate", "--checkpoint", str(model_file), "-o", str(tmp_path / "x.mid"), "-n", "1", "--bars", "1"]
    assert run([*words, "--yes"]) == 0
    assert run([*words, "--rank", str(MAX_BARS + 1), "--force"]) == 2
