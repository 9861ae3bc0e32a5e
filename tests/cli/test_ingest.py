"""What `melodyrnn ingest` says: files as people count them, and commands that can be pasted."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.cli.main import run
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, make_melody: Callable[..., Score], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with spaces in its name: a melody, chords, and a file that is none."""
    path = tmp_path / "my 'own' music"
    path.mkdir()
    pitches = np.random.default_rng(1).integers(60, 72, 32)
    write_piece(to_piece(make_melody(pitches.tolist())), path / "good.mid")
    chords = Notes.of(np.tile(np.arange(32) * 480, 2), [400] * 64, [*(pitches[::-1] + 12), *pitches], [80] * 64)
    write_piece(Piece(480, (Track(chords),), end=32 * 480), path / "chords.mid")
    (path / "broken.mid").write_bytes(b"MThd")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return path


def test_files_are_counted_and_the_command_it_shows_does_what_it_says(folder: Path, capsys: Capture) -> None:
    assert run(["ingest", folder.name, "-o", "a corpus", "--workers", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "a corpus: 1 melody (1 train), 32 notes",
        "1 of 3 files gave a melody; 2 gave none:",
        "     1  unreadable, such as my 'own' music/broken.mid",
        "     1  no monophonic track, such as my 'own' music/chords.mid",
        "this command gets a melody out of 1 of them (tried on all 2):",
        f"  melodyrnn ingest {shlex.quote(folder.name)} --output 'a corpus' --workers 1 --voices skyline --force",
        "each with its reason: a corpus/report.jsonl",
        "next: melodyrnn train 'a corpus' -o mine.keras",
    ]
    assert run(shlex.split(lines[5])[1:]) == 0
    assert "\n2 of 3 files gave a melody; 1 gave none:\n" in capsys.readouterr().out


def test_a_given_option_is_replaced(folder: Path, capsys: Capture) -> None:
    assert run(["ingest", folder.name, "-o", "c", "--voices", "all", "--min-notes", "4", "--force"]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("  melodyrnn"))
    assert line.endswith("--output c --min-notes 4 --voices skyline --force")


def test_the_next_model_is_one_that_does_not_exist(folder: Path, capsys: Capture) -> None:
    Path("mine.keras").write_bytes(b"")
    Path("mine2.keras.run").write_bytes(b"")
    assert run(["ingest", folder.name, "-o", "c"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "next: melodyrnn train c -o mine3.keras"


def test_json_and_quiet(folder: Path, capsys: Capture) -> None:
    assert run(["ingest", folder.name, "-o", "c", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert run(["ingest", folder.name, "-o", "d", "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [
        "corpus", "melodies", "notes", "splits", "files", "files_with_melody", "files_repaired", "left_out", "dropped",
        "remedy", "report",
    ]  # fmt: skip
    assert found["remedy"] == {"options": ["--voices skyline"], "kept": 1, "tried": 2}
    assert [reason["reason"] for reason in found["left_out"][0]["reasons"]] == ["unreadable", "no monophonic track"]
