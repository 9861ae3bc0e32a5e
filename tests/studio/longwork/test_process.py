"""What the process of a work writes: how far it is, and how it ended; and that only one process works on it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.errors import CorpusError
from melodyrnn.json_types import JsonObject
from melodyrnn.studio.longwork.folder import State, Status, WorkFolder, new_work, state_of
from melodyrnn.studio.longwork.process import python_command, run, start_process
from melodyrnn.studio.longwork.reporter import Reporter
from melodyrnn.tasks.progress import Progress


@pytest.fixture
def work(tmp_path: Path) -> WorkFolder:
    return new_work(tmp_path, "corpus", {"created": 0.0, "name": "x", "place": str(tmp_path / "none"), "options": []})


def units(work: WorkFolder, seen: list[State], stop_at: int | None = None) -> Callable[..., tuple[Status, JsonObject]]:
    """Work of three units, each of which leaves a figure."""

    def begin(same: WorkFolder, reporter: Reporter) -> tuple[Status, JsonObject]:
        for unit in range(3):
            if unit == stop_at:
                work.ask_to_stop()
            reporter.cancellation.check()
            reporter.figures = {"unit": unit}
            reporter(Progress(unit, 3, f"unit {unit}"))
            seen.append(work.written_state())
        return "done", {"units": 3}

    return begin


def test_each_stage_and_the_end_are_written(work: WorkFolder) -> None:
    seen: list[State] = []
    run(work, units(work, seen))
    assert [(one["status"], one["stage"], one["done"], one["total"], one["figures"]) for one in seen] == [
        ("running", f"unit {unit}", unit, 3, {"unit": unit}) for unit in range(3)
    ]
    assert work.written_state() == state_of("done", figures={"units": 3})


def test_it_ends_at_the_unit_after_the_request(work: WorkFolder) -> None:
    seen: list[State] = []
    run(work, units(work, seen, stop_at=1))
    assert len(seen) == 2
    assert work.written_state() == state_of("stopped", figures={"unit": 1})


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CorpusError("a rule.\n Received: that"), "a rule. Received: that"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (PermissionError(13, "Permission denied", "/music"), "Permission denied: /music"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_an_error_is_one_line(work: WorkFolder, error: Exception, words: str) -> None:
    def begin(same: WorkFolder, reporter: Reporter) -> tuple[Status, JsonObject]:
        reporter.figures = {"so far": 1}
        raise error

    run(work, begin)
    assert work.written_state() == state_of("failed", error=words, figures={"so far": 1})


def test_a_real_process_does_the_work_and_says_why_it_cannot(work: WorkFolder) -> None:
    process = start_process(work)
    assert process.wait() == 0
    assert int(work.process.read_text()) == process.pid
    assert work.state() == state_of(
        "failed", error=f"a MIDI file or a folder must exist. Received: {work.path.parents[2] / 'none'}"
    )
    assert work.log.read_bytes() == b""


def test_a_second_process_leaves_the_work_alone(work: WorkFolder) -> None:
    with work.lock as lock:
        assert lock.acquire()
        assert start_process(work).wait() == 0
    assert work.state() == state_of("new")
    assert not work.process.exists()


def test_a_new_python_finds_the_same_modules(tmp_path: Path) -> None:
    command = python_command("import melodyrnn; print(melodyrnn.__file__, sys.argv[2:])", ["a", "b c"])
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    import melodyrnn

    assert run.stdout == f"{melodyrnn.__file__} ['a', 'b c']\n"
