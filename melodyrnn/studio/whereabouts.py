"""The files that tell programs of this user where the studio is: scripts in a DAW, and the studio itself after a crash.

`.studio.json` in the folder of the session, and one in a place of the user's own. They hold the token, so nobody else
may read them; they are removed when the studio ends. A studio that was killed leaves its files: the next one of the
folder takes its port and token, so that pages which are still open go on.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .security import HOST, Address

_NAME = ".studio.json"
_URL = re.compile(rf"http://{re.escape(HOST)}:(\d{{1,5}})/([\w-]{{16,64}})/", re.ASCII)
_PATIENCE = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Found:
    """A studio that a file tells of: its address, and whether it answers."""

    address: Address
    is_running: bool


def find_studio(folder: Path) -> Found | None:
    """Return the studio that runs on a folder, or was killed there; None where there is none."""
    path = folder / _NAME
    try:
        if not _is_private(path):
            return None
        match = _URL.fullmatch(str(json.loads(path.read_text("utf-8"))["url"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if match is None:
        return None
    address = Address(int(match[1]), match[2])
    return Found(address, _answers(address))


@contextlib.contextmanager
def announced(folder: Path, address: Address, **more: object) -> Iterator[None]:
    """Return a context in which the files tell of an address.

    Args:
        more: what they tell besides, such as another port.
    """
    text = json.dumps({"url": address.url, "pid": os.getpid(), **more})
    paths = [folder / _NAME, user_file()]
    is_new = not folder.exists()
    for path in paths:
        with contextlib.suppress(OSError):  # a folder that cannot be written holds no session, but can be looked at
            _write(path, text)
    try:
        yield
    finally:
        for path in paths:
            with contextlib.suppress(OSError):
                if path.read_text("utf-8") == text:  # that of another studio stays
                    path.unlink()
        if is_new:
            with contextlib.suppress(OSError):  # something was kept
                folder.rmdir()


def user_file() -> Path:
    """Return the file in a place of the user's own."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime, "melodyrnn-studio.json")
    return Path(os.path.expanduser("~"), ".cache", "melodyrnn", "studio.json")


def _write(path: Path, text: str) -> None:
    """Write a file that this user alone can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def _is_private(path: Path) -> bool:
    """Return whether a file is one that this user wrote and nobody else can read; its token would be known."""
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.getuid() and not status.st_mode & 0o077)


def _answers(address: Address) -> bool:
    connection = http.client.HTTPConnection(HOST, address.port, timeout=_PATIENCE)
    try:
        connection.request("HEAD", f"/{address.token}/")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
