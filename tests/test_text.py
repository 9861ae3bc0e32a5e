"""Names as files may have them, in every command that shows or writes them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.cli.main import run
from melodyrnn.midi.read import read_piece
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.text import displayable

Make = Callable[..., Score]
NAMES = [b"Caf\xe9.mid", b"\x83\x81\x83\x8d.mid", "メロディ.mid".encode()]


@given(st.text())
def test_what_is_shown_can_be_written_in_utf_8_and_moves_no_cursor(text: str) -> None:
    shown = displayable(text)
    shown.encode()
    assert len(shown) == len(text)
    assert all(c.isprintable() or c in "\t\n" or ord(c) > 0x9F for c in shown)
    assert displayable(shown) == shown


def test_escape_sequences_are_replaced() -> None:
    assert displayable("\x1b[31mred\x1b]0;title\x07") == "\ufffd[31mred\ufffd]0;title\ufffd"
    assert displayable("Für Elise\n") == "Für Elise\n"


@pytest.mark.parametrize("name", NAMES)
def test_every_command_takes_a_path_of_any_bytes(name: bytes, tmp_path: Path, make_melody: Make) -> None:
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), name))
    write_piece(to_piece(make_melody([60, 62, 64, 65] * 6)), path)
    out = str(tmp_path / "out")
    for words in (
        ["info", path],
        ["generate", "--primer", path, "--bars", "1", "--num", "2", "--seed", "1", "--preview", "-o", out],
        ["preview", path, "-o", f"{out}.html"],
        ["plot", path, "-o", f"{out}.png"],
        ["render", path, "-o", f"{out}.wav", "--synth", "plain"],
        ["ingest", "--explain", path],
        ["evaluate", "folk", path, "--no-baselines", "--pieces"],
    ):
        assert run(words) == 0, words
    assert os.fsencode(path) in Path(next(Path(out).glob("*.mid"))).read_bytes()
    assert read_piece(next(Path(out).glob("*.mid"))).num_notes > 24


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_an_output_that_cannot_show_a_name_shows_the_rest(encoding: str, tmp_path: Path, make_melody: Make) -> None:
    path = tmp_path / "メロディ.mid"
    write_piece(to_piece(make_melody([60, 62, 64, 65] * 6, name="Pr\x8elude")), path)
    for words in (["info", path], ["render", "--help"], ["evaluate", "folk", path, "--no-baselines", "--pieces"]):
        done = subprocess.run(
            [sys.executable, "-m", "melodyrnn", *map(str, words)],
            env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 3


def test_json_stays_json(tmp_path: Path, make_melody: Make, capsys: pytest.CaptureFixture[str]) -> None:
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"Caf\xe9.mid"))
    write_piece(to_piece(make_melody([60, 62, 64, 65] * 6)), path)
    assert run(["evaluate", "folk", path, "--no-baselines", "--pieces", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pieces"] == 1


@pytest.mark.parametrize(
    "words",
    [["info"], ["ingest", "--explain"], ["evaluate", "folk", "--no-baselines", "--pieces"], ["info", "missing"]],
)
def test_no_command_prints_control_characters(
    words: list[str], tmp_path: Path, make_melody: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a\x1b[31m\x07.mid"
    write_piece(to_piece(make_melody([60, 62, 64, 65] * 6, name="\x1b[31mred\x1b]0;title\x07")), path)
    run([*words[:1], f"{path}.no"] if words[-1] == "missing" else [*words[:2], str(path), *words[2:]])
    out, err = capsys.readouterr()
    assert "\ufffd[31m" in out + err
    assert not {"\x1b", "\x07"} & set(out + err)
