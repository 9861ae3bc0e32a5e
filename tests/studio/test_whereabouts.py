"""The files that tell where a studio is: private, removed at the end, left by a studio that was killed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from melodyrnn.studio.security import Address
from melodyrnn.studio.whereabouts import announced, find_studio, user_file

ADDRESS = Address(1, "a-token-of-sixteen-and-more")  # no studio answers at port 1


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    (tmp_path / "run").mkdir()


def test_two_private_files_tell_the_address_while_the_studio_runs(tmp_path: Path) -> None:
    paths = [tmp_path / "s" / ".studio.json", user_file()]
    with announced(tmp_path / "s", ADDRESS, osc=9000):
        for path in paths:
            assert json.loads(path.read_text("utf-8")) == {"url": ADDRESS.url, "pid": os.getpid(), "osc": 9000}
            assert path.stat().st_mode & 0o777 == 0o600
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not (tmp_path / "s").exists()  # it was made for the file alone


def test_a_folder_with_something_kept_stays_and_so_does_the_file_of_another_studio(tmp_path: Path) -> None:
    with announced(tmp_path / "s", ADDRESS):
        (tmp_path / "s" / "kept.mid").write_bytes(b"x")
        user_file().write_text("that of another")
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["kept.mid"]
    assert user_file().read_text() == "that of another"


def test_without_a_runtime_folder_the_file_is_in_the_cache_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setenv("HOME", "/home/me")
    assert user_file() == Path("/home/me/.cache/melodyrnn/studio.json")


def test_a_place_that_cannot_be_written_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "file"))
    with announced(tmp_path / "s", ADDRESS):
        assert (tmp_path / "s" / ".studio.json").is_file()


def left(folder: Path, text: str, mode: int = 0o600) -> Path:
    folder.mkdir()
    path = folder / ".studio.json"
    path.write_text(text)
    path.chmod(mode)
    return folder


def test_what_a_killed_studio_left_is_found(tmp_path: Path) -> None:
    assert find_studio(tmp_path) is None
    found = find_studio(left(tmp_path / "s", json.dumps({"url": ADDRESS.url, "pid": 1})))
    assert found is not None
    assert (found.address, found.is_running) == (ADDRESS, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"url": 3}',
        '{"url": "http://evil.example:80/a-token-of-sixteen-and-more/"}',
        '{"url": "http://127.0.0.1:80/short/"}',
        '{"url": "http://127.0.0.1:80@evil.example/a-token-of-sixteen-and-more/"}',
    ],
)
def test_a_file_that_tells_something_else_is_none(tmp_path: Path, text: str) -> None:
    assert find_studio(left(tmp_path / "s", text)) is None


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
def test_a_token_that_others_could_read_is_not_used_again(tmp_path: Path) -> None:
    told = json.dumps({"url": ADDRESS.url})
    assert find_studio(left(tmp_path / "s", told, 0o644)) is None
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / ".studio.json").symlink_to(left(tmp_path / "u", told) / ".studio.json")
    assert find_studio(tmp_path / "t") is None
