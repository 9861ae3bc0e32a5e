"""The sample pieces are written by the default checkpoint with the recipe that each file holds; so does the script."""

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
    """The arguments of the command in the file's text."""
    words = shlex.split(melodyrnn.read_piece(path).texts[0], comments=True)
    assert words[:2] == ["melodyrnn", "generate"]
    return words[1:]


def test_there_are_sample_pieces() -> None:
    assert len(FILES) >= 6


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_recipe_names_the_default_checkpoint(path: Path) -> None:
    recipe = recipe_of(path)
    assert "--checkpoint" not in recipe or recipe[recipe.index("--checkpoint") + 1] == DEFAULT_CHECKPOINT
    assert "--seed" in recipe
    assert melodyrnn.read_piece(path).tracks[0].name.rpartition(" ")[0] == DEFAULT_CHECKPOINT


def test_the_default_checkpoint_still_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All but a few: where a processor rounds the last digit differently, a note and those after it may differ."""
    same = 0
    for path in FILES:
        folder = tmp_path / path.stem
        assert run([*recipe_of(path), "-o", str(folder)]) == 0
        same += sorted(folder.glob("*.mid"))[-1].read_bytes() == path.read_bytes()
    capsys.readouterr()
    assert same >= 0.6 * len(FILES)


def test_every_request_is_different() -> None:
    requests = list(script.requests())
    assert len(requests) == len({(meter, key) for _, meter, key in requests}) == script.NUM == 12
    assert len({seed for seed, _, _ in requests}) == script.NUM
    assert {meter for _, meter, _ in requests} == set(script.METERS)
    assert {key for _, _, key in requests} == set(script.KEYS)


def test_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    folder = tmp_path / "samples" / "generated"
    folder.mkdir(parents=True)
    (folder / "old.mid").write_bytes(b"old")
    monkeypatch.setattr(script, "HERE", tmp_path / "samples")
    monkeypatch.setattr(script, "NUM", len(script.METERS))
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


def test_an_error_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> Generator:
        return melodyrnn.load(tmp_path / "no.keras")

    monkeypatch.setattr(script, "load", refuse)
    assert script.main() == 1
    assert capsys.readouterr().err.startswith("samples: a model file must exist")
    assert len(sorted((SAMPLES / "generated").glob("*.mid"))) == len(FILES)
