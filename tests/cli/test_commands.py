"""The commands as a user types them: whole processes, real files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import mido
import pytest

import melodyrnn
from melodyrnn.cli.main import run
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.shipped import data_folder, default_checkpoint

FRAMEWORKS = ("keras", "tensorflow", "jax", "torch")


def _run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "melodyrnn", *map(str, arguments)], capture_output=True, text=True, cwd=cwd, check=False
    )


def test_generate_needs_no_framework(tmp_path: Path) -> None:
    code = (
        "import sys; from melodyrnn.cli.main import run; code = run(sys.argv[1:]);"
        f"assert not [m for m in {FRAMEWORKS!r} if m in sys.modules]; sys.exit(code)"
    )
    arguments = ["generate", "--num", "2", "--bars", "4", "--output", str(tmp_path / "out"), "--seed", "1"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    files = done.stdout.splitlines()
    assert len(files) == 2
    assert all(mido.MidiFile(f).length > 0 for f in files)


def test_generate_from_any_folder_with_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        done = _run("generate", "--bars", "2", "--num", "2", "--seed", "7", cwd=tmp_path / name)
        assert done.returncode == 0, done.stderr
    a, b = (sorted((tmp_path / name).rglob("*.mid")) for name in ("a", "b"))
    assert len(a) == 2
    assert [f.read_bytes() for f in a] == [f.read_bytes() for f in b]


def test_without_a_seed_no_two_calls_are_alike(tmp_path: Path) -> None:
    for _ in range(2):
        assert run(["generate", "-o", str(tmp_path), "--bars", "2"]) == 0
    assert len({f.read_bytes() for f in tmp_path.glob("*.mid")}) == 8


def test_one_piece_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "tune.mid"
    assert run(["generate", "-n", "1", "--bars", "2", "-o", str(target)]) == 0
    before = target.read_bytes()
    assert run(["generate", "-n", "1", "--bars", "2", "-o", str(target)]) == 1
    assert "must not exist yet" in capsys.readouterr().err
    assert target.read_bytes() == before
    assert run(["generate", "-n", "1", "--bars", "2", "-o", str(target), "--force"]) == 0
    assert target.read_bytes() != before
    assert run(["generate", "-n", "2", "--bars", "2", "-o", str(target)]) == 2


@pytest.mark.parametrize("primer", ["C4 E4 G4:2 r C5", "file"])
def test_primers(tmp_path: Path, primer: str) -> None:
    if primer == "file":
        primer = str(sorted((data_folder("samples") / "tunes").glob("*.mid"))[0])
    target = tmp_path / "tune.mid"
    assert run(["generate", "-n", "1", "--bars", "4", "--primer", primer, "-o", str(target)]) == 0
    assert melodyrnn.read_piece(target).num_notes > 5


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--bars", "0"], 2, "0 is not in the range x>=1"),
        (["--temperature", "-1"], 2, "-1.0 is not in the range x>=0"),
        (["--meter", "waltz"], 2, "a meter must be like 4/4 or 6/8. Received: 'waltz'"),
        (["--key", "I minor"], 2, "a key must be a tonic"),
        (["--primer", "C4 X9"], 1, "X9"),
        (["--primer", ""], 1, "typed notes must hold at least one note. Received: ''"),
        (["--program", "kazoo"], 2, "a program must be 0..127 or name one General MIDI instrument"),
        (["--range", "C4"], 2, "a range must be two notes, like C4:C6. Received: 'C4'"),
        (["--infill", "a-b", "--primer", "C4"], 2, "bars must be like 3-4. Received: 'a-b'"),
        (["--primer", "missing.mid"], 1, "must exist. Received: missing.mid"),
        (["--checkpoint", "missing.keras"], 1, "a model file must exist. Received: missing.keras"),
    ],
)
def test_bad_options_are_one_line_and_write_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    assert run(["generate", "-o", str(tmp_path / "out"), *arguments]) == code
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("num_notes", "channel"), [(0, 0), (20, 9)])
def test_a_primer_without_a_melody_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], num_notes: int, channel: int
) -> None:
    onset = [480 * n for n in range(num_notes)]
    notes = Notes.of(onset, [480] * num_notes, [60] * num_notes, [90] * num_notes)
    write_piece(Piece(480, (Track(notes, channel=channel),), end=480 * num_notes), tmp_path / "p.mid")
    assert run(["generate", "--primer", str(tmp_path / "p.mid"), "-o", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert "a primer must hold a melody. Received: " in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_ingest_samples_then_evaluate_and_info(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "c"
    assert run(["ingest", str(data_folder("samples")), "-o", str(corpus)]) == 0
    assert "melodies" in capsys.readouterr().out
    lines = [json.loads(line) for line in (corpus / "report.jsonl").read_text("utf-8").splitlines()]
    assert {"file", "voice", "status", "reason", "option"} <= set(lines[0])
    assert sum(line["status"] == "kept" for line in lines) >= 40
    assert not any("generated" in line["file"] and line["status"] == "kept" for line in lines)
    assert run(["info", str(corpus)]) == 0
    assert re.search(r"\nforms +\d+ different; \d+% of their bars repeat an earlier one", capsys.readouterr().out)
    assert run(["evaluate", str(default_checkpoint()), str(corpus), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert {"bits_per_note", "fields", "notes", "pieces"} <= set(result)
    assert set(result["fields"]) >= {"shift", "duration", "pitch"}
    total = sum(result["fields"].values()) + result["key"] + result["length"]
    assert result["bits_per_note"] == pytest.approx(total)
    assert run(["evaluate", str(default_checkpoint()), str(data_folder("samples") / "tunes")]) == 0
    assert "bits per note" in capsys.readouterr().out
    for path, word in ((corpus, "pieces"), (default_checkpoint(), "lstm"), (lines[0]["file"], "ticks")):
        assert run(["info", str(path)]) == 0
        assert word in capsys.readouterr().out


def test_info_calls_a_text_a_text_unless_melodyrnn_wrote_it(
    tmp_path: Path, tunes: list[Score], capsys: pytest.CaptureFixture[str]
) -> None:
    write_piece(to_piece(tunes[0], texts=("Lyrics: nobody",)), tmp_path / "a.mid")
    write_piece(to_piece(tunes[0], texts=("melodyrnn generate --num 1",)), tmp_path / "b.mid")
    assert run(["info", str(tmp_path / "a.mid")]) == 0
    shown = capsys.readouterr().out
    assert "text         Lyrics: nobody\n" in shown
    assert "written by" not in shown
    assert run(["info", str(tmp_path / "b.mid")]) == 0
    assert "written by   melodyrnn generate --num 1\n" in capsys.readouterr().out
