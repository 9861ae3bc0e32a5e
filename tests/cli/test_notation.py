"""ABC and MusicXML in the commands: written, ingested, continued, shown."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from musicxml_documents import note, score

from melodyrnn.cli.main import run
from melodyrnn.corpus.store import open_corpus
from melodyrnn.formats.read import read_piece
from melodyrnn.formats.write import WRITTEN_SUFFIXES, write_piece
from melodyrnn.midi.write import write_piece as write_midi
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

KEPT = "--min-notes 1 --min-bars 1 --min-pitches 1"
BOOK = "".join(
    f"X:{n}\nT:Tune {n}\nM:4/4\nL:1/8\nK:G\n" + "GABc dBGB|A2AB cABc|" * 2 * n + "\n\n" for n in (1, 2)
) + "X:3\nT:Empty\nK:C\n"  # fmt: skip


def generate(model_file: Path, *words: object) -> int:
    return run(["generate", "--checkpoint", str(model_file), "--bars", "2", "--seed", "1", *map(str, words)])


@pytest.mark.parametrize("suffix", WRITTEN_SUFFIXES)
def test_one_piece_is_written_as_its_suffix_says(model_file: Path, tmp_path: Path, suffix: str) -> None:
    assert generate(model_file, "-n", 1, "-o", tmp_path / f"tune{suffix}") == 0
    assert generate(model_file, "-n", 1, "-o", tmp_path / "same.mid") == 0
    own, same = read_piece(tmp_path / f"tune{suffix}"), read_piece(tmp_path / "same.mid")
    assert own.tracks[0].notes.pitch.tolist() == same.tracks[0].notes.pitch.tolist()
    assert (own.texts, own.meters, own.keys, own.tempos) == (same.texts, same.meters, same.keys, same.tempos)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({f"tune{suffix}", "same.mid", model_file.name})


@pytest.mark.parametrize(
    ("name", "suffix"), [("musicxml", ".musicxml"), ("mxl", ".mxl"), ("abc", ".abc"), ("mid", ".mid")]
)
def test_several_pieces_are_written_in_the_format(model_file: Path, tmp_path: Path, name: str, suffix: str) -> None:
    assert generate(model_file, "-n", 3, "-o", tmp_path / "x", "--format", name) == 0
    assert [path.suffix for path in (tmp_path / "x").iterdir()] == [suffix] * 3


def test_swing_is_left_out_of_notation_and_told(
    model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(model_file, "-n", 1, "-o", tmp_path / "a.abc", "--swing", 0.6, "--humanize", 1) == 0
    assert "notation is written straight: --swing and --humanize are left out\n" in capsys.readouterr().err
    assert generate(model_file, "-n", 1, "-o", tmp_path / "b.abc") == 0
    assert (tmp_path / "a.abc").read_bytes() == (tmp_path / "b.abc").read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-n", "1", "-o", "x.pdf"], "the output must be a folder, or for one piece a file (.mid, .midi, .musicxml, "),
        (["-n", "1", "-o", "x.mscz"], "notation programs import .musicxml"),
        (
            ["-n", "1", "-o", "x.abc", "--format", "mxl"],
            "the format must be that of the output. Received: mxl and x.abc",
        ),
        (["-n", "2", "-o", "x.musicxml"], "a file name holds one piece; give a folder, or --num 1."),
        (["-n", "1", "-o", "x", "--format", "mp3"], "'mp3' is not one of"),
    ],
)
def test_other_outputs_are_refused(
    model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    words: list[str], message: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert generate(model_file, *words) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [model_file]


@pytest.fixture
def mixed(tmp_path: Path, tunes: list[Score]) -> Path:
    """A folder with MIDI files, a book of ABC, MusicXML and a zip of all kinds; tunes differ."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for number, tune in enumerate(tunes[:4]):
        write_midi(to_piece(tune), folder / f"m{number}.mid")
    (folder / "book.abc").write_text(BOOK)
    write_piece(to_piece(tunes[4]), folder / "score.musicxml")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for name, tune in zip(("a.mxl", "in/b.xml", "c.mid"), tunes[5:8], strict=True):
            write_piece(to_piece(tune), tmp_path / Path(name).name)
            archive.write(tmp_path / Path(name).name, name)
    return folder


def report_of(corpus: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (corpus / "report.jsonl").read_text().splitlines()]


def ingest(folder: Path, corpus: Path) -> int:
    return run(
        ["ingest", str(folder), "-o", str(corpus), "--workers", "1", "--test", "0", "--validation", "0", *KEPT.split()]
    )


def test_a_folder_of_all_kinds_is_ingested(mixed: Path, tmp_path: Path) -> None:
    assert ingest(mixed, tmp_path / "corpus") == 0
    found = {
        (str(line["file"]).removeprefix(f"{mixed}/"), line["voice"]): line["status"]
        for line in report_of(tmp_path / "corpus")
    }
    kept = {file for (file, _), status in found.items() if status == "kept"}
    assert kept >= {"m0.mid", "score.musicxml", "more.zip/a.mxl", "more.zip/in/b.xml", "more.zip/c.mid", "book.abc"}
    assert found["book.abc", "tune 1 (Tune 1), track 0 (Tune 1)"] == "kept"
    assert found["book.abc", "tune 2 (Tune 2), track 0 (Tune 2)"] == "kept"
    assert found["book.abc", "tune 3 (Empty)"] == "dropped"
    names = [piece.name for piece in open_corpus(tmp_path / "corpus").pieces]
    assert "book (Tune 1)" in names


def test_midi_files_give_the_same_beside_others(mixed: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    for path in mixed.glob("*.mid"):
        shutil.copy(path, alone)
    assert ingest(mixed, tmp_path / "with") == 0
    assert ingest(alone, tmp_path / "without") == 0
    lines = [
        line
        for line in report_of(tmp_path / "with")
        if str(line["file"]).startswith(f"{mixed}/m") and "zip" not in str(line["file"])
    ]
    assert [{**line, "file": Path(str(line["file"])).name} for line in lines] == [
        {**line, "file": Path(str(line["file"])).name} for line in report_of(tmp_path / "without")
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.abc", b"words only"),
        ("x.musicxml", b"<score-partwise>"),
        ("x.xml", b"<?xml version='1.0'?><plist/>"),
        ("x.mxl", b"PK\x03\x04"),
        ("x.musicxml", score([note("Q")])),
    ],
)
def test_bad_files_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], model_file: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    for line in (
        ["ingest", str(tmp_path), "-o", str(tmp_path / "corpus")],
        ["info", str(tmp_path / name)],
        ["preview", str(tmp_path / name), "-o", str(tmp_path / "x.html")],
        ["generate", "--checkpoint", str(model_file), "--primer", str(tmp_path / name), "-o", str(tmp_path / "out")],
    ):
        assert run(line) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "model.keras"])


@pytest.mark.parametrize("suffix", [".abc", ".musicxml", ".mxl"])
def test_a_primer_may_be_notation(model_file: Path, tmp_path: Path, tunes: list[Score], suffix: str) -> None:
    for name in (f"p{suffix}", "p.mid"):
        write_piece(to_piece(tunes[0]), tmp_path / name)
        assert generate(model_file, "-n", 1, "--primer", tmp_path / name, "-o", tmp_path / f"{name}.out.mid") == 0
    own, same = read_piece(tmp_path / f"p{suffix}.out.mid"), read_piece(tmp_path / "p.mid.out.mid")
    assert own.tracks[0].notes.pitch.tolist()[: len(tunes[0])] == tunes[0].pitch.tolist()
    assert own.tracks[0].notes.pitch.tolist() == same.tracks[0].notes.pitch.tolist()


def test_a_book_is_shown_and_rendered_tune_by_tune(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "book.abc").write_text(BOOK)
    assert run(["preview", str(tmp_path / "book.abc"), "-o", str(tmp_path / "x.html")]) == 0
    assert "book.abc, tune 2 (Tune 2)" in (tmp_path / "x.html").read_text("utf-8")
    (tmp_path / "two.abc").write_text(BOOK.partition("X:3")[0])
    assert (
        run(["render", str(tmp_path / "two.abc"), "--synth", "plain", "--rate", "8000", "-o", str(tmp_path / "out")])
        == 0
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["two-2.wav", "two.wav"]
    assert run(["info", str(tmp_path / "book.abc")]) == 1
    assert "must hold one tune" in capsys.readouterr().err


def test_explain_goes_through_a_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "book.abc").write_text(BOOK)
    assert run(["ingest", "--explain", str(tmp_path / "book.abc"), *KEPT.split()]) == 0
    shown = capsys.readouterr().out
    assert "  tune 2 (Tune 2)\n" in shown
    assert "    tune 1 (Tune 1), track 0 (Tune 1): kept" in shown
