"""The novelty index in a model file: written, loaded, counted, and told to be damaged."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from melodyrnn.checkpoint import load_checkpoint
from melodyrnn.errors import CheckpointError
from melodyrnn.evaluation.index_file import MEMBER, add_index, load_index, num_indexed
from melodyrnn.evaluation.novelty import Index
from melodyrnn.score.score import Score


def test_a_model_file_with_an_index_can_be_read(model_file: Path, tunes: list[Score]) -> None:
    before = load_checkpoint(model_file)
    assert load_index(model_file) is None
    size = add_index(model_file, tunes)
    once = model_file.read_bytes()
    assert add_index(model_file, tunes) == size
    assert model_file.read_bytes() == once  # in place of the old one, and the same bytes
    with zipfile.ZipFile(model_file) as archive:
        assert archive.namelist().count(MEMBER) == 1
        assert archive.getinfo(MEMBER).file_size == size
        assert archive.testzip() is None
    after = load_checkpoint(model_file)
    assert after[0] == before[0]
    assert all((after[1][name] == weight).all() for name, weight in before[1].items())
    index = load_index(model_file)
    assert index is not None
    assert index.longest(tunes[3]).tune == "tune 3"


def test_tunes_are_counted_without_loading_them(model_file: Path, tunes: list[Score]) -> None:
    assert num_indexed(model_file) is None
    for number in (0, 1, len(tunes)):
        add_index(model_file, tunes[:number])
        index = load_index(model_file)
        assert index is not None
        assert num_indexed(model_file) == len(index.names) == number


def test_a_long_list_of_names_is_counted(model_file: Path, tunes: list[Score]) -> None:
    """The first line may be longer than what is decompressed at once."""
    names = [f"{number} {'x' * 2000}" for number in range(300)]
    add_index(model_file, [replace(tunes[0], name=name) for name in names])
    assert num_indexed(model_file) == 300


@pytest.mark.parametrize("data", [b"", b"no xz", Index.of([]).to_bytes()[:-60], b"\xfd7zXZ\x00\x00\x04" + b"\x00" * 40])
def test_a_damaged_index_is_an_error(model_file: Path, data: bytes) -> None:
    with zipfile.ZipFile(model_file, "a") as archive:
        archive.writestr(MEMBER, data)
    for read in (load_index, num_indexed):
        with pytest.raises(CheckpointError, match=r"the novelty index of .* is damaged"):
            read(model_file)


def test_an_index_of_a_newer_version_is_an_error(
    model_file: Path, tunes: list[Score], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("melodyrnn.evaluation.novelty.VERSION", 2)
    add_index(model_file, tunes)
    monkeypatch.undo()
    for read in (load_index, num_indexed):
        with pytest.raises(CheckpointError, match="version 2"):
            read(model_file)


def test_files_that_are_not_models_are_an_error(tmp_path: Path, tunes: list[Score]) -> None:
    path = tmp_path / "x.keras"
    with pytest.raises(CheckpointError, match="must exist"):
        load_index(path)
    path.write_bytes(b"not a zip")
    for call in (lambda: load_index(path), lambda: add_index(path, tunes)):
        with pytest.raises(CheckpointError, match=r"x\.keras"):
            call()
    assert path.read_bytes() == b"not a zip"
    assert os.listdir(tmp_path) == ["x.keras"]
