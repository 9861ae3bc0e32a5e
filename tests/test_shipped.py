"""Checkpoints have names that every command accepts; files in the working directory come first."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

import melodyrnn
from melodyrnn import shipped
from melodyrnn.cli.main import run
from melodyrnn.errors import CheckpointError
from melodyrnn.generation.generator import load
from melodyrnn.shipped import (
    DEFAULT_CHECKPOINT,
    checkpoint_names,
    data_folder,
    default_checkpoint,
    is_name,
    model_path,
)

WRITTEN = str(data_folder("samples") / "generated")


@pytest.fixture
def checkpoints(tmp_path: Path, model_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two checkpoints, `songs` and the default, and an empty working directory."""
    folder, here = tmp_path / "checkpoints", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    for name in (DEFAULT_CHECKPOINT, "songs"):
        shutil.copy(model_file, folder / f"{name}.keras")
    monkeypatch.setattr(shipped, "data_folder", lambda name: folder)
    monkeypatch.chdir(here)
    return folder


def test_the_default_checkpoint_is_shipped() -> None:
    assert DEFAULT_CHECKPOINT in checkpoint_names()
    assert default_checkpoint().is_file()
    assert (data_folder("checkpoints") / f"{DEFAULT_CHECKPOINT}.md").is_file()


def test_a_name_is_a_bare_word(checkpoints: Path) -> None:
    assert model_path("songs") == checkpoints / "songs.keras"
    assert model_path(None) == model_path(DEFAULT_CHECKPOINT) == checkpoints / f"{DEFAULT_CHECKPOINT}.keras"
    for path in ("songs.keras", "./songs", "checkpoints/songs", "songs/", "", ".", ".."):
        assert not is_name(path)
        assert model_path(path) == Path(path)


def test_a_file_in_the_working_directory_comes_first(checkpoints: Path) -> None:
    Path("songs").write_bytes(b"no model")
    assert model_path("songs") == Path("songs")
    with pytest.raises(CheckpointError):
        load("songs")


def test_a_folder_comes_first_only_where_a_command_accepts_folders(
    checkpoints: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("songs").mkdir()
    assert load("songs").name == "songs"
    assert not is_name("songs")
    assert run(["info", "songs"]) == 1
    assert "a folder must be a corpus" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["info", "sonks"], ["compare", "sonks", WRITTEN]])
def test_where_folders_are_accepted_an_unknown_name_is_a_missing_folder(
    checkpoints: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert run(command) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "must exist. Received: sonks" in error


def test_the_error_for_an_unknown_name_lists_the_known_ones(checkpoints: Path) -> None:
    words = rf"one that comes with melodyrnn \({DEFAULT_CHECKPOINT}, songs\)\. Received: sonks$"
    with pytest.raises(CheckpointError, match=words):
        melodyrnn.load("sonks")


def test_a_recipe_has_the_name_and_writes_the_piece_again(
    checkpoints: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate", "--checkpoint", "songs", "-n", "1", "--bars", "2", "-o", "a.mid"]) == 0
    (recipe,) = melodyrnn.read_piece("a.mid").texts
    assert "--checkpoint songs" in recipe
    assert run([*shlex.split(recipe, comments=True)[1:], "-o", "b.mid"]) == 0
    assert Path("a.mid").read_bytes() == Path("b.mid").read_bytes()
    capsys.readouterr()


def filled(command: str, model: str, corpus: Path) -> list[str]:
    """The arguments of a command; a path may have spaces."""
    places = {"{}": model, "CORPUS": str(corpus), "WRITTEN": WRITTEN}
    return [places.get(word, word) for word in command.split()]


@pytest.mark.parametrize(
    "command",
    [
        "generate --checkpoint {} -o out --bars 1",
        "evaluate {} CORPUS --no-baselines",
        "compare {} CORPUS --split all --num 4",
        "compare WRITTEN WRITTEN --index {}",
        "info {}",
    ],
)
def test_every_command_accepts_a_name(
    checkpoints: Path, corpus_folder: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(filled(command, "songs", corpus_folder)) == 0, capsys.readouterr().err
    capsys.readouterr()
    if command.startswith(("generate", "evaluate")) or "--index" in command:
        assert run(filled(command, "sonks", corpus_folder)) == 1
        error = capsys.readouterr().err
        assert f"({DEFAULT_CHECKPOINT}, songs). Received: sonks" in error
        assert error.count("\n") == 1


@pytest.mark.parametrize("command", ["diagnose {} CORPUS", "train CORPUS -o new.keras --from {}"])
def test_an_unknown_name_is_an_error_before_keras_is_imported(
    checkpoints: Path, corpus_folder: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(filled(command, "sonks", corpus_folder)) == 1
    assert f"({DEFAULT_CHECKPOINT}, songs). Received: sonks" in capsys.readouterr().err
