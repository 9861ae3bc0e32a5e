"""Atomic writing of files and folders under a temporary name, which is then moved, so that a failure loses nothing."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import OutputError


def refuse_existing(path: str | os.PathLike[str], force: bool) -> Path:
    """Return `path` as a Path. Raises OutputError where it exists and `force` is False."""
    path = Path(path)
    with as_output_error(path):  # the name may be too long for the system
        exists = path.exists()
    if exists and not force:
        raise OutputError(f"an output must not exist yet (--force overwrites it). Received: {path}")
    return path


def check_output(path: str | os.PathLike[str], force: bool) -> Path:
    """Return the `path` of a file that will be written, as a Path.

    Raises OutputError where it exists and `force` is False, where it is a folder, a named pipe or a device, and where
    its folder does not exist and cannot be made.
    """
    checked = _file_path(path, force)
    folder = checked.absolute().parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise OutputError(f"the folder of an output must be a folder. Received: {path}, below the file {folder}")
    if not os.access(folder, os.W_OK):
        raise OutputError(f"cannot write {path}: the folder {folder} is not writable")
    return checked


def _file_path(path: str | os.PathLike[str], force: bool) -> Path:
    """Return the path of a file that may be written, as a Path; see `check_output`."""
    if is_folder(path):
        raise OutputError(f"an output file must not be a folder. Received: {os.fspath(path)}")
    if kind := special_kind(path):
        raise OutputError(f"an output must be a regular file. Received {kind}: {path}")
    return refuse_existing(path, force)


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is a folder: one that exists, or a name that ends in a slash."""
    text = os.fspath(path)
    return text.endswith(tuple(filter(None, (os.sep, os.altsep)))) or os.path.isdir(text)


def special_kind(path: str | os.PathLike[str]) -> str | None:
    """Return what a path is, such as "a named pipe", where reading it might never end; None for anything else."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):  # it does not exist, or cannot
        return None
    return next((words for is_kind, words in _SPECIAL if is_kind(mode)), None)


_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@contextlib.contextmanager
def _made_folder_of(path: Path) -> Iterator[None]:
    """Return a context in which the folder of `path` exists; a folder made for it is removed again after an error."""
    folder = path.absolute().parent
    with as_output_error(path):
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for made in missing:
            with contextlib.suppress(OSError):  # another process has written into it
                made.rmdir()
        raise


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike[str], force: bool = False) -> Iterator[Path]:
    """Return a context with a temporary path, which is moved to `path` at the end, or removed after an error.

    The folder of `path` is made where it does not exist. Raises OutputError where `path` exists and `force` is False,
    where it is a folder, a named pipe or a device, and where writing fails.
    """
    path = _file_path(path, force)
    with _made_folder_of(path):
        with as_output_error(path):
            # The suffix is kept because Keras chooses the format by it.
            prefix = f".melodyrnn-{os.getpid()}-"  # remove_leftovers reads the process id
            handle, name = tempfile.mkstemp(prefix=prefix, suffix=path.suffix, dir=path.parent)
            os.close(handle)
        temporary = Path(name)
        try:
            with as_output_error(path):
                yield temporary
                os.chmod(temporary, 0o666 & ~_umask())
                os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str, force: bool = False) -> None:
    """Write a text file in UTF-8, atomically. Characters that UTF-8 cannot encode (from file names) become "?".

    Raises OutputError as `atomic_file` does.
    """
    with atomic_file(path, force) as temporary:
        temporary.write_text(text, "utf-8", errors="replace")


def write_bytes(path: str | os.PathLike[str], data: bytes, force: bool = False) -> None:
    """Write the bytes of a file, atomically. Raises OutputError as `atomic_file` does."""
    with atomic_file(path, force) as temporary:
        temporary.write_bytes(data)


def check_output_folder(path: str | os.PathLike[str], force: bool) -> Path:
    """Return the `path` of a folder that will be written, as a Path.

    Raises OutputError where it exists and `force` is False, and where it is a file.
    """
    path = refuse_existing(path, force)
    if path.exists() and not path.is_dir():
        raise OutputError(f"an output folder must not be a file. Received: {path}")
    return path


@contextlib.contextmanager
def atomic_folder(path: str | os.PathLike[str], force: bool = False) -> Iterator[Path]:
    """Return a context with a temporary folder beside `path`, which takes the place of `path` at the end.

    With `force` an existing folder is replaced, and stays until the new one is complete. The folder that holds `path`
    is made where it does not exist. Raises OutputError where `path` exists and `force` is False, where it is a file,
    and where writing fails.
    """
    path = check_output_folder(path, force)
    with _made_folder_of(path):
        with as_output_error(path):
            remove_leftovers(path.absolute().parent)
            prefix = f".melodyrnn-{os.getpid()}-"
            temporary = Path(tempfile.mkdtemp(prefix=prefix, dir=path.absolute().parent))
        try:
            with as_output_error(path):
                yield temporary
                os.chmod(temporary, 0o777 & ~_umask())
                replace_folder(temporary, path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def replace_folder(temporary: Path, path: Path, exchange: Callable[[Path, Path], bool] | None = None) -> None:
    """Move the folder `temporary` to `path` in place of the folder that may be there.

    `path` exists all the time where `exchange`, by default `exchange_names`, returns True. Raises OSError where a
    folder cannot be moved; the old one is then at `path`.
    """
    if not path.exists():
        os.rename(temporary, path)
        return
    if not path.is_symlink() and (exchange or exchange_names)(temporary, path):
        return
    old = Path(tempfile.mkdtemp(prefix=f".melodyrnn-{os.getpid()}-old-", dir=path.absolute().parent))
    try:
        os.rename(path, old)
    except OSError:  # `path` is a link or a mount point
        old.rmdir()
        raise
    try:
        os.rename(temporary, path)
    except OSError:
        os.rename(old, path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def exchange_names(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; return False where the system or the file system cannot.

    With renameat2 and RENAME_EXCHANGE on Linux, renamex_np and RENAME_SWAP on macOS; both flags are 2.
    """
    import ctypes

    try:
        library = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return bool(library.renamex_np(*names, 2) == 0)
        return bool(library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], 2) == 0)
    except (AttributeError, OSError, TypeError):  # no such function, or another C library
        return False


_AT_FDCWD = -100
_TEMPORARY = re.compile(r"\.melodyrnn-(\d+)-")


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files and folders in `folder` whose process has ended."""
    if os.name == "nt" or not folder.is_dir():
        return  # os.kill, which tests whether a process exists, would end it on Windows
    for entry in folder.iterdir():
        match = _TEMPORARY.match(entry.name)
        if not match or _exists(int(match[1])):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                entry.unlink()


def _exists(process: int) -> bool:
    """Return whether a process with this id exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def as_output_error(path: Path) -> Iterator[None]:
    """Return a context that converts an OSError into an OutputError for `path`."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
