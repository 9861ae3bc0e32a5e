"""The sample pieces are the default checkpoint's, made by the recipe in each, and the script that makes them anew."""

from __future__ import annotations

import importlib.util
import shlex
from pathlib import Path
from types import ModuleType

import pytest

import melodyrnn
from melodyrnn.cli.main import run
from melodyrnn.generation.generator import Generator
from melodyrnn.shipped import DEFAULT_CHECKPOINT

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FILES = sorted((SAMPLES / "generated").glob("*.mid"))


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_build_generated", SAMPLES / "build_generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()


def recipe_of(path: Path) -> list[str]:
    """The arguments that the file says it was made by."""
    words = shlex.split(melodyrnn.read_piece(path).texts[0], comments=True)
    assert words[:2] == ["melodyrnn", "generate"]
    return words[1:]


def test_there_are_some() -> None:
    assert len(FILES) >= 6


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_says_that_the_default_checkpoint_made_it(path: Path) -> None:
    recipe = recipe_of(path)
    assert "--checkpoint" not in recipe or recipe[recipe.index("--checkpoint") + 1] == DEFAULT_CHECKPOINT
    assert "--seed" in recipe
    assert melodyrnn.read_piece(path).tracks[0].name.rpartition(" ")[0] == DEFAULT_CHECKPOINT


def test_the_default_checkpoint_still_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All but a few: where a processor rounds the last digit otherwise, a note and what follows it may differ."""
    same = 0
    for path in FILES:
        folder = tmp_path / path.stem
        assert run([*recipe_of(path), "-o", str(folder)]) == 0
        same += sorted(folder.glob("*.mid"))[-1].read_bytes() == path.read_bytes()
    capsys.readouterr()
    assert same >= 0.6 * len(FILES)


def test_every_wish_is_another() -> None:
    wishes = list(script.wishes())
    assert len(wishes) == len({(wish["meter"], wish["key"]) for wish in wishes}) == script.NUM == 12
    assert {wish["meter"] for wish in wishes} == set(script.METERS)
    assert {wish["key"] for wish in wishes} == set(script.KEYS)


def test_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    folder = tmp_path / "samples" / "generated"
    folder.mkdir(parents=True)
    (folder / "old.mid").write_bytes(b"old")
    monkeypatch.setattr(script, "HERE", tmp_path / "samples")
    assert script.main() == 0
    files = sorted(folder.iterdir())
    assert len(files) == script.NUM
    for number, path in enumerate(files, start=1):
        assert path.name.startswith(f"{number:02d}-{DEFAULT_CHECKPOINT}-")
        piece = melodyrnn.read_piece(path)
        assert str(piece.meters[0]) == path.stem[-3:].replace("-", "/")
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [file.name for file in files] == [row.split("]")[0].removeprefix("| [") for row in rows]
    picture = (tmp_path / "docs" / "samples.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    before = [file.read_bytes() for file in files]
    assert script.main() == 0
    assert [file.read_bytes() for file in sorted(folder.iterdir())] == before
    assert (tmp_path / "docs" / "samples.png").read_bytes() == picture


def test_what_cannot_be_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> Generator:
        return melodyrnn.load(tmp_path / "no.keras")

    monkeypatch.setattr(script, "load", refuse)
    assert script.main() == 1
    assert capsys.readouterr().err.startswith("samples: a model file must exist")
    assert len(sorted((SAMPLES / "generated").glob("*.mid"))) == len(FILES)
