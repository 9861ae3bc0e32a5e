"""Uploaded files: whatever their names are, they lie in their folder, and there are not too many."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.studio import uploads
from melodyrnn.studio.endpoint import CallError
from melodyrnn.studio.uploads import Uploads, safe_name, safe_path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("tune.mid", "tune.mid"),
        ("folk/jigs/Ü tune 1.MID", "folk/jigs/Ü tune 1.MID"),
        ("folk\\jigs\\a.mid", "folk/jigs/a.mid"),
        ("../../etc/passwd.mid", "etc/passwd.mid"),
        ("/etc/./../x.zip", "etc/x.zip"),
        ("C:\\Users\\x.mid", "C_/Users/x.mid"),
        ("a\0b\n<script>.mid", "a_b__script_.mid"),
        ("nul.mid", "_nul.mid"),
        ("a/COM1/x.abc", "a/_COM1/x.abc"),
        ("  spaces  /. . /x.mid ", "spaces/x.mid"),
        ("1/2/3/4/5/6/7/8/9/x.mid", "3/4/5/6/7/8/9/x.mid"),
        ("half \ud800.mid", "half ?.mid".replace("?", "_")),
    ],
)
def test_names_become_paths_inside(name: str, path: str) -> None:
    assert safe_path(name) == Path(path)


@pytest.mark.parametrize("name", ["", "..", "/", "x.exe", "x.mid/y", ".mid/..", "tune.mid.html"])
def test_other_files_are_refused(name: str) -> None:
    with pytest.raises(CallError, match=r"^a file must be music or a zip archive \(\.mid, .*\)\. Received: ") as caught:
        safe_path(name)
    assert caught.value.status == 415


@given(st.text(max_size=12), st.sampled_from([1, 30]))
def test_any_name_stays_inside_and_fits(name: str, times: int) -> None:
    name *= times
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 130
    assert safe not in (".", "..")
    assert not set(safe) & set('/\\:\0\n"<>|?*')
    path = safe_path(f"{name}/x.mid")
    assert not path.is_absolute()
    assert ".." not in path.parts


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    folder = Uploads(tmp_path)
    paths = [folder.add("a/x.mid", data) for data in (b"1", b"2", b"3")]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == ["a/x.mid", "a/x-2.mid", "a/x-3.mid"]
    assert [path.read_bytes() for path in paths] == [b"1", b"2", b"3"]
    assert (Uploads(tmp_path).num_files, Uploads(tmp_path).num_bytes) == (3, 3)  # as another server finds it


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("MAX_FILES", 2, "a folder must have at most 2 files. Received: more"),
        ("MAX_TOTAL_BYTES", 5 << 20, "a folder must have at most 5 MB. Received: more"),
        ("MAX_FILE_BYTES", 2 << 20, "a file must have at most 2 MB. Received: c.mid"),
    ],
)
def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, words: str) -> None:
    monkeypatch.setattr(uploads, limit, value)
    folder = Uploads(tmp_path)
    for name in "ab":
        folder.add(f"{name}.mid", bytes(3 << 19))
    with pytest.raises(CallError) as caught:
        folder.add("c.mid", bytes(3 << 20))
    assert (str(caught.value), caught.value.status) == (words, 413)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mid", "b.mid"]
