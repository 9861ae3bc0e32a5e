from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from melodyrnn.errors import OutputError
from melodyrnn.files import (
    atomic_file,
    atomic_folder,
    check_output,
    exchange_names,
    is_folder,
    refuse_existing,
    replace_folder,
    special_kind,
)

ROOT = Path(__file__).resolve().parents[1]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class TestFile:
    def test_writes(self, tmp_path: Path) -> None:
        with atomic_file(tmp_path / "a.mid") as temporary:
            assert temporary.suffix == ".mid"
            assert temporary.parent == tmp_path  # one move on one file system
            temporary.write_text("new")
        assert (tmp_path / "a.mid").read_text() == "new"
        assert names(tmp_path) == {"a.mid"}

    def test_failure_keeps_the_old_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mid"
        path.write_text("old")
        with pytest.raises(ZeroDivisionError), atomic_file(path, force=True) as temporary:
            temporary.write_text("half")
            raise ZeroDivisionError
        assert path.read_text() == "old"
        assert names(tmp_path) == {"a.mid"}

    def test_force_overwrites(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mid"
        path.write_text("old")
        with atomic_file(path, force=True) as temporary:
            temporary.write_text("new")
        assert path.read_text() == "new"

    def test_existing_is_refused_without_force(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mid"
        path.write_text("old")
        with (
            pytest.raises(OutputError, match=r"must not exist yet \(--force overwrites it\)\. Received: .*a\.mid"),
            atomic_file(path),
        ):
            pytest.fail("the block must not run")
        assert path.read_text() == "old"

    def test_folder_is_refused_even_with_force(self, tmp_path: Path) -> None:
        (tmp_path / "a.mid").mkdir()
        with (
            pytest.raises(OutputError, match=r"file must not be a folder\. Received: .*a\.mid"),
            atomic_file(tmp_path / "a.mid", force=True),
        ):
            pytest.fail("the block must not run")

    def test_a_missing_folder_is_made(self, tmp_path: Path) -> None:
        with atomic_file(tmp_path / "new" / "deep" / "a.mid") as temporary:
            temporary.write_text("x")
        assert (tmp_path / "new" / "deep" / "a.mid").read_text() == "x"

    def test_a_folder_made_in_vain_is_removed(self, tmp_path: Path) -> None:
        (tmp_path / "old").mkdir()
        with pytest.raises(ZeroDivisionError), atomic_file(tmp_path / "old" / "new" / "deep" / "a.mid"):
            raise ZeroDivisionError
        assert names(tmp_path) == {"old"}
        assert names(tmp_path / "old") == set()

    def test_no_folder_can_be_made_below_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with (
            pytest.raises(OutputError, match=r"cannot write .*a\.mid: "),
            atomic_file(tmp_path / "file" / "new" / "a.mid"),
        ):
            pytest.fail("the block must not run")

    def test_a_name_that_ends_in_a_slash_is_no_file(self, tmp_path: Path) -> None:
        with (
            pytest.raises(OutputError, match=r"an output file must not be a folder\. Received: .*new/"),
            atomic_file(f"{tmp_path}/new/"),
        ):
            pytest.fail("the block must not run")

    @pytest.mark.parametrize("force", [False, True])
    def test_a_pipe_is_no_output(self, tmp_path: Path, force: bool) -> None:
        os.mkfifo(tmp_path / "pipe.mid")
        with (
            pytest.raises(OutputError, match=r"must be a regular file\. Received a named pipe: .*pipe\.mid"),
            atomic_file(tmp_path / "pipe.mid", force),
        ):
            pytest.fail("the block must not run")
        assert (tmp_path / "pipe.mid").is_fifo()

    def test_write_error_becomes_output_error(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match=r"cannot write .*: disk is full"), atomic_file(tmp_path / "a"):
            raise OSError(28, "disk is full")
        assert names(tmp_path) == set()

    @pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
    def test_permissions_follow_the_umask(self, tmp_path: Path, mask: int, mode: int) -> None:
        old = os.umask(mask)
        try:
            with atomic_file(tmp_path / "a") as temporary:
                temporary.write_text("x")
            with atomic_folder(tmp_path / "b") as temporary:
                pass
            assert os.umask(mask) == mask  # left as it was
        finally:
            os.umask(old)
        assert (tmp_path / "a").stat().st_mode & 0o777 == mode
        assert (tmp_path / "b").stat().st_mode & 0o777 == mode | (mode & 0o444) >> 2

    def test_real_write_failure(self, tmp_path: Path) -> None:
        """On a disk with room for 1,000 bytes the old file is kept, and the error is one line."""
        path = tmp_path / "tune.mid"
        path.write_text("old")
        code = """
import resource, signal, sys
from melodyrnn.errors import OutputError
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
notes = Notes.of(range(0, 9000, 10), [5] * 900, [60] * 900, [90] * 900)
piece = Piece(480, (Track(notes),), end=9000)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_piece(piece, sys.argv[1], force=True)
except OutputError as error:
    print(error)
"""
        run = subprocess.run(
            [sys.executable, "-B", "-c", code, str(path)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.stderr == ""
        assert run.stdout == f"cannot write {path}: File too large\n"
        assert path.read_text() == "old"
        assert names(tmp_path) == {"tune.mid"}


class TestFolder:
    def test_writes(self, tmp_path: Path) -> None:
        with atomic_folder(tmp_path / "c") as temporary:
            (temporary / "x").write_text("new")
        assert (tmp_path / "c" / "x").read_text() == "new"
        assert names(tmp_path) == {"c"}

    def test_failure_keeps_the_old_folder(self, tmp_path: Path) -> None:
        (tmp_path / "c").mkdir()
        (tmp_path / "c" / "x").write_text("old")
        with pytest.raises(ZeroDivisionError), atomic_folder(tmp_path / "c", force=True) as temporary:
            (temporary / "x").write_text("half")
            raise ZeroDivisionError
        assert (tmp_path / "c" / "x").read_text() == "old"
        assert names(tmp_path) == {"c"}

    def test_force_replaces_the_whole_folder(self, tmp_path: Path) -> None:
        (tmp_path / "c").mkdir()
        (tmp_path / "c" / "old").write_text("old")
        with atomic_folder(tmp_path / "c", force=True) as temporary:
            (temporary / "new").write_text("new")
            assert (tmp_path / "c" / "old").exists()  # the old folder stays until the new one is complete
        assert names(tmp_path / "c") == {"new"}
        assert names(tmp_path) == {"c"}

    def test_existing_is_refused_without_force(self, tmp_path: Path) -> None:
        (tmp_path / "c").mkdir()
        with pytest.raises(OutputError, match="must not exist yet"), atomic_folder(tmp_path / "c"):
            pytest.fail("the block must not run")

    def test_file_is_refused_even_with_force(self, tmp_path: Path) -> None:
        (tmp_path / "c").write_text("old")
        with (
            pytest.raises(OutputError, match=r"folder must not be a file\. Received: .*c"),
            atomic_folder(tmp_path / "c", force=True),
        ):
            pytest.fail("the block must not run")
        assert (tmp_path / "c").read_text() == "old"

    def test_a_missing_folder_around_it_is_made(self, tmp_path: Path) -> None:
        with atomic_folder(tmp_path / "new" / "c") as temporary:
            (temporary / "x").touch()
        assert names(tmp_path / "new" / "c") == {"x"}
        with pytest.raises(ZeroDivisionError), atomic_folder(tmp_path / "other" / "c"):
            raise ZeroDivisionError
        assert names(tmp_path) == {"new"}

    def test_a_failed_move_restores_the_old_folder(self, tmp_path: Path) -> None:
        (tmp_path / "c").mkdir()
        (tmp_path / "c" / "x").write_text("old")
        with pytest.raises(OutputError, match="cannot write"), atomic_folder(tmp_path / "c", force=True) as temporary:
            real = os.rename

            def rename(source: object, target: object) -> None:
                if source == temporary:
                    raise OSError(5, "Input/output error")
                real(source, target)  # type: ignore[arg-type]

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(os, "rename", rename)
                # as on a system that cannot exchange names
                replace_folder(temporary, tmp_path / "c", exchange=lambda one, other: False)
        assert (tmp_path / "c" / "x").read_text() == "old"
        assert names(tmp_path) == {"c"}

    def test_names_are_exchanged_in_one_step(self, tmp_path: Path) -> None:
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "x").write_text(name)
        if not exchange_names(tmp_path / "one", tmp_path / "other"):
            pytest.skip("this system or file system cannot exchange two names in one step")
        assert (tmp_path / "one" / "x").read_text() == "other"
        assert (tmp_path / "other" / "x").read_text() == "one"
        assert not exchange_names(tmp_path / "one", tmp_path / "nowhere")

    def test_leftovers_of_killed_runs_are_removed(self, tmp_path: Path) -> None:
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        for name in (f".melodyrnn-{gone.pid}-abc", f".melodyrnn-{gone.pid}-old-abc"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "x").touch()
        (tmp_path / f".melodyrnn-{gone.pid}-abc.run").write_bytes(b"half of a state")
        others = {f".melodyrnn-{os.getppid()}-abc", ".melodyrnn-mine", f".other-{gone.pid}-abc"}
        for name in others:
            (tmp_path / name).mkdir()
        with atomic_folder(tmp_path / "c"):
            assert names(tmp_path) >= others
        assert names(tmp_path) == {*others, "c"}

    def test_a_link_that_cannot_be_replaced_is_an_error(self, tmp_path: Path) -> None:
        """A link to a folder (or a mount point) cannot be renamed onto a folder."""
        (tmp_path / "real").mkdir()
        (tmp_path / "real" / "x").write_text("old")
        (tmp_path / "link").symlink_to(tmp_path / "real")
        with (
            pytest.raises(OutputError, match="cannot write"),
            atomic_folder(tmp_path / "link", force=True) as temporary,
        ):
            (temporary / "x").write_text("new")
        assert (tmp_path / "link" / "x").read_text() == "old"
        assert names(tmp_path) == {"real", "link"}


def test_what_can_be_written_is_checked_before(tmp_path: Path) -> None:
    assert check_output(str(tmp_path / "new"), force=False) == tmp_path / "new"
    assert check_output(tmp_path / "made" / "later" / "new", force=False) == tmp_path / "made" / "later" / "new"
    assert names(tmp_path) == set()
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"must be a folder\. Received: .*file/a/new, below the file .*/file$"):
        check_output(tmp_path / "file" / "a" / "new", force=True)
    with pytest.raises(OutputError, match=r"must be a regular file\. Received a device: /dev/null"):
        check_output(os.devnull, force=True)
    with pytest.raises(OutputError, match=r"an output file must not be a folder. Received: "):
        check_output(tmp_path, force=True)
    (tmp_path / "old").touch()
    with pytest.raises(OutputError, match="must not exist yet"):
        check_output(tmp_path / "old", force=False)


def test_refuse_existing(tmp_path: Path) -> None:
    assert refuse_existing(str(tmp_path / "new"), force=False) == tmp_path / "new"
    assert refuse_existing(tmp_path, force=True) == tmp_path
    with pytest.raises(OutputError, match="must not exist yet"):
        refuse_existing(tmp_path, force=False)


def test_special_files_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "file").touch()
    assert special_kind(tmp_path / "pipe") == special_kind(tmp_path / "link") == "a named pipe"
    assert special_kind(os.devnull) == "a device"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket"))  # the path of a socket must be short
        assert special_kind(tmp_path / "socket") == "a socket"
    for ordinary in ("file", "nowhere", "a" * 300, "zero\0"):
        assert special_kind(tmp_path / ordinary) is None
    assert special_kind(tmp_path) is None


def test_a_folder_is_one_that_exists_or_ends_in_a_slash(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert is_folder(tmp_path)
    assert is_folder(f"{tmp_path}/new/")
    assert not is_folder(tmp_path / "new")
    assert not is_folder(tmp_path / "file")


def test_name_too_long_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="File name too long"), atomic_file(tmp_path / ("a" * 300)):
        pytest.fail("the block must not run")
