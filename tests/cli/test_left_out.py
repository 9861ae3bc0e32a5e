"""No command drops a file, a folder or a piece without a word, and none waits for a pipe."""

from __future__ import annotations

import ctypes
import json
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import melodyrnn
from melodyrnn.cli.main import run
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Capture = pytest.CaptureFixture[str]
SCALE = [60, 62, 64, 65, 67, 69, 71, 72] * 2


def piece_of(pitches: list[list[int]], channel: int = 0) -> Piece:
    """Quarter notes; the pitches of one list sound together."""
    rows = [(480 * n, 480, pitch, 90) for n, chord in enumerate(pitches) for pitch in chord]
    onset, duration, pitch, velocity = zip(*rows, strict=True)
    return Piece(480, (Track(Notes.of(onset, duration, pitch, velocity), "", 0, channel),), end=480 * len(pitches))


@pytest.fixture
def mixed(tmp_path: Path, tunes: list[Score]) -> Path:
    """A folder with six melodies, drums, chords, a broken file, a pipe, a dangling link and archives."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for number, tune in enumerate(tunes[:6]):
        write_piece(to_piece(tune), folder / f"good{number}.mid")
    write_piece(piece_of([[60]] * 16, channel=9), folder / "drums.mid")
    write_piece(piece_of([[p, p + 4, p + 7] for p in SCALE]), folder / "chords.mid")
    (folder / "broken.mid").write_bytes(b"no")
    os.mkfifo(folder / "pipe.mid")
    (folder / "gone.mid").symlink_to("nowhere")
    with zipfile.ZipFile(folder / "outer.zip", "w") as archive:
        archive.writestr("inner.zip", b"PK")
        archive.writestr("more.rar", b"")
    zipfile.ZipFile(folder / "void.zip", "w").close()
    return folder


NO_MELODY = {"drums only": ["drums.mid"], "no monophonic track": ["chords.mid"]}
UNREADABLE = {
    "unreadable": ["broken.mid", "gone.mid"],
    "not a regular file": ["pipe.mid"],
    "an archive within an archive": ["outer.zip/inner.zip"],
    "an archive other than .zip and .tar": ["outer.zip/more.rar"],
    "an archive without MIDI files": ["void.zip"],
}


def counts(reasons: dict[str, list[str]]) -> dict[str, int]:
    return {reason: len(names) for reason, names in reasons.items()}


@pytest.mark.parametrize(
    "line",
    ["evaluate {model} {mixed} --no-baselines", "compare {mixed} {corpus} --split all", "compare {mixed} {mixed}"],
)
def test_evaluate_and_compare_say_what_they_left_out(
    mixed: Path, model_file: Path, corpus_folder: Path, capsys: Capture, line: str
) -> None:
    words = line.format(model=model_file, mixed=mixed, corpus=corpus_folder).split()
    assert run(words) == 0
    captured = capsys.readouterr()
    said = captured.err.splitlines()
    assert len(said) == (2 if line == "compare {mixed} {mixed}" else 1)
    for one in said:
        assert " of 14 " in one
        assert "8 of 14" in one
        assert "1 drums only (drums.mid)" in one
    assert run([*words, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    for found in json.loads(captured.out)["left_out"]:
        assert {r["reason"]: r["count"] for r in found["reasons"]} == counts(NO_MELODY | UNREADABLE)
        assert (found["total"], found["left_out"]) == (14, 8)


@pytest.mark.parametrize(
    "line", ["preview {} -o {}/new.html", "plot {} -o {}/new.png", "render {} --synth plain -o {}/new"]
)
def test_what_shows_files_says_what_it_left_out(mixed: Path, capsys: Capture, line: str) -> None:
    command, _, *rest = line.split()
    assert run([command, str(mixed), *(word.replace("{}", str(mixed.parent)) for word in rest)]) == 0
    said = [one for one in capsys.readouterr().err.splitlines() if "FluidSynth" not in one]
    assert len(said) == 1
    assert said[0].startswith("6 of 14 files were left out: 2 unreadable (broken.mid), ")


def test_ingest_has_a_line_for_each(mixed: Path, capsys: Capture) -> None:
    assert run(["ingest", str(mixed), "-o", str(mixed.parent / "c")]) == 0
    lines = [json.loads(line) for line in (mixed.parent / "c" / "report.jsonl").read_text("utf-8").splitlines()]
    found: dict[str, list[str]] = {}
    for line in lines:
        if line["status"] == "dropped":
            reason = line["reason"].split(":")[0]
            found.setdefault(reason, []).append(os.path.relpath(line["file"], mixed))
    assert found == NO_MELODY | UNREADABLE
    shown = capsys.readouterr().out
    assert all(reason in shown for reason in NO_MELODY | UNREADABLE)


def test_the_api_returns_it(mixed: Path, model_file: Path) -> None:
    for result in (melodyrnn.evaluate(model_file, mixed), melodyrnn.compare(mixed, [*melodyrnn_tunes(mixed)])):
        (left_out,) = result.left_out
        assert (left_out.num, left_out.total) == (8, 14)
        assert {r.reason: r.count for r in left_out.reasons} == counts(NO_MELODY | UNREADABLE)


def melodyrnn_tunes(mixed: Path) -> list[Score]:
    from melodyrnn.evaluation.sources import melodies_of

    return melodies_of(mixed).melodies


def test_where_nothing_remains_one_line_says_why(mixed: Path, model_file: Path, capsys: Capture) -> None:
    for path in mixed.glob("good*"):
        path.unlink()
    assert run(["evaluate", str(model_file), str(mixed)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: there must be a corpus or MIDI files with melodies to evaluate.")
    assert "8 of 8 files were left out: 2 unreadable (broken.mid)" in error
    assert error.count("\n") == 1


def test_compare_says_which_pieces_its_options_left_out(
    tmp_path: Path, corpus_folder: Path, make_melody: Callable[..., Score], capsys: Capture
) -> None:
    (tmp_path / "in").mkdir()
    for number in range(7):
        melody = make_melody(SCALE[:16] if number else SCALE[:4], 12, meter=(3, 4) if number == 6 else (4, 4))
        write_piece(to_piece(melody), tmp_path / "in" / f"{number}.mid")
    words = ["compare", str(tmp_path / "in"), str(corpus_folder), "--split", "all", "--meter", "4/4", "--bars", "2"]
    assert run(words) == 0
    (said,) = capsys.readouterr().err.splitlines()
    assert said == "2 of 7 generated pieces were left out: 1 not in 4/4 (6), 1 shorter than 2 bars (0)"
    assert run([*words[:-1], "9"]) == 1
    error = capsys.readouterr().err
    assert (
        "the generated set must hold at least 4 melodies. Received: 0; 7 of 7 generated pieces were left out" in error
    )


PIPES = [
    ("ingest {pipe} -o {out}", "not a regular file"),
    ("evaluate {model} {pipe}", "1 of 1 files was left out: 1 not a regular file"),
    ("evaluate {keras} {corpus}", "a model must be a .keras file. Received a named pipe"),
    ("compare {pipe} {corpus}", "1 not a regular file"),
    ("compare {corpus} {pipe}", "1 not a regular file"),
    ("compare {keras} {corpus} --split all", "Received a named pipe"),
    ("compare {corpus} {corpus} --index {keras}", "{keras}"),
    ("diagnose {keras} {corpus}", "Received a named pipe"),
    ("diagnose {model} {pipe}", "Received a file: {pipe}"),
    ("train {pipe} -o {out}.keras", "Received a file: {pipe}"),
    ("train {corpus} -o {out}.keras --from {keras}", "Received a named pipe"),
    ("train {corpus} -o {state} --resume", "the state of a run must be a regular file. Received a named pipe"),
    ("generate --checkpoint {keras} -o {out}", "Received a named pipe"),
    ("generate --primer {pipe} -o {out}", "a MIDI file must be a regular file. Received a named pipe: {pipe}"),
    ("info {pipe}", "a MIDI file must be a regular file. Received a named pipe: {pipe}"),
    ("info {keras}", "Received a named pipe"),
    ("play {pipe}", "a MIDI file must be a regular file. Received a named pipe: {pipe}"),
    ("preview {pipe} -o {out}.html", "cannot read {pipe}: not a regular file"),
    ("plot {pipe} -o {out}.png", "cannot read {pipe}: not a regular file"),
    ("render {pipe} -o {out}.wav", "cannot read {pipe}: not a regular file"),
    ("render {tune} -o {out}.wav --soundfont {pipe}", "a SoundFont must be a RIFF file"),
]


@pytest.mark.parametrize(("line", "words"), PIPES)
def test_no_command_waits_for_a_pipe(
    tmp_path: Path, corpus_folder: Path, model_file: Path, tunes: list[Score], capsys: Capture, line: str, words: str
) -> None:
    names = {name: tmp_path / f"pipe{suffix}" for name, suffix in (("pipe", ".mid"), ("keras", ".keras"))}
    for path in (*names.values(), tmp_path / "state.keras.run"):
        os.mkfifo(path)
    write_piece(to_piece(tunes[0]), tmp_path / "tune.mid")
    names |= {"out": tmp_path / "out", "tune": tmp_path / "tune.mid", "state": tmp_path / "state.keras"}
    names |= {"corpus": corpus_folder, "model": model_file}
    assert run(line.format(**names).split()) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert words.format(**names) in error
    assert not list(tmp_path.glob("out*"))


class _Capabilities(ctypes.Structure):
    """Two of these are the capability sets of a process: see capset(2)."""

    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


_VERSION, _DAC_OVERRIDE, _DAC_READ_SEARCH = 0x20080522, 1, 2


@pytest.fixture
def unprivileged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The test runs in its folder, without the right of root to read everything."""
    monkeypatch.chdir(tmp_path)
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root reads everything here")
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(_VERSION, 0), (_Capabilities * 2)()
    assert libc.capget(header, sets) == 0
    before = sets[0].effective
    sets[0].effective = before & ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH)
    assert libc.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0].effective = before
        assert libc.capset(header, sets) == 0


@pytest.mark.usefixtures("unprivileged")
class TestWithoutPermission:
    def test_a_folder_in_a_folder(self, make_melody: Callable[..., Score], capsys: Capture) -> None:
        for name in ("in", "in/open", "in/shut"):
            Path(name).mkdir()
            write_piece(to_piece(make_melody(SCALE, velocity=60 + len(name))), Path(name, "a.mid"))
        Path("in/shut").chmod(0)
        assert run(["ingest", "in", "-o", "c", "--keep-duplicates", "--workers", "1"]) == 0
        lines = [json.loads(line) for line in Path("c/report.jsonl").read_text("utf-8").splitlines()]
        assert {line["file"]: line["status"] for line in lines} == {
            "in/a.mid": "kept",
            "in/open/a.mid": "kept",
            "in/shut": "dropped",
        }
        assert "unreadable: a folder without permission" in [line["reason"] for line in lines]
        assert "1  unreadable" in capsys.readouterr().out
        Path("in/open/a.mid").chmod(0)
        assert run(["preview", "in", "-o", "page.html"]) == 0
        assert capsys.readouterr().err == "2 of 3 files were left out: 2 unreadable (a.mid)\n"
        Path("in/shut").chmod(0o700)

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("ingest shut -o c", "Received 1 in shut: unreadable (1)"),
            ("preview shut -o page.html", "cannot read shut: unreadable: a folder without permission"),
            ("evaluate folk shut", "1 of 1 files was left out: 1 unreadable (shut)"),
        ],
    )
    def test_a_folder_alone(self, capsys: Capture, line: str, words: str) -> None:
        Path("shut").mkdir(mode=0)
        assert run(line.split()) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert words in error
        assert not Path("c").exists()
        Path("shut").chmod(0o700)
