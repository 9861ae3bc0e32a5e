"""A lock belongs to a process, and ends with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from melodyrnn.studio.longwork.lock import Lock, is_held

HOLD = """
import sys
from pathlib import Path
from melodyrnn.studio.longwork.lock import Lock
lock = Lock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)
    assert not path.exists()  # to look makes nothing
    with Lock(path) as one, Lock(path) as other:
        assert one.acquire()
        assert is_held(path)
        assert not other.acquire(attempts=2)
        one.release()
        assert not is_held(path)
        assert other.acquire()
        one.release()  # again, which changes nothing
        assert is_held(path)
    assert not is_held(path)


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert is_held(path)
        process.kill()
        process.wait()
        assert not is_held(path)
