"""What `melodyrnn ingest` says: files as people count them, and commands that can be pasted."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ensemble import LOW, TUNE, piece, track
from hymn import hymn

from melodyrnn.cli.main import run
from melodyrnn.corpus.store import open_corpus
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


def test_moved_bar_lines_are_counted_and_those_of_the_files_can_be_kept(folder: Path, capsys: Capture) -> None:
    write_piece(hymn(), folder / "hymn.mid")
    first = {}
    for bar_lines in ("auto", "file"):
        assert run(["ingest", folder.name, "-o", bar_lines, "--bar-lines", bar_lines]) == 0
        text = " ".join(capsys.readouterr().out.split())
        words = "bar lines moved to where the notes show them (--bar-lines file keeps those of the files): 1 melody"
        assert (words in text) == (bar_lines == "auto")
        corpus = open_corpus(bar_lines)
        (score,) = (corpus.score(one) for one in corpus.pieces if one.name.endswith("hymn"))
        first[bar_lines] = int(score.onset[0])
    assert first == {"auto": 36, "file": 0}


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
        "corpus", "parts", "melodies", "notes", "splits", "files", "files_with_melody", "files_repaired", "guesses",
        "left_out", "dropped", "remedy", "report",
    ]  # fmt: skip
    assert found["remedy"] == {"options": ["--voices skyline"], "kept": 1, "tried": 2}
    assert [reason["reason"] for reason in found["left_out"][0]["reasons"]] == ["unreadable", "no monophonic track"]


class TestWholePieces:
    @pytest.fixture
    def band(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Three files of a flute and a bass, the bass called Tuba, and a file of one track."""
        folder = tmp_path / "band"
        folder.mkdir()
        for number in range(3):
            tune = [pitch + number * number for pitch in TUNE]
            write_piece(piece(track("Flute", tune, program=73), track("Tuba", LOW)), folder / f"{number}.mid")
        write_piece(piece(track("Flute", [p + 1 for p in LOW])), folder / "alone.mid")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "80")
        return folder

    def test_the_summary_speaks_of_pieces(self, band: Path, capsys: Capture) -> None:
        asked = ["ingest", "band", "-o", "c", "--parts", "tracks", "--role", "Tuba=harmony", "--role", "0=other"]
        assert run([*asked, "--workers", "1"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "c: 3 pieces (1 train, 1 validation, 1 test), 192 notes",
            "3 of 4 files gave a piece; 1 gave none:",
            "     1  a single track with notes, such as band/alone.mid",
            "this command keeps 1 of them, as whole pieces with all their tracks (tried on all 1):",
            "  melodyrnn ingest band --output c --role Tuba=harmony --role 0=other --workers 1 --parts all --force",
            "each with its reason: c/report.jsonl",
            "next: melodyrnn train c -o mine.keras",
        ]
        assert run(["info", "c"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert "harmony      Tuba, Acoustic Grand Piano, 32 notes in 1 piece, C2 to G2" in lines
        assert run(["ingest", "band", "-o", "c", "--parts", "all", "--force", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["parts"] == "all"

    def test_explaining_a_file_shows_each_part_with_its_role_and_why(self, band: Path, capsys: Capture) -> None:
        path = band / "1.mid"
        assert run(["ingest", "--explain", str(path), "--parts", "all", "--role", "5=bass"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert "  tracks (--role TRACK=ROLE gives another role):" in lines
        assert "    track 1 (Tuba): bass (its name, 'Tuba'); notes 32" in lines
        assert lines[-1] == "  --role 5=bass: no such track"

    @pytest.mark.parametrize(
        ("options", "code", "message"),
        [
            (
                ["--parts", "all", "--role", "Tuba=tuba"],
                2,
                "Error: Invalid value for '--role': a role must be like Strings=harmony, one of melody, bass, harmony, "
                "other, drums. Received: 'Tuba=tuba'",
            ),
            (
                ["--parts", "all", "--role", "Oboe=bass"],
                1,
                "Error: a role must be that of a track of some file. Received: Oboe=bass, of none",
            ),
            (
                ["--parts", "all", "--role", "Tuba=bass", "--role", "tuba=other"],
                1,
                "Error: a track must have one role. Received: two for 'tuba'",
            ),
            (["--role", "Tuba=bass"], 2, "Error: --role is for whole pieces: --parts all or piano or tracks."),
        ],
    )
    def test_roles_that_cannot_be(
        self, band: Path, capsys: Capture, options: list[str], code: int, message: str
    ) -> None:
        assert run(["ingest", "band", "-o", "c", *options]) == code
        captured = capsys.readouterr()
        assert captured.err.splitlines()[-1] == message
        assert not Path("c").exists()

    def test_a_model_of_melodies_is_not_measured_on_pieces(self, band: Path, capsys: Capture) -> None:
        assert run(["ingest", "band", "-o", "c", "--parts", "all", "--quiet"]) == 0
        assert run(["evaluate", "folk", "c", "--split", "all"]) == 1
        message = "Error: a model of melodies must be given melodies. Received: 3 of 4 with several parts\n"
        assert capsys.readouterr().err == message

    def test_pieces_are_shown_with_all_their_parts(self, band: Path, capsys: Capture) -> None:
        assert run(["ingest", "band", "-o", "c", "--parts", "all", "--quiet"]) == 0
        assert run(["preview", "c", "-n", "2", "-o", "page.html"]) == 0
        assert "2 of 4 pieces of c were left out" in capsys.readouterr().err
        page = Path("page.html").read_text("utf-8")
        assert "Tuba" in page
        assert "Flute" in page
