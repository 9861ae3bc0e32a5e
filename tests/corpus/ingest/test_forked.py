"""Forked child processes, each in a process of its own that has one thread, as `melodyrnn ingest` has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from readers import CRASH, HANG

from melodyrnn.corpus.ingest.cache import CACHE
from melodyrnn.threads import THREAD_VARIABLES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")


def run(script: str, *arguments: object) -> object:
    """Run a script in a Python of one thread, and return the JSON that it prints."""
    environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", script, *map(str, arguments)]
    value: object = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
    return value


def test_a_process_may_fork_while_it_has_one_thread() -> None:
    script = """
import json, threading
from melodyrnn.corpus.ingest.forked import can_fork
found = [can_fork()]
end = threading.Event()
thread = threading.Thread(target=end.wait)
thread.start()
found.append(can_fork())
end.set()
thread.join()
print(json.dumps(found))
"""
    assert run(script) == [True, False]


def test_a_child_answers_and_shares_nothing_with_its_parent(tmp_path: Path) -> None:
    script = """
import json, os, signal, sys
from melodyrnn.corpus.ingest.forked import ForkedProcess

def main(requests, answers):
    print("lost")
    files = sorted(set(os.listdir("/proc/self/fd")) - {str(n) for n in (0, 1, 2)})
    for line in requests:
        held = [n for n in files if os.path.exists(f"/proc/self/fd/{n}")]
        default = signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        answers.write(json.dumps([line.decode(), len(held), default]).encode() + b"\\n")
        answers.flush()

signal.signal(signal.SIGTERM, lambda *_: None)
kept = open(sys.argv[1], "w")
kept.write("once")  # in the buffer when the child is made, and not to be written by both
child = ForkedProcess(main)
answers = []
for word in (b"one\\n", b"two\\n"):
    child.stdin.write(word)
    child.stdin.flush()
    answers.append(json.loads(child.stdout.readline()))
running = child.poll()
child.stdin.close()
print(json.dumps([answers, running, child.wait(), child.poll(), child.returncode]))
"""
    answers = [["one\n", 2, True], ["two\n", 2, True]]
    assert run(script, tmp_path / "kept") == [answers, None, 0, 0, 0]
    assert (tmp_path / "kept").read_text() == "once"


def test_how_children_end() -> None:
    script = """
import json, os, signal
from melodyrnn.corpus.ingest.forked import ForkedProcess

def fail(requests, answers):
    raise ValueError

def crash(requests, answers):
    os.kill(os.getpid(), signal.SIGSEGV)

def wait(requests, answers):
    requests.read()

codes = [ForkedProcess(main).wait() for main in (fail, crash)]
child = ForkedProcess(wait)
child.kill()
codes.append(child.wait())
child.kill()
print(json.dumps(codes))
"""
    assert run(script) == [1, -11, -9]


# Ingests a folder with two workers, beside another thread if asked; prints the kinds of their processes. Those that
# replace workers that crash start beside the threads of the pool.
INGEST = """
import json, sys, threading
from melodyrnn.corpus.ingest import pool
from melodyrnn.corpus.ingest.pool import ProcessPool
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.ingest.sources import Limits

folder, corpus, is_alone = sys.argv[1:]
end = threading.Event()
thread = threading.Thread(target=end.wait)
if is_alone == "False":
    thread.start()
made, kinds = [], []

class Recorded(pool.WorkerProcess):
    def __init__(self, config):
        super().__init__(config)
        kinds.append(type(self.process).__name__)

pool.WorkerProcess = Recorded

def make(config):
    made.append(ProcessPool(config, 2))
    return made[0]

ingest([folder], corpus, limits=Limits(seconds=2), examine="readers:misbehave", pool=make)
end.set()
print(json.dumps([sorted(set(kinds[:2])), len(made[0].processes)]))
"""


@pytest.mark.slow
def test_forked_workers_give_the_same_bytes_as_others(tmp_path: Path, folder: Path) -> None:
    """Also where a file crashes its worker and another one keeps it for ever."""
    (folder / "030.mid").write_bytes(CRASH)
    (folder / "140.mid").write_bytes(HANG)
    assert run(INGEST, folder, tmp_path / "forked", True) == [["ForkedProcess"], 0]
    assert run(INGEST, folder, tmp_path / "new", False) == [["Popen"], 0]
    for name in ("events.npy", "pieces.json", "report.jsonl", "corpus.json", CACHE):
        assert (tmp_path / "forked" / name).read_bytes() == (tmp_path / "new" / name).read_bytes()
