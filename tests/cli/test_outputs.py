"""One rule for the outputs of all commands: missing folders are made, and a folder holds a file of the usual name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from plain import make_plain

from melodyrnn.cli.main import run
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

GENERATE = "generate --checkpoint {}/model.keras --bars 1 --seed 1"
TRAIN = "train {}/corpus --epochs 1 --units 4 --layers 1 --batch-size 64 --length 16"
# A command up to its output, a file of that kind, and the name of the file that it writes into a folder.
QUICK = [
    (f"{GENERATE} -n 1 -o", "x.mid", "model-*-1.mid"),
    ("preview {}/tune.mid -o", "x.html", "preview.html"),
    ("plot {}/tune.mid -o", "x.svg", "roll.png"),
    ("render {}/tune.mid --synth plain --rate 8000 -o", "x.wav", "tune.wav"),
    ("compare {}/tunes {}/corpus --split all --html", "x.html", "comparison.html"),
]
TRAINED = [
    (f"{TRAIN} -o", "x.keras", "model.keras"),
    (f"{TRAIN} -o {{}}/m.keras --history", "x.csv", "history.csv"),
    (f"{TRAIN} -o {{}}/m.keras --report", "x.html", "report.html"),
]
DIAGNOSED = [
    ("diagnose {}/model.keras {}/corpus --html", "x.html", "diagnosis.html"),
    ("diagnose {}/model.keras {}/corpus --png", "x.png", "diagnosis.png"),
]
FOLDERS = [(f"{GENERATE} -n 2 -o", "*.mid"), ("render {}/tune.mid {}/other.mid --synth plain -o", "*.wav")]


@pytest.fixture
def place(tmp_path: Path, corpus_folder: Path, model_file: Path, tunes: list[Score]) -> Path:
    """A folder with a corpus, a model, two MIDI files and a folder of six."""
    (tmp_path / "tunes").mkdir()
    for number, tune in enumerate(tunes[:6]):
        write_piece(to_piece(tune), tmp_path / "tunes" / f"{number}.mid")
    for name, tune in zip(("tune", "other"), tunes[:2], strict=True):
        write_piece(to_piece(tune), tmp_path / f"{name}.mid")
    return tmp_path


def code(line: str, place: Path) -> int:
    return run([word.replace("{}", str(place)) for word in line.split()])


@pytest.mark.parametrize(("line", "name", "default"), QUICK)
def test_one_file_goes_where_it_is_told(place: Path, line: str, name: str, default: str) -> None:
    """To a folder that is made, to one that a slash makes, and to one that exists."""
    (place / "old").mkdir()
    assert code(f"{line} {{}}/new/deep/{name}", place) == 0
    assert [path.name for path in (place / "new" / "deep").iterdir()] == [name]
    assert code(f"{line} {{}}/slash/deep/ --force", place) == 0
    assert code(f"{line} {{}}/old --force", place) == 0
    for folder in (place / "slash" / "deep", place / "old"):
        (found,) = folder.iterdir()
        assert found.match(default)


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_the_files_of_a_training_go_where_they_are_told(place: Path) -> None:
    """As those of the other commands, all three by each training."""
    make_plain(place / "corpus")
    (place / "old").mkdir()
    kinds = {
        "-o": ("x.keras", "model.keras"),
        "--history": ("x.csv", "history.csv"),
        "--report": ("x.html", "report.html"),
    }
    for output in ("new/deep/{name}", "slash/deep/", "old"):
        options = " ".join(f"{option} {{}}/{output.format(name=name)}" for option, (name, _) in kinds.items())
        assert code(f"{TRAIN} {options}", place) == 0
    assert {path.name for path in (place / "new" / "deep").iterdir()} == {name for name, _ in kinds.values()}
    for folder in (place / "slash" / "deep", place / "old"):
        assert {path.name for path in folder.iterdir()} == {default for _, default in kinds.values()}


@pytest.mark.parametrize(("line", "default"), FOLDERS)
@pytest.mark.parametrize("output", ["new", "new/", "new/deep", "new.2/deep/"])
def test_several_files_go_to_a_folder_that_is_made(place: Path, line: str, default: str, output: str) -> None:
    assert code(f"{line} {{}}/{output}", place) == 0
    assert len(list((place / output).glob(default))) == len(list((place / output).iterdir())) == 2


@pytest.mark.parametrize("output", ["new", "new/deep/", "new/deep/c"])
def test_a_corpus_goes_to_a_folder_that_is_made(place: Path, output: str) -> None:
    assert code(f"ingest {{}}/tune.mid {{}}/other.mid -o {{}}/{output}", place) == 0
    assert (place / output / "corpus.json").exists()


def refused(line: str, place: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code and the words of a command that writes nothing and says one line."""
    before = sorted(place.rglob("*"))
    found = code(line, place)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Error: ")
    assert captured.err.count("\n") == 1
    assert sorted(place.rglob("*")) == before
    return found, captured.err


@pytest.mark.parametrize(("line", "name", "default"), [*QUICK, *TRAINED, *DIAGNOSED])
@pytest.mark.parametrize("force", ["", "--force "])
def test_a_pipe_is_refused_and_not_waited_for(
    place: Path, capsys: pytest.CaptureFixture[str], line: str, name: str, default: str, force: str
) -> None:
    os.mkfifo(place / name)
    command, *rest = line.split(maxsplit=1)
    found, words = refused(f"{command} {force}{' '.join(rest)} {{}}/{name}", place, capsys)
    assert found == 1
    assert f"an output must be a regular file. Received a named pipe: {place}/{name}" in words


REFUSED = [
    # names of files of another kind
    (f"{GENERATE} -n 1 -o {{}}/tune.mp3", 2, ".musicxml, .xml, .mxl, .abc); `melodyrnn render` makes sound"),
    (f"{GENERATE} -o {{}}/tunes.abc", 2, "give a folder, or --num 1. Received: --num 4"),
    ("render {}/tune.mid -o {}/tune.mp3", 2, "the output must be a folder, or a .wav file; `melodyrnn render`"),
    ("render {}/tune.mid {}/other.mid -o {}/tunes.mid", 2, "the output must be a folder, or a .wav file. Received"),
    ("ingest {}/tune.mid -o {}/new.zip", 2, "the output must be a folder. Received"),
    ("preview {}/tune.mid -o {}/page.png", 2, "a page's name must end in .html or .htm"),
    ("plot {}/tune.mid -o {}/roll.gif", 2, "a picture's name must end in .png, .svg or .pdf"),
    ("compare {}/tunes {}/corpus --html {}/page.pdf", 2, "a page's name must end in .html or .htm"),
    ("compare {}/tunes {}/corpus --write {}/sets.mid", 2, "the output must be a folder. Received"),
    ("compare {}/tunes {}/corpus --force --write {}/pipe", 1, "an output folder must not be a file. Received: {}/pipe"),
    (
        "compare {}/tunes {}/corpus --force --write {}/corpus",
        1,
        "nothing but real and generated. Received: {}/corpus with",
    ),
    ("diagnose {}/model.keras {}/corpus --html {}/page.pdf", 2, "a page's name must end in .html or .htm"),
    ("diagnose {}/model.keras {}/corpus --png {}/page.svg", 2, "a picture's name must end in .png"),
    ("train {}/corpus -o {}/model.KERAS", 2, "must end in .keras, in lower case"),
    # a folder below a file, and a file or a pipe where there must be a folder
    (f"{GENERATE} -o {{}}/tune.mid/new", 1, "below the file"),
    ("preview {}/tune.mid -o {}/tune.mid/new/page.html", 1, "below the file"),
    ("train {}/corpus -o {}/tune.mid/new/m.keras", 1, "below the file"),
    ("ingest {}/tune.mid -o {}/tune.mid/new", 1, "cannot write"),
    ("train {}/corpus -o {}/m.keras --tensorboard {}/tune.mid", 1, "logs for TensorBoard must go to a folder"),
    ("ingest {}/tune.mid --force -o {}/pipe", 1, "an output folder must not be a file. Received: {}/pipe"),
    (f"{GENERATE} --force -o {{}}/pipe", 1, "below the file"),
]


@pytest.mark.parametrize(("line", "exit_code", "words"), REFUSED)
def test_other_outputs_are_refused_in_one_line(
    place: Path, capsys: pytest.CaptureFixture[str], line: str, exit_code: int, words: str
) -> None:
    os.mkfifo(place / "pipe")
    found, said = refused(line, place, capsys)
    assert found == exit_code
    assert words.replace("{}", str(place)) in said
