"""Writing files and folders so that a failure loses nothing: a temporary name first, then one move into place."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .errors import OutputError


def refuse_existing(path: str | os.PathLike[str], force: bool) -> Path:
    """Return `path` as a Path; raise OutputError where it exists and `force` is not given."""
    path = Path(path)
    with _as_output_error(path):  # a name may be too long to ask for
        exists = path.exists()
    if exists and not force:
        raise OutputError(f"an output must not exist yet (--force overwrites it). Received: {path}")
    return path


def check_output(path: str | os.PathLike[str], force: bool) -> Path:
    """The same for a file that will only be written much later: its folder must be there, too."""
    path = _refuse_folder(refuse_existing(path, force))
    if not path.absolute().parent.is_dir():
        raise OutputError(f"the folder of an output must exist. Received: {path}")
    return path


def _refuse_folder(path: Path) -> Path:
    if path.is_dir():
        raise OutputError(f"an output file must not be a folder. Received: {path}")
    return path


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike[str], force: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside `path`; move it there when the block ends well, remove it when not.

    Raises OutputError where `path` exists without `force`, its folder is missing, or writing fails.
    """
    path = _refuse_folder(refuse_existing(path, force))
    with _as_output_error(path):
        # The suffix stays: some writers (Keras) choose the format by it.
        prefix = f".melodyrnn-{os.getpid()}-"  # by which a later run knows whose it was
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=path.suffix, dir=path.parent)
        os.close(handle)
    temporary = Path(name)
    try:
        with _as_output_error(path):
            yield temporary
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(path: str | os.PathLike[str], force: bool = False) -> Iterator[Path]:
    """Like `atomic_file`, for a folder. With `force` the old folder stands until the new one is whole."""
    path = refuse_existing(path, force)
    if path.exists() and not path.is_dir():
        raise OutputError(f"an output folder must not be a file. Received: {path}")
    with _as_output_error(path):
        remove_leftovers(path.absolute().parent)
        prefix = f".melodyrnn-{os.getpid()}-"
        temporary = Path(tempfile.mkdtemp(prefix=prefix, dir=path.absolute().parent))
    try:
        with _as_output_error(path):
            yield temporary
            os.chmod(temporary, 0o777 & ~_umask())
            _swap_in(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _swap_in(temporary: Path, path: Path) -> None:
    """Put the new folder where the old one stands; at no moment is there none, where the system can do that."""
    if not path.exists():
        os.rename(temporary, path)
        return
    if not path.is_symlink() and _exchange(temporary, path):
        return
    old = Path(tempfile.mkdtemp(prefix=f".melodyrnn-{os.getpid()}-old-", dir=path.absolute().parent))
    try:
        os.rename(path, old)
    except OSError:  # a link, a mount point
        old.rmdir()
        raise
    try:
        os.rename(temporary, path)
    except OSError:
        os.rename(old, path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where the system or the disk cannot.

    Linux's renameat2 with RENAME_EXCHANGE and macOS's renamex_np with RENAME_SWAP, both 2.
    """
    import ctypes

    try:
        library = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return bool(library.renamex_np(*names, 2) == 0)
        return bool(library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], 2) == 0)
    except (AttributeError, OSError, TypeError):  # no such function, or no C library of that kind
        return False


_AT_FDCWD = -100
_TEMPORARY = re.compile(r"\.melodyrnn-(\d+)-")


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files and folders of runs that were killed: those whose process is gone."""
    if os.name == "nt":
        return  # there asking whether a process lives would end it
    for entry in folder.iterdir():
        match = _TEMPORARY.match(entry.name)
        if not match or _lives(int(match[1])):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                entry.unlink()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
