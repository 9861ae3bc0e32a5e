"""The files and folders that tasks are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.errors import UsageError
from melodyrnn.tasks.paths import OutputKind, named, refuse_other_file

PAGE = OutputKind("a page", (".html", ".htm"), "default.html")


def test_an_output_is_a_file_or_the_default_file_in_a_folder(tmp_path: Path) -> None:
    assert named(tmp_path / "a.HTML", PAGE) == tmp_path / "a.HTML"
    assert named(tmp_path, PAGE) == tmp_path / "default.html"
    assert named(f"{tmp_path}/new/", PAGE) == tmp_path / "new" / "default.html"
    assert named(tmp_path / "a.x", OutputKind("a table", (), "t.csv")) == tmp_path / "a.x"


@pytest.mark.parametrize(
    ("suffixes", "rule"), [((".html",), ".html"), ((".a", ".b"), ".a or .b"), ((".a", ".b", ".c"), ".a, .b or .c")]
)
def test_an_output_of_another_suffix_is_refused(suffixes: tuple[str, ...], rule: str) -> None:
    for name in ("page.png", "page", "page.html.txt"):
        with pytest.raises(UsageError) as error:
            named(name, OutputKind("a page", suffixes, "x"))
        assert str(error.value) == f"a page's name must end in {rule}. Received: {name}"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tune.mp3", "; `melodyrnn render` makes sound, as .wav"),
        ("tune.PDF", "; `melodyrnn plot` draws pictures"),
        ("tune.html", "; `melodyrnn preview` writes pages"),
        ("tune.musicxml", "; notation programs import .musicxml"),
        ("tune.json", ""),
    ],
)
def test_a_folder_named_as_a_file_is_refused(tmp_path: Path, name: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        refuse_other_file(name, "a folder")
    assert str(error.value) == f"the output must be a folder{hint}. Received: {name}"
    refuse_other_file(f"{name}/", "a folder")  # said to be one
    (tmp_path / name).mkdir()
    refuse_other_file(tmp_path / name, "a folder")  # is one


@pytest.mark.parametrize("name", ["melodies", "take.2", "v1.0", "my.songs", "."])
def test_other_folders_may_have_a_dot_in_their_names(name: str) -> None:
    refuse_other_file(name, "a folder")
